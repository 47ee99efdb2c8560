/**
 * The contract between layers and arithmetic.
 *
 * A *kernel* computes some arrays from others. Its *spec* says which it reads, which it writes and how many numbers
 * each holds for a geometry; layers, tests, gradient checks and benchmarks all work from the spec alone. A *set*
 * holds one implementation of each kernel and allocates the arrays that these can work on.
 *
 * Activations lie in memory as `[height, width, channels, batch]`: the images of a batch side by side, so that a
 * formula written for one image becomes one for many by running over the last axis. Lanes of the last axis that hold
 * no image are computed like the others; losses give them the weight zero.
 */
import { type DType, dtypeOf, type FloatArray, ShapeError } from '@longhand/tensor';

/** How many numbers each named array holds, for a geometry. */
export type Lengths<Geometry, Names extends string> = {
  readonly [Name in Names]: (geometry: Geometry) => number;
};

/** What a kernel reads and writes. The gradient of an array named `x` is named `dx`, that of `weight` `dWeight`. */
export interface KernelSpec<Geometry, Reads extends string, Writes extends string> {
  readonly reads: Lengths<Geometry, Reads>;
  readonly writes: Lengths<Geometry, Writes>;
  /** Multiply-adds of one run, for benchmarks and summaries. */
  readonly multiplyAdds: (geometry: Geometry) => number;
}

/** Infers the names and the geometry of a spec, so that each is written once. */
export function kernelSpec<Geometry>() {
  return <Reads extends string, Writes extends string>(
    reads: Lengths<Geometry, Reads>,
    writes: Lengths<Geometry, Writes>,
    multiplyAdds: (geometry: Geometry) => number = () => 0,
  ): KernelSpec<Geometry, Reads, Writes> => ({ reads, writes, multiplyAdds });
}

/** The geometry that a spec is written for. */
export type GeometryOf<Spec> = Spec extends KernelSpec<infer Geometry, string, string> ? Geometry : never;

/** The arrays that a kernel is run on, by the names of its spec. */
export type BuffersOf<Spec> =
  Spec extends KernelSpec<never, infer Reads, infer Writes> ? { readonly [Name in Reads | Writes]: FloatArray } : never;

/** An implementation in JavaScript: overwrites what the spec says it writes, and touches nothing else. */
export type Kernel<Spec> = (geometry: GeometryOf<Spec>, buffers: BuffersOf<Spec>) => void;

/**
 * One implementation of each kernel, `Specs` being the table of all.
 *
 * @example
 * const y = kernels.allocate('float32', 10 * 16);
 * const run = kernels.prepare('dense', geometry, { x, weight, bias, y });
 * run(); // y = weight · x + bias, as often as needed, nothing allocated
 */
export interface KernelSet<Specs> {
  /** As the option is spelled: `reference`, … */
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** A zeroed array that this set's kernels can work on. */
  allocate(dtype: DType, length: number): FloatArray;
  /**
   * Binds a kernel to a geometry and its arrays; all checks happen here, none when it runs.
   *
   * @throws Error when this set lacks the kernel, ShapeError when an array has another length
   */
  prepare<Name extends keyof Specs & string>(
    name: Name,
    geometry: GeometryOf<Specs[Name]>,
    buffers: BuffersOf<Specs[Name]>,
  ): () => void;
}

/**
 * Holds the arrays against the spec: all there, of the right length, all of one precision.
 *
 * @returns the precision of the arrays
 * @throws ShapeError naming the kernel and the array
 */
export function checkBuffers<Geometry>(
  name: string,
  spec: KernelSpec<Geometry, string, string>,
  geometry: Geometry,
  buffers: Readonly<Record<string, FloatArray>>,
): DType {
  let dtype: DType | undefined;
  for (const [buffer, lengthOf] of Object.entries({ ...spec.reads, ...spec.writes })) {
    const array = buffers[buffer];
    const expected = lengthOf(geometry);
    if (array === undefined)
      throw new ShapeError(`${name}: expected an array '${buffer}' of ${expected} numbers, got none`);
    if (array.length !== expected) {
      throw new ShapeError(`${name}: expected ${expected} numbers in '${buffer}', got ${array.length}`);
    }
    dtype ??= dtypeOf(array);
    if (dtypeOf(array) !== dtype) {
      throw new ShapeError(`${name}: expected ${dtype} in '${buffer}' as in the other arrays, got ${dtypeOf(array)}`);
    }
  }
  return dtype ?? 'float32';
}
