/**
 * A barrier: each worker waits there until all have arrived.
 *
 * The wait is short, so a worker spins first and sleeps only after that. If workers slept in every step, many an operating
 * system would put them on one core and leave the others idle.
 */

/** How often a worker polls before it sleeps: some microseconds. */
const spins = 20000;

/** The indices of the barrier's two numbers: the workers that have arrived, and the count of meetings so far. */
const arrived = 0;
const generation = 1;

/** The shared numbers of a barrier. */
export function barrierMemory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** A function that returns once all `worldSize` workers have called theirs; a worker alone never waits. */
export function barrierOf(memory: Int32Array | undefined, worldSize: number): () => void {
  if (worldSize === 1 || memory === undefined) return () => {};
  return () => {
    const now = Atomics.load(memory, generation);
    if (Atomics.add(memory, arrived, 1) === worldSize - 1) {
      Atomics.store(memory, arrived, 0);
      Atomics.add(memory, generation, 1);
      Atomics.notify(memory, generation);
      return;
    }
    for (let spin = 0; spin < spins; spin++) {
      if (Atomics.load(memory, generation) !== now) return;
    }
    while (Atomics.load(memory, generation) === now) Atomics.wait(memory, generation, now);
  };
}
