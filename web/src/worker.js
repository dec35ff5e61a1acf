// Runs the program once, in a thread of its own: a worker that is ended takes everything with it.

import { Directory, Input, PARTIAL, Volume, Written } from './files.js';
import { Exit, imports } from './wasi.js';

/** What standard error may hold; only the last lines are shown. */
const LOG = 64 << 10;

onmessage = async ({ data }) => {
  try {
    postMessage({ what: 'done', ...await run(data) });
  } catch (error) {
    postMessage({ what: 'crashed', why: String(error) });
  }
};

/**
 * @param {object} job
 * @param {WebAssembly.Module} job.module
 * @param {string[]} job.args
 * @param {{ path: string, file: File }[]} job.inputs
 * @param {string[]} job.folders folders that are to be there
 * @param {string[]} job.results the files to hand over at the end, if they are written
 */
async function run({ module, args, inputs, folders, results }) {
  const root = new Directory((path) => (path.endsWith(PARTIAL) ? new Volume(path, (event) => postMessage(event)) : new Written()));
  for (const folder of folders) root.make(folder);
  for (const { path, file } of inputs) root.add(path, new Input(file));
  const stdout = new Written();
  let log = '';
  const lines = new TextDecoder();
  let line = '';
  const stderr = (bytes) => {
    line += lines.decode(bytes, { stream: true });
    const whole = line.split('\n');
    line = whole.pop();
    for (const text of whole) {
      if (text.startsWith('{"event":"progress"')) postMessage({ what: 'progress', ...JSON.parse(text) });
      else log = `${log}${text}\n`.slice(-LOG);
    }
  };
  const system = imports(module, {
    args: ['mbox2eml', ...args], root, stderr, stdout: (bytes) => stdout.write(stdout.size, bytes),
  });
  const { exports } = await WebAssembly.instantiate(module, system.functions);
  system.use(exports.memory);
  let exit = 0;
  try {
    exports._start();
  } catch (error) {
    if (!(error instanceof Exit)) throw Object.assign(error, { message: `${error.message}\n${log}` });
    exit = error.code;
  }
  const files = [];
  for (const path of results) {
    const file = root.lookUp(path);
    if (file) files.push({ path, blob: file.blob() });
  }
  return { exit, log, stdout: await stdout.blob().text(), files, memory: exports.memory.buffer.byteLength };
}
