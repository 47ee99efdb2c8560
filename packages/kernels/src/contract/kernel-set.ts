/** What a set of kernels is: one implementation of each kernel, and the arrays that these can work on. */
import type { DType, FloatArray } from '@longhand/tensor';
import type { Region } from './region';
import type { BuffersOf, GeometryOf } from './spec';

/**
 * One implementation of each kernel, `Table` being the specs of all by name.
 *
 * @example
 * const y = kernels.allocate('float32', 10 * 16);
 * const run = kernels.prepare('dense', geometry, { x, weight, bias, y });
 * run(); // y = weight · x + bias, as often as needed, nothing allocated
 */
export interface KernelSet<Table> {
  /** As the option is spelled: `reference`, … */
  readonly name: string;
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
   * const beginPass = kernels.forPassesInTurns?.() ?? (() => kernels);
   * const passes = [1, 2, 3].map(() => network.prepare({ kernels: beginPass(), parameters, capacity: 16 }));
   */
  forPassesInTurns?(): () => KernelSet<Table>;
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
