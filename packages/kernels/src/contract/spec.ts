/**
 * What a kernel is: arithmetic that computes some arrays from others.
 *
 * A *spec* says which arrays a kernel reads, which it writes, and how many numbers each holds for a geometry. Layers,
 * tests, gradient checks and benchmarks all work from the spec alone.
 *
 * Activations lie in memory as `[height, width, channels, batch]`: the images of a batch side by side, so that a
 * formula written for one image becomes one for many by running over the last axis. Lanes of the last axis that hold
 * no image are computed like the others; losses give them the weight zero. Arrays of bytes are the exception: they
 * hold images as files do, one after another, so the batch is their first axis.
 */
import { type DType, dtypeOf, type FloatArray, ShapeError } from '@longhand/tensor';

/** What a kernel works on: floats, or the bytes of images. */
export type NumericArray = FloatArray | Uint8Array;

/** Arrays by their names in a kernel's spec. */
export type Arrays = Readonly<Record<string, NumericArray>>;

/** How many numbers each named array holds, for a geometry. */
export type Lengths<Geometry, Names extends string> = {
  readonly [Name in Names]: (geometry: Geometry) => number;
};

/** What a kernel reads and writes. The gradient of an array named `x` is named `dx`, that of `weight` `dWeight`. */
export interface KernelSpec<Geometry, Reads extends string, Writes extends string, Bytes extends string = never> {
  /** How many numbers each array that it reads has, by name. */
  readonly reads: Lengths<Geometry, Reads>;
  /** How many numbers each array that it writes has, by name. */
  readonly writes: Lengths<Geometry, Writes>;
  /** The arrays of element type uint8, image after image; all others hold floats of one precision. */
  readonly bytes: readonly Bytes[];
  /** Multiply-adds of one run, for benchmarks and summaries. */
  readonly multiplyAdds: (geometry: Geometry) => number;
  /** Whether its SIMD kernel takes eight images, too; otherwise such a batch is padded to sixteen. */
  readonly takesEight: boolean;
}

/**
 * Any spec. Code that treats all kernels alike (checks, tests, benchmarks) cannot know to which spec a geometry
 * belongs: this is the one place where the compiler is told not to ask.
 */
// biome-ignore lint/suspicious/noExplicitAny: the geometry of a kernel that is chosen at run time
export type AnySpec = KernelSpec<any, string, string, string>;

/** The specs of one operation: its forward kernel and those of its gradients, by name. */
export type Specs = Readonly<Record<string, AnySpec>>;

/**
 * Infers the names and the geometry of a spec, so that each is written once.
 *
 * @example kernelSpec<DenseGeometry>()({ x, weight, bias }, { y }, { multiplyAdds })
 */
export function kernelSpec<Geometry>() {
  return <Reads extends string, Writes extends string, Bytes extends Reads = never>(
    reads: Lengths<Geometry, Reads>,
    writes: Lengths<Geometry, Writes>,
    {
      bytes = [],
      multiplyAdds = () => 0,
      takesEight = false,
    }: Partial<Omit<KernelSpec<Geometry, Reads, Writes, Bytes>, 'reads' | 'writes'>> = {},
  ): KernelSpec<Geometry, Reads, Writes, Bytes> => ({ reads, writes, bytes, multiplyAdds, takesEight });
}

/** The geometry that a spec is written for. */
export type GeometryOf<Spec> = Spec extends KernelSpec<infer Geometry, string, string, string> ? Geometry : never;

/** The arrays that a kernel is run on, by the names of its spec. */
export type BuffersOf<Spec> =
  Spec extends KernelSpec<never, infer Reads, infer Writes, infer Bytes>
    ? { readonly [Name in Reads | Writes]: Name extends Bytes ? Uint8Array : FloatArray }
    : never;

/** An implementation in JavaScript: overwrites what the spec says it writes, and touches nothing else. */
export type Kernel<Spec> = (geometry: GeometryOf<Spec>, buffers: BuffersOf<Spec>) => void;

/** An implementation of each kernel of an operation, or of all operations. */
export type KernelsOf<Table> = { readonly [Name in keyof Table]: Kernel<Table[Name]> };

/** The names and lengths of all arrays of a spec. */
export function lengthsOf<Geometry>(
  spec: KernelSpec<Geometry, string, string, string>,
): [name: string, lengthOf: (geometry: Geometry) => number][] {
  return [...Object.entries(spec.reads), ...Object.entries(spec.writes)];
}

/**
 * Checks the arrays against the spec: all present, each of its length and element type, all floats of one precision.
 *
 * @returns the precision of the floats
 * @throws ShapeError naming the kernel and the array
 */
export function checkBuffers(name: string, spec: AnySpec, geometry: unknown, buffers: Arrays): DType {
  let dtype: DType | undefined;
  for (const [buffer, lengthOf] of lengthsOf(spec)) {
    const array = buffers[buffer];
    const expected = lengthOf(geometry);
    if (array === undefined) {
      throw new ShapeError(`${name}: expected an array '${buffer}' of ${expected} numbers, got none`);
    }
    if (array.length !== expected) {
      throw new ShapeError(`${name}: expected ${expected} numbers in '${buffer}', got ${array.length}`);
    }
    const bytes = spec.bytes.includes(buffer);
    if (bytes !== array instanceof Uint8Array) {
      throw new ShapeError(
        `${name}: expected ${bytes ? 'bytes' : 'floats'} in '${buffer}', got ${bytes ? 'floats' : 'bytes'}`,
      );
    }
    if (array instanceof Uint8Array) continue;
    dtype ??= dtypeOf(array);
    if (dtypeOf(array) !== dtype) {
      throw new ShapeError(`${name}: expected ${dtype} in '${buffer}' as in the other arrays, got ${dtypeOf(array)}`);
    }
  }
  return dtype ?? 'float32';
}

/**
 * The check that every geometry begins with: refuses anything but whole numbers of at least `least`.
 *
 * @param counts the numbers by the names that the message uses
 * @throws ShapeError naming the first that does not fit
 */
export function checkCounts(where: string, counts: Readonly<Record<string, number>>, least = 1): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < least) {
      throw new ShapeError(`${where}: expected a whole number of at least ${least} as ${name}, got ${count}`);
    }
  }
}
