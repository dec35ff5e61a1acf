// The system calls that the program makes (WASI preview 1), on the files of files.js. Calls that are not here answer that
// they are not supported.

import { Directory, Fault } from './files.js';

const SUCCESS = 0, BADF = 8, INVAL = 28, IO = 29, NOSYS = 52, NOTDIR = 54, SPIPE = 70;
const CHARACTER_DEVICE = 2;
const CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8;
const APPEND = 1;
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;
const ROOT = 3;

/** How the program ended by itself. */
export class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** A stream that takes the text of standard output or standard error. */
class Writer {
  constructor(write) {
    this.node = { type: CHARACTER_DEVICE, size: 0, modified: 0, id: 0 };
    this.append = write;
  }
}

/** An open file or folder. */
class Open {
  constructor(node, flags = 0) {
    Object.assign(this, { node, flags, position: 0 });
  }
}

/**
 * The imports of the module.
 *
 * @param {object} system
 * @param {string[]} system.args the arguments, the name of the program first
 * @param {Directory} system.root the folder that all paths begin in
 * @param {(bytes: Uint8Array) => void} system.stdout
 * @param {(bytes: Uint8Array) => void} system.stderr
 */
export function imports(module, { args, root, stdout, stderr }) {
  let memory;
  // A byte order mark may be the beginning of a name.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  const open = [null, new Writer(stdout), new Writer(stderr), new Open(root)];
  const view = () => new DataView(memory.buffer);
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
  const path = (at, length) => decoder.decode(bytes(at, length));

  const entry = (fd) => open[fd] ?? fail(BADF);
  const file = (fd) => (entry(fd) instanceof Open && !(entry(fd).node instanceof Directory) ? entry(fd) : fail(BADF));
  const folder = (fd) => (entry(fd).node instanceof Directory ? entry(fd).node : fail(NOTDIR));

  function* vectors(at, count) {
    for (let i = 0; i < count; i += 1) {
      const pointer = view().getUint32(at + 8 * i, true);
      yield bytes(pointer, view().getUint32(at + 8 * i + 4, true));
    }
  }

  function putStat(at, { id, type, size, modified }) {
    bytes(at, 64).fill(0);
    const to = view();
    to.setBigUint64(at + 8, BigInt(id), true);
    to.setUint8(at + 16, type);
    to.setBigUint64(at + 24, 1n, true);
    to.setBigUint64(at + 32, BigInt(size), true);
    for (const time of [40, 48, 56]) to.setBigUint64(at + time, BigInt(Math.trunc(modified)) * 1_000_000n, true);
  }

  function putStrings(strings, pointers, at) {
    for (const text of strings) {
      view().setUint32(pointers, at, true);
      const coded = encoder.encode(`${text}\0`);
      bytes(at, coded.length).set(coded);
      pointers += 4;
      at += coded.length;
    }
  }

  const argsSize = () => args.reduce((sum, text) => sum + encoder.encode(text).length + 1, 0);

  const calls = {
    args_sizes_get(count, size) {
      view().setUint32(count, args.length, true);
      view().setUint32(size, argsSize(), true);
    },
    args_get: (pointers, at) => putStrings(args, pointers, at),
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
    },
    environ_get() {},
    clock_time_get(clock, _precision, at) {
      const now = clock === 0 ? Date.now() : performance.now();
      view().setBigUint64(at, BigInt(Math.round(now * 1000)) * 1000n, true);
    },
    random_get(at, length) {
      for (let done = 0; done < length; done += 65536) {
        crypto.getRandomValues(bytes(at + done, Math.min(65536, length - done)));
      }
    },
    sched_yield() {},
    proc_exit(code) {
      throw new Exit(code);
    },

    fd_close(fd) {
      entry(fd);
      open[fd] = undefined;
    },
    fd_fdstat_get(fd, at) {
      const { node, flags } = entry(fd);
      bytes(at, 24).fill(0);
      view().setUint8(at, node.type);
      view().setUint16(at + 2, flags ?? 0, true);
      view().setBigUint64(at + 8, ALL_RIGHTS, true);
      view().setBigUint64(at + 16, ALL_RIGHTS, true);
    },
    fd_filestat_get: (fd, at) => putStat(at, entry(fd).node),
    fd_filestat_set_size: (fd, size) => file(fd).node.truncate(Number(size)),
    fd_prestat_get(fd, at) {
      if (fd !== ROOT) fail(BADF);
      view().setUint32(at, 0, true);
      view().setUint32(at + 4, 1, true);
    },
    fd_prestat_dir_name: (_fd, at) => bytes(at, 1).set([47]),
    fd_read(fd, at, count, result) {
      const from = file(fd);
      let total = 0;
      for (const into of vectors(at, count)) {
        const read = from.node.read(from.position, into);
        from.position += read;
        total += read;
        if (read < into.length) break;
      }
      view().setUint32(result, total, true);
    },
    fd_pread(fd, at, count, offset, result) {
      let total = 0;
      for (const into of vectors(at, count)) {
        const read = file(fd).node.read(Number(offset) + total, into);
        total += read;
        if (read < into.length) break;
      }
      view().setUint32(result, total, true);
    },
    fd_write(fd, at, count, result) {
      const to = entry(fd);
      let total = 0;
      for (const from of vectors(at, count)) {
        if (to instanceof Writer) {
          to.append(from);
        } else {
          if (to.flags & APPEND) to.position = to.node.size;
          to.node.write(to.position, from);
          to.position += from.length;
        }
        total += from.length;
      }
      view().setUint32(result, total, true);
    },
    fd_seek(fd, offset, whence, result) {
      if (entry(fd) instanceof Writer) fail(SPIPE);
      const to = file(fd);
      const position = [0, to.position, to.node.size][whence] + Number(offset);
      if (!(position >= 0)) fail(INVAL);
      to.position = position;
      view().setBigUint64(result, BigInt(position), true);
    },
    fd_sync() {},
    fd_datasync() {},
    fd_filestat_set_times() {},
    fd_readdir(fd, at, length, cookie, result) {
      const entries = [...folder(fd).entries].slice(Number(cookie));
      const end = at + length;
      let next = cookie;
      let to = at;
      for (const [name, node] of entries) {
        const coded = encoder.encode(name);
        const head = new DataView(new ArrayBuffer(24));
        next += 1n;
        head.setBigUint64(0, next, true);
        head.setBigUint64(8, BigInt(node.id), true);
        head.setUint32(16, coded.length, true);
        head.setUint8(20, node.type);
        for (const part of [new Uint8Array(head.buffer), coded]) {
          const room = part.subarray(0, end - to);
          bytes(to, room.length).set(room);
          to += room.length;
        }
        if (to === end) break;
      }
      view().setUint32(result, to - at, true);
    },

    path_create_directory: (fd, at, length) => folder(fd).make(path(at, length)),
    path_filestat_get: (fd, _follow, at, length, result) => putStat(result, folder(fd).find(path(at, length))),
    path_open(fd, _follow, at, length, how, _rights, _inherited, flags, result) {
      const to = folder(fd);
      const name = path(at, length);
      const there = to.lookUp(name);
      if (there && how & CREATE && how & EXCLUSIVE) Fault.raise('exists');
      if (!there && !(how & CREATE)) Fault.raise('missing');
      const node = there ?? to.create(name);
      if (how & DIRECTORY && !(node instanceof Directory)) fail(NOTDIR);
      if (there && how & TRUNCATE) node.truncate(0);
      let free = open.findIndex((other, at) => at > ROOT && !other);
      if (free < 0) free = open.length;
      open[free] = new Open(node, flags);
      view().setUint32(result, free, true);
    },
    path_link: (fd, _follow, at, length, newFd, newAt, newLength) =>
      folder(newFd).link(path(newAt, newLength), folder(fd).find(path(at, length))),
    path_rename(fd, at, length, newFd, newAt, newLength) {
      const node = folder(fd).find(path(at, length));
      folder(newFd).replace(path(newAt, newLength), node);
      folder(fd).remove(path(at, length));
    },
    path_unlink_file: (fd, at, length) => folder(fd).remove(path(at, length)),
    path_remove_directory: (fd, at, length) => folder(fd).remove(path(at, length)),
  };

  const answered = (call) => (...values) => {
    try {
      call(...values);
      return SUCCESS;
    } catch (error) {
      if (error instanceof Fault) return error.number;
      if (error instanceof Exit) throw error;
      // What the browser says of a file that it cannot read, or of memory that it cannot give.
      console.warn(error);
      return IO;
    }
  };
  const functions = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'function') functions[from] = { ...functions[from], [name]: calls[name] ? answered(calls[name]) : () => NOSYS };
  }
  return { functions, use: (exported) => { memory = exported; } };
}

function fail(number) {
  throw new Fault(number);
}
