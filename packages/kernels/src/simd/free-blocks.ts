/** Blocks of a memory that were freed, to be used again. */

/** Neighboring bytes. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

/** Freed blocks in the order of their addresses; neighbors become one. */
export class FreeBlocks {
  #blocks: Block[] = [];

  /** The number of free bytes. */
  get bytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(block: Block): void {
    const at = this.#blocks.findIndex(({ address }) => address > block.address);
    const index = at === -1 ? this.#blocks.length : at;
    const [before, after] = [this.#blocks[index - 1], this.#blocks[index]];
    const joinsBefore = before !== undefined && before.address + before.bytes === block.address;
    const joinsAfter = after !== undefined && block.address + block.bytes === after.address;
    const address = joinsBefore ? before.address : block.address;
    const end = joinsAfter ? after.address + after.bytes : block.address + block.bytes;
    this.#blocks.splice(index - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), {
      address,
      bytes: end - address,
    });
  }

  /** The address of so many bytes, which are not free any more; undefined if no block has them. */
  take(bytes: number): number | undefined {
    const index = this.#blocks.findIndex((block) => block.bytes >= bytes);
    if (index === -1) return undefined;
    const block = this.#blocks[index];
    const rest = { address: block.address + bytes, bytes: block.bytes - bytes };
    this.#blocks.splice(index, 1, ...(rest.bytes > 0 ? [rest] : []));
    return block.address;
  }

  clear(): void {
    this.#blocks = [];
  }
}
