/**
 * A set of kernels that remembers what it prepared. Any array of a network can then be asked which kernel writes it, so
 * the origin of every number is known, while the network is made of the ordinary layers and runs as always.
 */
import { type Arrays, type KernelName, type Kernels, kernelSpecs, type NumericArray } from '@longhand/kernels';

/** A kernel as it was prepared. */
export interface KernelCall {
  readonly kernel: KernelName;
  readonly geometry: unknown;
  readonly arrays: Arrays;
}

/** The kernel that writes an array, and the array's name there. */
export interface Writer {
  readonly call: KernelCall;
  readonly array: string;
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
}

/** The kernels, and who writes which array. */
export function traceKernels(kernels: Kernels): { kernels: Kernels; writers: ByMemory<Writer> } {
  const writers = new ByMemory<Writer>();
  return {
    writers,
    kernels: {
      ...kernels,
      prepare(kernel, geometry, buffers) {
        const arrays = buffers as Arrays;
        const call: KernelCall = { kernel: kernel as KernelName, geometry, arrays };
        for (const array of writtenBy(call)) writers.set(arrays[array], { call, array });
        return kernels.prepare(kernel, geometry, buffers);
      },
    },
  };
}

/** The names of the arrays that a kernel writes. */
function writtenBy({ kernel }: KernelCall): string[] {
  return Object.keys(kernelSpecs[kernel].writes);
}
