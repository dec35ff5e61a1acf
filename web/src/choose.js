// The files that a person drops or chooses, each with its path.

/** Files by their paths; the same file twice is one. */
export class Chosen {
  files = new Map();

  /** @param {{ path: string, file: File }[]} more */
  add(more) {
    // What is in one folder stays together.
    const tops = new Map();
    for (const { path: given, file } of more) {
      // The program cannot take a name with half a character.
      const path = new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(given));
      const [top, ...inner] = path.split('/');
      const key = `${top}/${inner.length > 0}`;
      if (!tops.has(key)) tops.set(key, { top, files: [] });
      tops.get(key).files.push([inner, file]);
    }
    for (const { top, files } of tops.values()) {
      const free = this.freeTop(top, files.map(([inner]) => inner));
      for (const [inner, file] of files) this.addFile([free, ...inner].join('/'), file);
    }
  }

  addFile(path, file) {
    let free = path;
    for (let number = 2; this.files.has(free); number += 1) {
      const there = this.files.get(free);
      if (there.size === file.size && there.lastModified === file.lastModified) break;
      free = path.replace(/(\.[^./]*)?$/, ` (${number})$1`);
    }
    this.files.set(free, file);
  }

  /** The name of what was dropped, or with a number if a file in it would be where a folder is, or a folder where a file is. */
  freeTop(name, inner) {
    const folders = new Set([...this.files.keys()].flatMap(outer));
    const isInTheWay = (path) => folders.has(path) || outer(path).some((folder) => this.files.has(folder));
    let free = name;
    for (let number = 2; inner.some((names) => isInTheWay([free, ...names].join('/'))); number += 1) free = `${name} (${number})`;
    return free;
  }

  get isEmpty() {
    return this.files.size === 0;
  }

  get bytes() {
    return [...this.files.values()].reduce((sum, file) => sum + file.size, 0);
  }

  get inputs() {
    return [...this.files].map(([path, file]) => ({ path, file }));
  }

  /** The files and folders that were dropped or chosen, each with its files and bytes. */
  get tops() {
    const tops = new Map();
    for (const [path, file] of this.files) {
      const name = path.split('/', 1)[0];
      const top = tops.get(name) ?? { name, isFolder: path !== name, files: 0, bytes: 0 };
      top.files += 1;
      top.bytes += file.size;
      tops.set(name, top);
    }
    return [...tops.values()];
  }
}

/** The folders around a file. */
const outer = (path) => path.split('/').map((_, at, names) => names.slice(0, at).join('/')).slice(1);

/** What is in the list of an input element. */
export function listed(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, with all that is in folders. */
export async function dropped(transfer) {
  // They are gone after the first wait.
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.());
  if (entries.some((entry) => !entry)) return listed(transfer.files);
  const found = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // It gives a part at a time.
    const part = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (part.length === 0) return;
    for (const inner of part) await collect(inner, found);
  }
}
