/**
 * The memories of one pool, and the idle ones of all.
 *
 * A memory of the vector kernels takes gigabytes of address space, and the garbage collector is in no hurry to free it, since it does
 * not see it; where addresses are limited, a process gets no second one. So one job after another gets the same one, in this pool, in
 * another, or outside of any; what nobody takes is still the garbage collector's.
 */
import { type Kernels, simdKernels } from '@longhand/kernels';
import {
  type KernelChoice,
  type SharedMemory,
  type Sharing,
  separateArrays,
  type VectorMemory,
  vectorMemory,
} from './shared-memory';

/** The memories of vector kernels that nobody works on, the latest last. */
let idle: WeakRef<VectorMemory>[] = [];

/** An idle memory, which is the caller's from now on. */
function takeIdle(): VectorMemory | undefined {
  let memory: VectorMemory | undefined;
  while (memory === undefined && idle.length > 0) memory = idle.pop()?.deref();
  return memory;
}

/**
 * The strict kernels for a classifier in the caller's thread, on the memory that a run or an evaluation has left, if there is one.
 *
 * @throws UnsupportedKernelsError when the engine lacks what they need, OptionError when the system refuses a memory
 */
export function classifierKernels(): Kernels {
  const left = takeIdle();
  return simdKernels({ arithmetic: 'strict', ...(left && { memory: left.source.shared.memory }) });
}

function isVectorMemory(memory: SharedMemory): memory is VectorMemory {
  return memory.source.kernels !== 'reference' && memory.source.shared !== undefined;
}

export class MemoryStock {
  readonly #kernels: KernelChoice;
  readonly #sharing: Sharing;
  readonly #inUse = new Set<SharedMemory>();
  /** So that the idle ones live as long as the pool. */
  readonly #left = new Set<SharedMemory>();

  constructor(kernels: KernelChoice, sharing: Sharing) {
    this.#kernels = kernels;
    this.#sharing = sharing;
  }

  /** Zeroed memory for one job. */
  take(): SharedMemory {
    const memory =
      this.#kernels === 'reference' || this.#sharing === 'copied'
        ? separateArrays(this.#kernels, this.#sharing)
        : vectorMemory(this.#kernels, takeIdle());
    this.#inUse.add(memory);
    return memory;
  }

  /** Takes back a job's memory when no thread is at the job any more. */
  recycle(memory: SharedMemory): void {
    memory.reset();
    this.#inUse.delete(memory);
    // Arrays with buffers of their own are the garbage collector's.
    if (!isVectorMemory(memory)) return;
    this.#left.add(memory);
    idle = [...idle.filter((reference) => reference.deref() !== undefined), new WeakRef(memory)];
  }

  /**
   * Leaves the memories to others.
   *
   * @param noJobIsLeft whether no thread works on those in use any more; otherwise they are dropped
   */
  giveUp(noJobIsLeft: boolean): void {
    if (noJobIsLeft) for (const memory of this.#inUse) this.recycle(memory);
    this.#inUse.clear();
    this.#left.clear();
  }
}
