// Where the ZIPs go: a folder of the user, written while they are made, or one download after another.

/** As many bytes of ZIPs are kept, so that they can be saved again. */
const KEPT = 250_000_000;

/** Downloads. Until a ZIP is complete its pieces are with the browser, which keeps large ones on disk. */
export class Downloads {
  pieces = new Map();
  kept = 0;

  piece({ volume, blob }) {
    this.pieces.set(volume, [...this.pieces.get(volume) ?? [], blob]);
  }

  /** Saves a ZIP that is complete; returns it if it is to be kept. */
  async finish({ volume, name }) {
    const blob = new Blob(this.pieces.get(volume), { type: 'application/zip' });
    this.pieces.delete(volume);
    download(name, blob);
    this.kept += blob.size;
    return this.kept > KEPT ? null : blob;
  }

  drop({ volume }) {
    this.pieces.delete(volume);
  }

  async abort() {
    this.pieces.clear();
  }

  /** Other files are offered, not saved. */
  async keep() {
    return null;
  }
}

/** Another file has the name. */
export class Taken extends Error {}

/** A folder that the user chose. */
export class Folder {
  open = new Map();

  /**
   * @param {FileSystemDirectoryHandle} handle
   * @param {boolean} severalExpected whether there will be more than one ZIP
   */
  constructor(handle, severalExpected) {
    this.handle = handle;
    this.severalExpected = severalExpected;
  }

  /** The files in it that an earlier run may have written. */
  async existing() {
    const found = [];
    for await (const [name, handle] of this.handle.entries()) {
      if (handle.kind === 'file' && /^mail(-\d+)?\.zip$/i.test(name)) found.push({ name, file: await handle.getFile() });
    }
    return found;
  }

  /** Writes a piece after those before it. */
  piece({ volume, name, blob }) {
    const writing = this.open.get(volume) ?? this.begin(volume, name);
    writing.done = writing.done.then(() => writing.stream.write(blob));
    return writing.done;
  }

  begin(volume, name) {
    // The first of several is called -001, which is known at its end only.
    const isFirst = !/-\d+\.zip$/.test(name);
    const writing = { name: isFirst && this.severalExpected ? name.replace(/\.zip$/, '-001.zip') : name };
    writing.done = (async () => {
      if (await exists(this.handle, writing.name)) throw new Taken(writing.name);
      const file = await this.handle.getFileHandle(writing.name, { create: true });
      writing.file = file;
      writing.stream = await file.createWritable();
    })();
    this.open.set(volume, writing);
    return writing;
  }

  /** Puts a complete ZIP into its place. */
  async finish({ volume, name }) {
    const writing = this.open.get(volume);
    // A run that ends meanwhile drops what is open, and this is complete.
    this.open.delete(volume);
    try {
      await writing.done;
      await writing.stream.close();
    } catch (error) {
      await this.discard(writing);
      throw error;
    }
    if (writing.name === name) return null;
    await this.write(name, await writing.file.getFile());
    await this.handle.removeEntry(writing.name);
    return null;
  }

  async write(name, blob) {
    const file = await this.handle.getFileHandle(name, { create: true });
    const stream = await file.createWritable();
    await stream.write(blob);
    await stream.close();
  }

  async drop({ volume }) {
    const writing = this.open.get(volume);
    this.open.delete(volume);
    if (writing) await this.discard(writing);
  }

  /** Removes a ZIP that was begun. */
  async discard(writing) {
    await writing.done.catch(() => {});
    await writing.stream?.abort().catch(() => {});
    if (writing.file) await this.handle.removeEntry(writing.name).catch(() => {});
  }

  /** Removes what is not complete. */
  async abort() {
    for (const volume of [...this.open.keys()]) await this.drop({ volume });
  }

  /** Writes another file under a name that is free; returns it. */
  async keep(name, blob) {
    const [, stem, ending] = name.match(/^(.*)(\.[^.]*)$/);
    let free = name;
    for (let number = 2; await exists(this.handle, free); number += 1) free = `${stem}-${number}${ending}`;
    await this.write(free, blob);
    return free;
  }
}

async function exists(folder, name) {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (error.name === 'NotFoundError') return false;
    throw error;
  }
}

/** Gives a file to the browser to save. */
export function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has it by then, and goes on reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), 40_000);
}
