/**
 * Arrays that the main thread and its workers see alike, and the kernels that work on them.
 *
 * A shared memory belongs to one job at a time, such as a training run: the vector kernels free their memory only as a
 * whole, when the job is done.
 */
import type { LabelArray } from '@longhand/datasets';
import { type Kernels, referenceKernels, type SharedKernels, simdKernels } from '@longhand/kernels';
import { allocateFloats, type DType, type FloatArray } from '@longhand/tensor';

/** The set of kernels that computes: plain loops (`reference`), or SIMD with rounding twice (`strict`) or once (`fused`). */
export type KernelChoice = 'reference' | 'strict' | 'fused';

/** What a worker needs to attach the memory; it can be posted as a message. */
export type MemorySource =
  | { readonly kernels: 'reference' }
  /** Without `shared` the worker allocates its own memory and copies what it is sent. */
  | { readonly kernels: 'strict' | 'fused'; readonly shared?: SharedKernels };

/** The main thread's side. */
export interface SharedMemory {
  readonly source: MemorySource;
  /** A zeroed array that can be posted to workers. */
  allocate(dtype: DType, length: number): FloatArray;
  /** Frees all arrays for another job: nobody may use them any more. */
  reset(): void;
}

/** Whether memory can be shared with workers; false in a page that is not cross-origin isolated. */
export const canShare = typeof SharedArrayBuffer === 'function';

/** Who works on a memory: workers that see it, workers that are sent copies, or nobody but the thread that made it. */
export type Sharing = 'shared' | 'copied' | 'one thread';

/** A memory of the vector kernels, which threads may share. */
export interface VectorMemory extends SharedMemory {
  readonly source: { readonly kernels: 'strict' | 'fused'; readonly shared: SharedKernels };
  /** Frees all arrays, or those allocated since a position. */
  reset(from?: number): void;
  position(): number;
}

/**
 * @param left one that nobody works on any more. Default: a new one.
 * @throws UnsupportedKernelsError when the engine or the processor lacks what the kernels need, OptionError when the system refuses
 *   a memory
 */
export function vectorMemory(choice: 'strict' | 'fused', left?: VectorMemory): VectorMemory {
  if (left?.source.kernels === choice) return left;
  const { shared, allocate, reset, position } = simdKernels({
    arithmetic: choice,
    ...(left && { memory: left.source.shared.memory }),
  });
  return { source: { kernels: choice, shared }, allocate, reset, position };
}

/** Arrays with buffers of their own: for the reference kernels, or to be copied for each worker. */
export function separateArrays(choice: KernelChoice, sharing: Sharing): SharedMemory {
  return {
    source: { kernels: choice },
    allocate(dtype, length) {
      if (sharing !== 'shared') return allocateFloats(dtype, length);
      return dtype === 'float64'
        ? new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT))
        : new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
    },
    // The garbage collector frees them.
    reset() {},
  };
}

/** A worker's side. */
export interface AttachedMemory {
  readonly kernels: Kernels;
  /** The posted array as this thread's kernels can use it: a view of the shared memory, or a copy. */
  attach(posted: FloatArray): FloatArray;
}

export function attachMemory(source: MemorySource): AttachedMemory {
  if (source.kernels === 'reference') return { kernels: referenceKernels, attach: (posted) => posted };
  const { shared } = source;
  const kernels = simdKernels(shared ?? source.kernels);
  return {
    kernels,
    attach(posted) {
      if (shared !== undefined) return kernels.arrayAt(posted.byteOffset, posted.length);
      const own = kernels.allocate('float32', posted.length);
      own.set(posted);
      return own;
    },
  };
}

/** Images or labels in shared memory: themselves if they lie there already, otherwise a copy of them as they are now. */
export function sharedIntegers<Integers extends LabelArray>(integers: Integers): Integers {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = integers;
  const known = copies.get(buffer);
  if (known === undefined && (!canShare || buffer instanceof SharedArrayBuffer)) return integers;
  const Type = BYTES_PER_ELEMENT === 1 ? Uint8Array : BYTES_PER_ELEMENT === 2 ? Uint16Array : Uint32Array;
  const part = new Type((known ?? copyOf(buffer)) as ArrayBufferLike as ArrayBuffer, byteOffset, length) as Integers;
  // Copied again into the same memory: the caller may have written other images there since.
  if (known !== undefined) part.set(integers);
  return part;
}

/** A copy of the whole buffer, so that the parts of one data set are copied once. */
function copyOf(buffer: ArrayBufferLike): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(buffer.byteLength);
  new Uint8Array(copy).set(new Uint8Array(buffer));
  copies.set(buffer, copy);
  return copy;
}

const copies = new WeakMap<ArrayBufferLike, SharedArrayBuffer>();
