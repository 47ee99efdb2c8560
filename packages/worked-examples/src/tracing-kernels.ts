/**
 * A set of kernels that remembers what it prepared. Any array of a network can then be asked what writes it, so the origin of
 * every number is known, while the network is made of the ordinary layers and runs as always.
 */
import {
  type Arrays,
  type Expression,
  type KernelName,
  type Kernels,
  kernelSpecs,
  type NumericArray,
  termsOf,
} from '@longhand/kernels';

/** What writes an array: a kernel, or a layer itself. */
export interface Writer {
  /** The arrays that the expressions read, by name. */
  readonly arrays: Arrays;
  /** What the entry at an index is made of. */
  readonly terms: (index: number) => Expression;
  /** The same for the other kind of convolution, where a convolution writes the array. */
  readonly otherConvolution?: OtherConvolution;
}

/** A convolution with its kernel laid on the other way round. */
export interface OtherConvolution {
  readonly terms: (index: number) => Expression;
  /** Whether it is the one that turns the kernel. */
  readonly isTrueConvolution: boolean;
}

/** Something kept for arrays, found again by the memory they lie in: two views of the same numbers are the same. */
export class ByMemory<Value> {
  readonly #values = new Map<ArrayBufferLike, Map<number, Value>>();

  set(array: NumericArray, value: Value): void {
    if (array.length === 0) return;
    const byOffset = this.#values.get(array.buffer) ?? new Map<number, Value>();
    byOffset.set(array.byteOffset, value);
    this.#values.set(array.buffer, byOffset);
  }

  get(array: NumericArray): Value | undefined {
    return this.#values.get(array.buffer)?.get(array.byteOffset);
  }

  delete(array: NumericArray): void {
    this.#values.get(array.buffer)?.delete(array.byteOffset);
  }
}

/** The kernels, and who writes which array. */
export function traceKernels(kernels: Kernels): { kernels: Kernels; writers: ByMemory<Writer> } {
  const writers = new ByMemory<Writer>();
  return {
    writers,
    kernels: {
      ...kernels,
      prepare(name, geometry, buffers) {
        const [kernel, arrays] = [name as KernelName, buffers as Arrays];
        for (const array of Object.keys(kernelSpecs[kernel].writes)) {
          const terms = (index: number): Expression => termsOf(kernel, geometry, array, index, arrays);
          const other = 'flipped' in geometry ? { otherConvolution: otherOf(kernel, geometry, array, arrays) } : {};
          writers.set(arrays[array], { arrays, terms, ...other });
        }
        return kernels.prepare(name, geometry, buffers);
      },
    },
  };
}

/** Padding leaves terms out, so the other kind is not the same sum with other weights: it is asked for its own terms. */
function otherOf(
  kernel: KernelName,
  geometry: { readonly flipped: unknown },
  array: string,
  arrays: Arrays,
): OtherConvolution {
  const isTrueConvolution = geometry.flipped === false;
  const other = { ...geometry, flipped: isTrueConvolution };
  return { isTrueConvolution, terms: (index) => termsOf(kernel, other, array, index, arrays) };
}
