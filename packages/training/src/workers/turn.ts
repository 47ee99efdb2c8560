/** A turn of the event loop, in Node and in pages. */

/** Resolves after whatever else waits for its turn in this thread. */
export function turn(): Promise<void> {
  const { setImmediate, MessageChannel } = globalThis as typeof globalThis & {
    setImmediate?: (callback: () => void) => unknown;
  };
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    // In a page; a timeout would wait for four milliseconds.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
