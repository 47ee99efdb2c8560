/**
 * The numbers of a TensorFlow.js model: all weights of a group one behind another, perhaps in several shards, perhaps quantized.
 *
 * Source: tfjs-core/src/io/types.ts and io_utils.ts of TensorFlow.js 4.22, `WeightsManifestEntry` and `decodeWeights`.
 */
import { type BudgetOptions, checkBudget, isRecord } from '@longhand/schema';
import { type Shape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { readFloats } from '../element-type';
import { FormatError, shown } from '../format-error';
import { staysInFolder } from '../paths';

/** Bytes of one number, by type. */
const typeBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/**
 * The tensors of a group. Integers and booleans, which are no weights, are left out.
 *
 * @param specs `[{ name, shape, dtype, quantization? }]`
 * @param bytes those of the whole group
 * @throws FormatError unless the bytes are just enough
 */
export function groupTensors(specs: unknown, bytes: Uint8Array, where: string): [string, Tensor][] {
  if (!Array.isArray(specs)) throw new FormatError(`${where}: expected a list of weights, got ${shown(specs)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const tensors = specs.flatMap((spec): [string, Tensor][] => {
    const { name, shape, dtype, stored, quantization } = checkedSpec(spec, where);
    const location = `${where}: weight ${shown(name)}`;
    const size = sizeOf(shape);
    const start = at;
    at += size * typeBytes[stored];
    if (!(at <= bytes.length)) {
      throw new FormatError(
        `${location}: expected ${size} numbers from byte ${start} on, got ${bytes.length} bytes in all; fetch all shards again`,
      );
    }
    if (dtype !== 'float32' || size === 0) return [];
    return [[name, tensor(shape, numbersAt(view, start, size, stored, quantization, location))]];
  });
  if (at === bytes.length) return tensors;
  throw new FormatError(
    `${where}: expected ${at} bytes of weights, got ${bytes.length}; are these the shards of this model?`,
  );
}

interface Spec {
  readonly name: string;
  readonly shape: Shape;
  /** The type of the numbers, and the one that they are stored in. */
  readonly dtype: string;
  readonly stored: string;
  readonly quantization: Readonly<Record<string, unknown>> | undefined;
}

function checkedSpec(spec: unknown, where: string): Spec {
  const { name, shape, dtype, quantization } = isRecord(spec) ? spec : {};
  if (typeof name !== 'string') throw new FormatError(`${where}: expected a weight with a name, got ${shown(name)}`);
  const location = `${where}: weight ${shown(name)}`;
  const isShape =
    Array.isArray(shape) &&
    shape.length <= 8 &&
    shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
    Number.isSafeInteger(sizeOf(shape));
  if (!isShape) throw new FormatError(`${location}: expected a shape of whole numbers, got ${shown(shape)}`);
  const quantized = isRecord(quantization) ? quantization : undefined;
  const stored = quantized?.dtype ?? dtype;
  const isKnown = (type: unknown): type is string => typeof type === 'string' && Object.hasOwn(typeBytes, type);
  if (!isKnown(dtype) || !isKnown(stored)) {
    throw new FormatError(
      `${location}: expected one of the types ${Object.keys(typeBytes).join(', ')}, got ${shown(isKnown(dtype) ? stored : dtype)}`,
    );
  }
  return { name, shape, dtype, stored, quantization: quantized };
}

function numbersAt(
  view: DataView,
  start: number,
  count: number,
  stored: string,
  quantization: Spec['quantization'],
  where: string,
): Float32Array {
  if (stored === 'float32') return readFloats(view, start, 'F32', count) as Float32Array;
  if (stored === 'float16') return readFloats(view, start, 'F16', count) as Float32Array;
  const { scale, min } = quantization ?? {};
  if ((stored !== 'uint8' && stored !== 'uint16') || typeof scale !== 'number' || typeof min !== 'number') {
    throw new FormatError(
      `${where}: expected a quantization with scale and min, got ${shown(JSON.stringify(quantization))}`,
    );
  }
  const numbers = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const level = stored === 'uint8' ? view.getUint8(start + k) : view.getUint16(start + 2 * k, true);
    numbers[k] = level * scale + min;
  }
  return numbers;
}

/** What `decodeTfjs` is told besides the bytes. */
export interface TfjsSource extends BudgetOptions {
  /**
   * The bytes of a shard by its path from the model's folder, such as `group1-shard1of2.bin`; the path has no `..` and is not absolute.
   * Links that lead out of the folder are for the function to refuse. Default: files that refer to others are refused.
   */
  readonly external?: (location: string) => Uint8Array;
}

/** The bytes of several shards, one behind another. Each is read once. */
export class Shards {
  readonly #source: TfjsSource;
  readonly #where: string;
  readonly #read = new Set<string>();
  #total = 0;

  constructor(source: TfjsSource, where: string) {
    this.#source = source;
    this.#where = where;
  }

  bytesOf(paths: unknown): Uint8Array {
    if (!Array.isArray(paths)) {
      throw new FormatError(`${this.#where}: expected the names of shards, got ${shown(paths)}; save it again`);
    }
    const parts = paths.map((path) => this.#shard(path));
    if (parts.length === 1) return parts[0];
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #shard(path: unknown): Uint8Array {
    const where = this.#where;
    if (typeof path !== 'string' || !staysInFolder(path)) {
      throw new FormatError(
        `${where}: expected its weights in its folder, got a reference to ${shown(path)}; save it again`,
      );
    }
    if (this.#read.has(path)) throw new FormatError(`${where}: expected every shard once, got ${shown(path)} twice`);
    this.#read.add(path);
    const { external, budget } = this.#source;
    if (external === undefined) {
      throw new FormatError(
        `${where}: expected its weights, got a reference to ${shown(path)}; give the option external`,
      );
    }
    const bytes = external(path);
    this.#total += bytes.length;
    checkBudget({ bytes: this.#total }, budget, {
      where,
      of: 'bytes of weights',
      error: (message) => new FormatError(message),
    });
    return bytes;
  }
}
