/**
 * A barrier: the place in every step where workers wait for each other.
 *
 * The wait is short, so a worker first looks again and again; only after that does it sleep. Threads that slept through
 * each step would be put on one core by many a system, and the other would stand idle.
 */

/** How often a worker looks before it sleeps: some microseconds. */
const looks = 5000;

/** Numbers that all workers see. */
const arrived = 0;
const generation = 1;

/** The memory of a barrier, for all workers that meet there. */
export function barrierMemory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** A function that returns when all `worldSize` have called theirs; one alone never waits. */
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
    for (let look = 0; look < looks; look++) {
      if (Atomics.load(memory, generation) !== now) return;
    }
    while (Atomics.load(memory, generation) === now) Atomics.wait(memory, generation, now);
  };
}
