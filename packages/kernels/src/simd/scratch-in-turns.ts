/**
 * Memory that kernels reserve besides their arrays, such as copies in another layout, for several passes that are prepared alike and
 * run in turns on one thread. A kernel fills it anew at each run, or keeps zeros in it, so that the passes can have the same.
 */
import type { BindingMemory } from '../contract/simd-binding';

/**
 * @param memory that has the arrays
 * @returns what begins a pass: its kernels reserve what the same kernels of the first pass did
 */
export function scratchInTurns(memory: BindingMemory): () => BindingMemory {
  const reserved: { readonly address: number; readonly bytes: number }[] = [];
  return () => {
    let at = 0;
    return {
      reserve(bytes) {
        const known = reserved[at];
        if (known !== undefined && known.bytes !== bytes) {
          throw new Error(
            `kernels: expected a pass prepared like the first, got another: ${bytes} bytes for ${known.bytes}`,
          );
        }
        reserved[at] ??= { address: memory.reserve(bytes), bytes };
        return reserved[at++].address;
      },
      floats: (address, length) => memory.floats(address, length),
      // Tables and records hold the addresses of a pass's own arrays.
      table: (numbers) => memory.table(numbers),
    };
  };
}
