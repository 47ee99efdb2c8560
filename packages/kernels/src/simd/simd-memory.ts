/**
 * The memory that vector kernels work on: one WebAssembly memory, shared by all threads that take part.
 *
 * Arrays are allocated one after another, and freed by regions, such as those of one pass, or all at once, at the end of the run
 * that they were made for. The address of the next array is kept in the memory itself, so that several threads may allocate; what
 * one thread has freed is used again by that thread.
 */
import { ShapeError } from '@longhand/tensor';
import type { Region } from '../contract/region';
import type { BindingMemory } from '../contract/simd-binding';
import type { NumericArray } from '../contract/spec';
import { fullMemory, mostPages, newMemory, pageSize, refusedGrowth } from './address-space';
import { type Block, FreeBlocks } from './free-blocks';
import type { WasmMemory } from './web-assembly';

/** The address of the counter; the compiled module keeps away from the first 1024 bytes. */
const counterAt = 64;
const firstFree = 65536;
/** A cache line, so that no two threads write to the same one by accident. */
const alignment = 64;

/** Hands out the arrays of one shared memory. */
export class SimdMemory implements BindingMemory {
  readonly memory: WasmMemory;
  /** The memory shows a new buffer object each time it has grown; arrays over old ones stay good. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  readonly #free = new FreeBlocks();
  /** Those that a region around the one that has freed them may still have. */
  readonly #freed = new WeakSet<Block>();
  /** The blocks of the regions that are being worked in, the innermost last. */
  readonly #regions: Set<Block>[] = [];
  /** How often everything was freed. */
  #resets = 0;

  /**
   * @param memory of another thread. Default: a new one.
   * @throws OptionError when the system refuses a new one
   */
  constructor(memory?: WasmMemory) {
    this.memory = memory ?? newMemory();
    if (memory === undefined) Atomics.store(this.#counter(), 0, firstFree);
  }

  /**
   * Allocates. @returns the address of `bytes` bytes, all zero
   *
   * @throws OptionError when the memory is full, or the system refuses to let it grow
   */
  reserve(bytes: number): number {
    // Two cache lines apart, so that rows of equal arrays do not map to the same cache sets.
    const taken = Math.ceil(bytes / alignment + 2) * alignment;
    const address = this.#takeFreed(taken) ?? this.#takeFresh(taken, bytes);
    const block = { address, bytes: taken };
    for (const blocks of this.#regions) blocks.add(block);
    return address;
  }

  #takeFreed(taken: number): number | undefined {
    const address = this.#free.take(taken);
    if (address !== undefined) new Uint8Array(this.memory.buffer, address, taken).fill(0);
    return address;
  }

  #takeFresh(taken: number, bytes: number): number {
    const counter = this.#counter();
    const address = Atomics.add(counter, 0, taken) >>> 0;
    const end = address + taken;
    if (end > mostPages * pageSize) {
      Atomics.sub(counter, 0, taken);
      throw fullMemory(bytes);
    }
    // Another thread may have grown the memory meanwhile; growing shows how large it is by now.
    const missing = Math.ceil(end / pageSize) - this.memory.buffer.byteLength / pageSize;
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        // Too far, since another thread was first, or because the machine has no more.
        const { byteLength } = this.memory.buffer;
        if (byteLength < end) {
          Atomics.sub(counter, 0, taken);
          throw refusedGrowth(bytes, byteLength);
        }
      }
    }
    return address;
  }

  /** A region whose blocks are freed together. Once everything was freed, it is empty. */
  region(): Region {
    const blocks = new Set<Block>();
    const resets = this.#resets;
    return {
      within: (work) => {
        this.#regions.push(blocks);
        try {
          return work();
        } finally {
          this.#regions.pop();
        }
      },
      release: () => {
        for (const block of blocks) if (resets === this.#resets && !this.#freed.has(block)) this.#freeBlock(block);
        blocks.clear();
      },
    };
  }

  /** The bytes in use, by all threads. */
  get bytesInUse(): number {
    return this.position - firstFree - this.#free.bytes;
  }

  /** The address of the next array that no freed block is taken for, in every thread. */
  get position(): number {
    return Atomics.load(this.#counter(), 0) >>> 0;
  }

  /** Frees everything from an address on, in every thread: the same addresses are given again, zeroed. */
  reset(from = firstFree): void {
    this.#resets++;
    this.#free.clear();
    // Another thread may have let the memory grow; by this its whole length is seen here.
    this.memory.grow(0);
    // A thread that was ended in `reserve` leaves the position beyond the end.
    const end = Math.min(this.position, this.memory.buffer.byteLength);
    new Uint8Array(this.memory.buffer, 0, end).fill(0, from);
    Atomics.store(this.#counter(), 0, from);
  }

  /** The floats at an address that {@link reserve} gave, perhaps in another thread. */
  floats(address: number, length: number): Float32Array {
    // Asked for once: another thread may let the memory grow at any moment, and it shows another buffer then.
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return new Float32Array(buffer, address, length);
  }

  /** The array of bytes at an address that {@link reserve} gave. */
  bytes(address: number, length: number): Uint8Array {
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return new Uint8Array(buffer, address, length);
  }

  /** The address of a table of distances or indices, for kernels that follow one. */
  table(numbers: readonly number[]): number {
    const address = this.reserve(numbers.length * 4);
    new Uint32Array(this.memory.buffer, address, numbers.length).set(numbers);
    return address;
  }

  /**
   * Where an array lies.
   *
   * @throws ShapeError when it lies in another memory
   */
  addressOf(array: NumericArray, where: string): number {
    if (!this.#buffers.has(array.buffer)) {
      throw new ShapeError(
        `${where}: expected an array that this set of kernels has allocated, got one from elsewhere; use kernels.allocate`,
      );
    }
    return array.byteOffset;
  }

  #freeBlock(block: Block): void {
    this.#freed.add(block);
    this.#free.add(block);
  }

  #counter(): Uint32Array {
    return new Uint32Array(this.memory.buffer, counterAt, 1);
  }
}
