/** A part of a kernel set whose arrays and prepared kernels are freed together, such as those of one pass. */
import type { Releasable } from './contract/region';
import type { Kernels } from './operations';

/** A kernel set whose arrays are given back together, as {@link scopedKernels} makes it. */
export interface ScopedKernels extends Kernels, Releasable {
  /**
   * Refuses to go on after `release()`: the arrays may belong to others by then.
   *
   * @throws Error once the scope was released
   */
  checkInUse(): void;
}

/**
 * A kernel set of its own on the memory of another: what it allocates and prepares is freed by `release()`, for others to use. What
 * it has prepared refuses to run after that. Its arrays must not be used any more either: they may belong to another.
 *
 * @param what who has it, for messages: `pass`
 * @example
 * const scope = scopedKernels(simdKernels('strict'), 'my step');
 * scope.allocate('float32', 784 * 16).length; // 12544
 * scope.release();
 * scope.checkInUse(); // throws: my step: …
 */
export function scopedKernels(kernels: Kernels, what: string): ScopedKernels {
  const region = kernels.region();
  const prepared: { run: () => void }[] = [];
  let released = false;
  const refuse = (): never => {
    throw new Error(`${what}: expected one in use, got one that has been released; prepare another`);
  };
  const checkInUse = (): void => {
    if (released) refuse();
  };
  const within = <Made>(work: () => Made): Made => {
    checkInUse();
    return region.within(work);
  };
  const release = (): void => {
    released = true;
    for (const one of prepared.splice(0)) one.run = refuse;
    region.release();
  };
  return {
    ...kernels,
    allocate: (dtype, length) => within(() => kernels.allocate(dtype, length)),
    allocateBytes: (length) => within(() => kernels.allocateBytes(length)),
    prepare(name, geometry, buffers) {
      const one = { run: within(() => kernels.prepare(name, geometry, buffers)) };
      prepared.push(one);
      return () => one.run();
    },
    checkInUse,
    release,
    [Symbol.dispose]: release,
  };
}
