/**
 * A new WebAssembly memory, and what to say where none can be had.
 *
 * An engine reserves addresses for all that a memory may become; V8 with trap handlers reserves eight gigabytes or more for each,
 * however small its maximum. A process whose addresses are limited (`ulimit -v`) is refused them, or gets a memory that cannot grow.
 */
import { OptionError } from '@longhand/tensor';
import { type WasmMemory, type WebAssemblyInterface, webAssembly } from './web-assembly';

export const pageSize = 65536;
/** WebAssembly's own limit: four gigabytes. */
export const mostPages = 65536;

/** The most bytes that all arrays of a vector set can have together. */
export const largestMemory = mostPages * pageSize;

/** A smaller maximum is tried where a larger one is refused. */
const maxima = [mostPages, mostPages / 4, mostPages / 16, mostPages / 64];

/** @throws OptionError when the system refuses the addresses */
export function newMemory(): WasmMemory {
  const { Memory } = webAssembly() as WebAssemblyInterface;
  for (const maximum of maxima) {
    try {
      const memory = new Memory({ initial: 16, maximum, shared: true });
      // V8 tries smaller ones too, but its last is one that cannot grow at all.
      memory.grow(1);
      return memory;
    } catch {
      // The next one is smaller.
    }
  }
  throw new OptionError(`kernels: expected address space for a memory of WebAssembly, got none; ${advice}`);
}

const advice =
  'raise the limit of the process (ulimit -v), or start Node with --disable-wasm-trap-handler, which reserves less';

/** A memory of four gigabytes is full. */
export function fullMemory(bytes: number): OptionError {
  return new OptionError(
    `kernels: expected to need at most ${largestMemory} bytes in all, got a request for ${bytes} that do not fit; use a smaller network or fewer threads`,
  );
}

/** The system does not let a memory of `length` bytes grow. */
export function refusedGrowth(bytes: number, length: number): OptionError {
  return new OptionError(
    `kernels: expected a memory of ${length} bytes to grow by ${bytes}, got a refusal of the system; ${advice}`,
  );
}
