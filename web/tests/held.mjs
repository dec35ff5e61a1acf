// A run that waits: so a test acts during it, however fast the machine is.

/**
 * What the page does first, with `addInitScript`: from now on `hold(name, byte)` in the page makes the next runs stop for good
 * where they read that file from this byte on, or a later one, and `window.held` counts them. By the clock of a run each slice
 * takes two seconds, so that it has reported its progress by then.
 */
export function canHold() {
  // In the worker of a run, before its own code.
  const wait = (name, byte) => {
    const clock = performance.now.bind(performance);
    let slices = 0;
    performance.now = () => clock() + 2000 * slices;
    const slice = Blob.prototype.slice;
    Blob.prototype.slice = function (start, ...rest) {
      if (this.name === name) {
        slices += 1;
        if (start >= byte) {
          postMessage({ what: 'held' });
          const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
          Atomics.wait(new Int32Array(buffer), 0, 0);
        }
      }
      return slice.call(this, start, ...rest);
    };
  };
  let before = '';
  window.held = 0;
  window.hold = (name, byte) => { before = `(${wait})(${JSON.stringify(name)}, ${byte});\n`; };
  window.release = () => { before = ''; };
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => address(blob.type === 'text/javascript' ? new Blob([before, blob], { type: blob.type }) : blob);
  window.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', ({ data }) => { if (data.what === 'held') window.held += 1; });
    }
  };
}
