/**
 * Kernel functions take their arguments as a record in WebAssembly's memory: one address in place of twenty integers.
 * The records are the `@unmanaged` classes of the `*.assembly.ts` files; `assemble.mjs` derives types and layouts from them.
 */
import { type FunctionRecords, functionRecords, recordLayouts } from '../assembly/module.generated';
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
  const address = writeRecord(memory, functionRecords[name], record);
  return () => run(address);
}

type Fields = Readonly<Record<string, number | object>>;

/** Writes a record, and those that it holds, to fresh memory. */
function writeRecord(memory: BindingMemory, name: keyof typeof recordLayouts, record: object): number {
  const fields = record as Fields;
  const words = recordLayouts[name].split(' ').map((entry) => {
    const [field, type] = entry.split(':');
    const value = fields[field];
    if (typeof value !== 'number') return writeRecord(memory, type as keyof typeof recordLayouts, value);
    return type === 'f32' ? new Uint32Array(Float32Array.of(value).buffer)[0] : value;
  });
  return memory.table(words);
}
