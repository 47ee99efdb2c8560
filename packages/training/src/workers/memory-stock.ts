/**
 * The memories of one pool, and the idle ones of all pools.
 *
 * A memory of the vector kernels takes gigabytes of address space, and the garbage collector is in no hurry to free it, since it does
 * not see it. So one job after another gets the same one, in this pool or in the next; what nobody takes is still the garbage
 * collector's.
 */
import { type KernelChoice, type SharedMemory, type Sharing, sharedMemory } from './shared-memory';

/** The memories that pools returned when they ended. */
const idle = new Map<string, WeakRef<SharedMemory>[]>();

export class MemoryStock {
  readonly #kernels: KernelChoice;
  readonly #sharing: Sharing;
  readonly #free: SharedMemory[] = [];
  readonly #inUse = new Set<SharedMemory>();

  constructor(kernels: KernelChoice, sharing: Sharing) {
    this.#kernels = kernels;
    this.#sharing = sharing;
  }

  /** Zeroed memory for one job. */
  take(): SharedMemory {
    const memory = this.#free.pop() ?? this.#takeIdle() ?? sharedMemory(this.#kernels, this.#sharing);
    this.#inUse.add(memory);
    return memory;
  }

  /** Takes back a job's memory when no thread is at the job any more. */
  recycle(memory: SharedMemory): void {
    memory.reset();
    this.#inUse.delete(memory);
    this.#free.push(memory);
  }

  /**
   * Leaves the memories to other pools.
   *
   * @param noJobIsLeft whether no thread works on those in use any more; otherwise they are dropped
   */
  giveUp(noJobIsLeft: boolean): void {
    if (noJobIsLeft) for (const memory of this.#inUse) this.recycle(memory);
    this.#inUse.clear();
    const others = (idle.get(this.#key) ?? []).filter((reference) => reference.deref() !== undefined);
    idle.set(this.#key, [...others, ...this.#free.splice(0).map((memory) => new WeakRef(memory))]);
  }

  #takeIdle(): SharedMemory | undefined {
    const references = idle.get(this.#key) ?? [];
    let memory: SharedMemory | undefined;
    while (memory === undefined && references.length > 0) memory = references.pop()?.deref();
    return memory;
  }

  get #key(): string {
    return `${this.#kernels}, ${this.#sharing}`;
  }
}
