/**
 * The memories of one pool, and the idle ones of all.
 *
 * A memory of the vector kernels takes gigabytes of address space, and the garbage collector is in no hurry to free it, since it does
 * not see it; where addresses are limited, a process gets no second one. So one job after another gets the same one, in this pool, in
 * another, or outside of any; what nobody takes is still the garbage collector's.
 */
import { type Kernels, type SimdKernels, simdKernels } from '@longhand/kernels';
import { OptionError } from '@longhand/tensor';
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

/** A kernel set of the caller's thread that several classifiers share, and how many do. */
interface SharedKernelSet {
  readonly memory: VectorMemory;
  readonly kernels: SimdKernels;
  readers: number;
}

/** The latest of them. It lives as long as its classifiers. */
let latest: WeakRef<SharedKernelSet> | undefined;

/** A set that has so many bytes in use is left to its classifiers, which may have been forgotten. */
const mostSharedBytes = 256 * 2 ** 20;

/** Kernels to give back. */
export interface LentKernels {
  readonly kernels: Kernels;
  giveBack(): void;
}

/**
 * The strict kernels for a classifier in the caller's thread: those of the others, or on the memory that a run or an evaluation has
 * left, if there is one. When the last classifier has given them back, the next run gets their memory.
 *
 * @throws UnsupportedKernelsError when the engine lacks what they need, OptionError when the system refuses a memory
 */
export function lendKernels(): LentKernels {
  const known = latest?.deref();
  const set = known !== undefined && known.kernels.bytesInUse() < mostSharedBytes ? known : newSet();
  set.readers++;
  let givenBack = false;
  return {
    kernels: set.kernels,
    giveBack() {
      if (givenBack) return;
      givenBack = true;
      if (--set.readers > 0) return;
      if (latest?.deref() === set) latest = undefined;
      set.memory.reset();
      addIdle(set.memory);
    },
  };
}

function newSet(): SharedKernelSet {
  const memory = vectorMemory('strict', takeIdle());
  const { arithmetic, module, memory: bytes } = memory.source.shared;
  const set = { memory, kernels: simdKernels({ arithmetic, module, memory: bytes }), readers: 0 };
  latest = new WeakRef(set);
  return set;
}

function addIdle(memory: VectorMemory): void {
  idle = [...idle.filter((reference) => reference.deref() !== undefined), new WeakRef(memory)];
}

function isVectorMemory(memory: SharedMemory): memory is VectorMemory {
  return memory.source.kernels !== 'reference' && memory.source.shared !== undefined;
}

export class MemoryStock {
  readonly #kernels: KernelChoice;
  readonly #sharing: Sharing;
  readonly #inUse = new Set<SharedMemory>();
  /** The memories that are the rest of another, with the other. */
  readonly #above = new Map<SharedMemory, VectorMemory>();
  /** So that the idle ones live as long as the pool. */
  readonly #left = new Set<SharedMemory>();

  constructor(kernels: KernelChoice, sharing: Sharing) {
    this.#kernels = kernels;
    this.#sharing = sharing;
  }

  /**
   * Zeroed memory for one job.
   *
   * @param isQuiet whether no job of the pool is allocating
   * @throws OptionError when the system refuses a memory
   */
  take(isQuiet = true): SharedMemory {
    const memory =
      this.#kernels === 'reference' || this.#sharing === 'copied'
        ? separateArrays(this.#kernels, this.#sharing)
        : this.#takeVector(this.#kernels, isQuiet);
    this.#inUse.add(memory);
    return memory;
  }

  /** An idle one, a new one, or the rest of one that another job has, such as the run whose epoch is validated. */
  #takeVector(kernels: 'strict' | 'fused', isQuiet: boolean): VectorMemory {
    try {
      return vectorMemory(kernels, takeIdle());
    } catch (error) {
      const below = [...this.#inUse].find(isVectorMemory);
      // One job above another: jobs allocate when they begin, so the one below, which began before, needs no more.
      if (!(error instanceof OptionError) || below === undefined || !isQuiet || this.#above.size > 0) throw error;
      const from = below.position();
      const rest: VectorMemory = { ...below, reset: () => below.reset(from) };
      this.#above.set(rest, below);
      return rest;
    }
  }

  /** Takes back a job's memory when no thread is at the job any more. */
  recycle(memory: SharedMemory): void {
    this.#inUse.delete(memory);
    // While a job works above it, nobody may have it. It is left to the garbage collector.
    if ([...this.#above.values()].some((below) => below === memory)) return;
    memory.reset();
    // Arrays with buffers of their own are the garbage collector's, too.
    if (this.#above.delete(memory) || !isVectorMemory(memory)) return;
    this.#left.add(memory);
    addIdle(memory);
  }

  /**
   * Leaves the memories to others.
   *
   * @param noJobIsLeft whether no thread works on those in use any more; otherwise they are dropped
   */
  giveUp(noJobIsLeft: boolean): void {
    const whole = [...this.#inUse].filter((memory) => !this.#above.has(memory));
    this.#above.clear();
    if (noJobIsLeft) for (const memory of whole) this.recycle(memory);
    this.#inUse.clear();
    this.#left.clear();
  }
}
