// The program: its module, and runs of it.

import workerSource from 'worker';
import { unpack } from './unpack.js';

let compiled;

/** A module that only needs a vector instruction. */
const VECTOR = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** The text that says why the browser cannot run the module, or lacks what the page needs. */
export function obstacle() {
  if (typeof WebAssembly !== 'object' || typeof Blob.prototype.stream !== 'function') return 'old';
  return SIMD && !WebAssembly.validate(VECTOR) ? 'no.vectors' : null;
}

/** Compiles the module that the page has in it. */
export function module() {
  compiled ??= unpack(document.getElementById('wasm').textContent).then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}

/**
 * Starts a run of the command. `on` has a function for each event: `progress`, `piece`, `volume`, `dropped`. What it resolves
 * to is how the run ended; `stop` ends it at once.
 */
export function run(job, on = {}) {
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  let stop;
  const ended = new Promise((resolve, reject) => {
    stop = (why) => reject(why ?? new Stopped());
    worker.onmessage = ({ data }) => {
      if (data.what === 'done') resolve(data);
      else if (data.what === 'crashed') reject(new Crash(data.why));
      else on[data.what]?.(data);
    };
    worker.onerror = (event) => reject(new Crash(event.message ?? 'the worker did not start'));
    module().then((compiled) => worker.postMessage({ folders: [], results: [], ...job, module: compiled }), reject);
  }).finally(() => {
    // What it sent before it ended may still be on the way.
    worker.onmessage = null;
    worker.terminate();
    URL.revokeObjectURL(address);
  });
  return { ended, stop };
}

/** A person ended the run. */
export class Stopped extends Error {}

/** The program ended in a way that it never should. */
export class Crash extends Error {}
