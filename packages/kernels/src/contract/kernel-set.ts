/** What a set of kernels is: one implementation of each kernel, and the arrays that these can work on. */
import type { DType, FloatArray } from '@longhand/tensor';
import type { Region } from './region';
import type { BuffersOf, GeometryOf } from './spec';

/**
 * Parameters that change between runs of kernels only when `version` says so: a training run raises it after each update. What a
 * kernel makes of weights alone, packed or transformed, it then makes once for all micro-batches of a step.
 */
export interface SteadyParameters {
  /** The array that the parameters are parts of. A kernel on weights from elsewhere makes all of it at each run. */
  readonly values: FloatArray;
  /** Raised by whoever changes the values, afterwards. */
  version: number;
}

/**
 * One implementation of each kernel, `Table` being the specs of all by name.
 *
 * @example
 * const x = referenceKernels.allocate('float32', 2);
 * const y = referenceKernels.allocate('float32', 2);
 * const run = referenceKernels.prepare('activation', activationGeometry('relu1', 'relu', 2), { x, y });
 * x.set([-1, 2]);
 * run(); // undefined (as often as needed, nothing is allocated)
 * y; // [ 0, 2 ]
 */
export interface KernelSet<Table> {
  /** As the option is spelled: `reference`, … */
  readonly name: string;
  /** The precisions that its kernels work in. */
  readonly dtypes: readonly DType[];
  /** A zeroed array of floats that this set's kernels can work on. */
  allocate(dtype: DType, length: number): FloatArray;
  /** A zeroed array of bytes that this set's kernels can work on. */
  allocateBytes(length: number): Uint8Array;
  /** A part of the set's memory that is freed by itself; `scopedKernels` is the way to use it. */
  region(): Region;
  /**
   * For passes that are prepared alike and run in turns on one thread: the set that each call returns prepares one of them, and
   * what its kernels need besides their arrays lies in the same memory for all. That belongs to the first, which has to be released last.
   * Default: passes have nothing in common.
   *
   * @example
   * const kernels = simdKernels('strict');
   * const beginPass = kernels.forPassesInTurns?.() ?? (() => kernels);
   * const [first, second] = [beginPass(), beginPass()];
   * [first.name, second.name]; // [ 'strict', 'strict' ]
   */
  forPassesInTurns?(): () => KernelSet<Table>;
  /**
   * The same set for kernels that run many times between two changes of parameters. Default: weights may change before each run.
   *
   * @example
   * const kernels = simdKernels('strict');
   * const steady = { values: kernels.allocate('float32', 3898), version: 0 };
   * const forPasses = kernels.withSteadyParameters?.(steady) ?? kernels;
   * steady.version++; // 0 (from here on kernels see the new weights)
   * forPasses.name; // 'strict'
   */
  withSteadyParameters?(parameters: SteadyParameters): KernelSet<Table>;
  /**
   * Binds a kernel to a geometry and its arrays. All checks happen here, none when it runs.
   *
   * @throws Error when this set lacks the kernel, ShapeError when an array has another length or element type
   */
  prepare<Name extends keyof Table & string>(
    name: Name,
    geometry: GeometryOf<Table[Name]>,
    buffers: BuffersOf<Table[Name]>,
  ): () => void;
}
