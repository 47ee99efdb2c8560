/**
 * Kernel functions take their arguments as a record in WebAssembly's memory: one address in place of twenty integers.
 * The records are the `@unmanaged` classes of the `*.assembly.ts` files; `assemble.mjs` derives types and layouts from them.
 */
import { type FunctionRecords, recordLayouts } from '../assembly/module.generated';
import type { BindingMemory, SimdModule } from './simd-binding';

/**
 * A compiled function with its arguments, which are written to memory here, once.
 *
 * @example
 * const convolve = bindFunction(module, 'conv2d', { x, weight, bias, y, batchStride, … });
 * convolve(); // as often as needed
 */
export function bindFunction<Name extends keyof FunctionRecords>(
  { functions, memory }: SimdModule,
  name: Name,
  record: FunctionRecords[Name],
): () => void {
  const run = functions[name];
  const address = writeRecord(memory, name, record);
  return () => run(address);
}

type Layout = keyof typeof recordLayouts;
type Fields = Readonly<Record<string, number | object>>;

/** Writes a record, and those that it holds, to fresh memory. */
function writeRecord(memory: BindingMemory, layout: Layout, record: object): number {
  const fields = record as Fields;
  const words = entriesOf(layout).map((entry) => {
    const [field, type] = entry.split(':');
    const value = fields[field];
    if (typeof value !== 'number') return writeRecord(memory, type as Layout, value);
    return type === 'f32' ? new Uint32Array(Float32Array.of(value).buffer)[0] : value;
  });
  return memory.table(words);
}

/** The fields of a layout in memory order, those of an extended record first. */
function entriesOf(layout: Layout): string[] {
  return recordLayouts[layout]
    .split(' ')
    .flatMap((entry) => (entry.startsWith('+') ? entriesOf(entry.slice(1) as Layout) : [entry]));
}
