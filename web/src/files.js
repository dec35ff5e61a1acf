// The files that the program sees. Inputs are read in slices. What it writes goes into blobs, which the browser keeps on
// disk when they are many; volumes are handed over piece by piece.

const EXIST = 20, IO = 29, ISDIR = 31, NOENT = 44, NOTDIR = 54, NOTEMPTY = 55, NOTSUP = 58, ROFS = 69;
const FOLDER = 3, FILE = 4;

/** How much is read at once, and how large a piece of a file is. */
const BLOCK = 4 << 20;

/** An error that the program gets. */
export class Fault extends Error {
  constructor(number) {
    super(`errno ${number}`);
    this.number = number;
  }

  static raise(what) {
    throw new Fault({ exists: EXIST, missing: NOENT }[what]);
  }
}

let nodes = 0;

class Node {
  constructor(type) {
    nodes += 1;
    this.id = nodes;
    this.type = type;
    this.size = 0;
    this.modified = Date.now();
  }

  write() {
    throw new Fault(this.type === FOLDER ? ISDIR : ROFS);
  }

  truncate() {
    throw new Fault(ROFS);
  }

  /** Called when it loses its last name. */
  dropped() {}

  /** Called when it gets another name. */
  named() {}
}

/** A folder. Paths are relative to it, with slashes. */
export class Directory extends Node {
  entries = new Map();

  /** @param {(path: string, name: string) => Node} create makes a new file */
  constructor(create) {
    super(FOLDER);
    this.newFile = create;
  }

  /** The folder and the name in it; `null` for the name if it is the folder itself. */
  place(path) {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    const last = names.pop();
    let folder = this;
    for (const name of names) {
      folder = folder.entries.get(name) ?? Fault.raise('missing');
      if (!(folder instanceof Directory)) throw new Fault(NOTDIR);
    }
    return [folder, last ?? null];
  }

  lookUp(path) {
    const [folder, name] = this.place(path);
    return name === null ? folder : folder.entries.get(name);
  }

  find(path) {
    return this.lookUp(path) ?? Fault.raise('missing');
  }

  make(path) {
    return this.link(path, new Directory(this.newFile));
  }

  create(path) {
    return this.link(path, this.newFile(path));
  }

  link(path, node) {
    const [folder, name] = this.place(path);
    if (name === null || folder.entries.has(name)) Fault.raise('exists');
    folder.entries.set(name, node);
    node.named(name);
    return node;
  }

  replace(path, node) {
    const [folder, name] = this.place(path);
    folder.entries.set(name, node);
    node.named(name);
  }

  remove(path) {
    const [folder, name] = this.place(path);
    const node = folder.entries.get(name) ?? Fault.raise('missing');
    if (node instanceof Directory && node.entries.size > 0) throw new Fault(NOTEMPTY);
    folder.entries.delete(name);
    node.dropped();
  }

  /** Adds a file with the folders on the way to it. */
  add(path, node) {
    const names = path.split('/');
    const last = names.pop();
    let folder = this;
    for (const name of names) folder = folder.entries.get(name) ?? folder.make(name);
    folder.entries.set(last, node);
  }

  read() {
    throw new Fault(ISDIR);
  }
}

/** A file of the user. */
export class Input extends Node {
  start = 0;
  block = new Uint8Array(0);

  /** @param {File} file */
  constructor(file) {
    super(FILE);
    this.file = file;
    this.size = file.size;
    this.modified = file.lastModified ?? 0;
  }

  read(position, into) {
    let done = 0;
    while (done < into.length && position + done < this.size) {
      const from = this.at(position + done, into.length - done);
      const part = from.subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
    }
    return done;
  }

  /** Bytes from this position on, at least one. */
  at(position, wanted) {
    const inside = position - this.start;
    if (inside >= 0 && inside < this.block.length) return this.block.subarray(inside);
    const length = Math.max(BLOCK, wanted);
    try {
      const slice = this.file.slice(position, Math.min(position + length, this.size));
      this.block = new Uint8Array(new FileReaderSync().readAsArrayBuffer(slice));
    } catch {
      throw new Fault(IO);
    }
    if (this.block.length === 0) throw new Fault(IO);
    this.start = position;
    return this.block;
  }
}

/** A file that the program writes, from its beginning to its end, and may read again. */
export class Written extends Node {
  /** Blobs of BLOCK bytes each. */
  pieces = [];
  tail = new Uint8Array(64 << 10);
  /** How many bytes of the tail are in use. */
  used = 0;
  /** The piece that was read last. */
  cached = { at: -1, bytes: null };

  constructor() {
    super(FILE);
  }

  write(position, bytes) {
    if (position !== this.size) throw new Fault(NOTSUP);
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done, done + BLOCK - this.used);
      if (this.used + part.length > this.tail.length) {
        const longer = new Uint8Array(Math.min(BLOCK, Math.max(2 * this.tail.length, this.used + part.length)));
        longer.set(this.tail.subarray(0, this.used));
        this.tail = longer;
      }
      this.tail.set(part, this.used);
      this.used += part.length;
      done += part.length;
      if (this.used === BLOCK) this.seal();
    }
    this.size += bytes.length;
    this.modified = Date.now();
  }

  seal() {
    if (this.used > 0) this.keep(new Blob([this.tail.subarray(0, this.used)]));
    this.used = 0;
  }

  keep(blob) {
    this.pieces.push(blob);
  }

  truncate(size) {
    if (size === this.size) return;
    if (size !== 0) throw new Fault(NOTSUP);
    Object.assign(this, { pieces: [], used: 0, size: 0, cached: { at: -1, bytes: null } });
  }

  read(position, into) {
    let done = 0;
    while (done < into.length && position + done < this.size) {
      const at = Math.floor((position + done) / BLOCK);
      const part = this.piece(at).subarray(position + done - at * BLOCK).subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
    }
    return done;
  }

  piece(at) {
    if (at === this.pieces.length) return this.tail.subarray(0, this.used);
    if (this.cached.at !== at) {
      this.cached = { at, bytes: new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.pieces[at])) };
    }
    return this.cached.bytes;
  }

  /** All of it. */
  blob(type) {
    return new Blob([...this.pieces, this.tail.subarray(0, this.used)], { type });
  }
}

/** A ZIP that is being written: each piece is handed over, and not kept. */
export class Volume extends Written {
  isFinished = false;

  /**
   * @param {string} path
   * @param {(event: object) => void} hand gets its pieces, and how it ends
   */
  constructor(path, hand) {
    super();
    this.name = path.split('/').pop().slice(0, -PARTIAL.length);
    this.hand = hand;
  }

  keep(blob) {
    this.hand({ what: 'piece', volume: this.id, name: this.name, blob });
  }

  named(name) {
    if (name.endsWith(PARTIAL) || this.isFinished) return;
    this.isFinished = true;
    this.seal();
    this.hand({ what: 'volume', volume: this.id, name, size: this.size });
  }

  dropped() {
    if (!this.isFinished) this.hand({ what: 'dropped', volume: this.id });
  }

  truncate() {
    throw new Fault(NOTSUP);
  }

  read() {
    throw new Fault(IO);
  }
}

/** The end of the name of a ZIP that is being written. */
export const PARTIAL = '.mbox2eml.partial';
