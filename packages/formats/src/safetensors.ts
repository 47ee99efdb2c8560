/**
 * Safetensors: named tensors in one file, in the format that Hugging Face defined and PyTorch users share weights in. The
 * same tensors give the same bytes on every machine. Reading runs no code and checks everything.
 */
import type { BudgetOptions } from '@longhand/schema';
import { dtypeOf, formatShape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { type ElementType, INTEGER_TYPE, readFloats, writeFloats } from './element-type';
import { checkBytes, FormatError, kindOf, shown } from './format-error';
import { dequantize, type QuantizedTensor } from './quantization';
import {
  checkedMetadata,
  isShape,
  LENGTH_BYTES,
  METADATA_KEY,
  readHeader,
  scaleName,
  type TensorEntry,
} from './safetensors-header';
import { checkCharacters } from './utf8';

/** The contents of a safetensors file. */
export interface Safetensors {
  /** By name, in the order of their numbers in the file. */
  readonly tensors: Map<string, Tensor>;
  /** Strings by name, in an object without a prototype; empty if the file has none. */
  readonly metadata: Record<string, string>;
  /** The names of tensors that were left out. */
  readonly skipped: readonly string[];
}

/** What {@link readSafetensors} may leave out, and what a file may ask for. */
export interface SafetensorsOptions extends BudgetOptions {
  /**
   * Whether a tensor is left out unread, by its name and what the file calls its element type: `I64` for the integers of PyTorch.
   * Default: none is.
   */
  readonly skip?: (name: string, elementType: unknown) => boolean;
}

/** The input of {@link writeSafetensors}: a map of tensors, or the entries of one. */
export interface SafetensorsSource {
  /** The tensors by name, in their order. */
  readonly tensors: Iterable<readonly [name: string, tensor: Tensor]>;
  /** Tensors as integers of 8 bits, behind the others: `I8`, and before it `F32` scales called `…_scale`. Default: none. */
  readonly quantized?: Iterable<readonly [name: string, tensor: QuantizedTensor]>;
  /** Texts by name. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file. Tensors keep their order, float32 is written as F32 and float64 as F64.
 *
 * @throws FormatError for a repeated name, numbers that are no floats, a shape that does not match its numbers, metadata that are not strings
 * @example
 * import { tensor } from '@longhand/tensor';
 * const bytes = writeSafetensors({ tensors: [['fc.bias', tensor([2], [0.5, -1])]], metadata: { epochs: '3' } });
 * readSafetensors(bytes).metadata.epochs; // '3'
 */
export function writeSafetensors({
  tensors,
  quantized = [],
  metadata = {},
}: SafetensorsSource): Uint8Array<ArrayBuffer> {
  const where = 'writeSafetensors';
  const named = new Map<string, Tensor>();
  const integers = new Map(quantized);
  const members: string[] = [];
  const texts = checkedMetadata(metadata, where);
  for (const text of Object.entries(texts).flat()) checkCharacters(text, where);
  if (Object.keys(texts).length > 0) members.push(member(METADATA_KEY, texts));
  let dataBytes = 0;
  const scales = [...integers].map(([name, { scales }]): [string, Tensor] => [
    scaleName(name),
    tensor([scales.length], scales),
  ]);
  for (const [name, source] of [...tensors, ...scales]) {
    checkName(name, named, where);
    checkFilled(name, source, where);
    named.set(name, source);
    const end = dataBytes + source.data.byteLength;
    const dtype: ElementType = dtypeOf(source.data) === 'float64' ? 'F64' : 'F32';
    members.push(member(name, { dtype, shape: source.shape, data_offsets: [dataBytes, end] }));
    dataBytes = end;
  }
  for (const [name, { shape, values }] of integers) {
    checkName(name, named, where);
    const end = dataBytes + values.length;
    members.push(member(name, { dtype: INTEGER_TYPE, shape, data_offsets: [dataBytes, end] }));
    dataBytes = end;
  }
  const header = new TextEncoder().encode(`{${members.join(',')}}`);
  // Padded so that the numbers begin at a multiple of eight.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  bytes.fill(' '.charCodeAt(0), LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of named.values()) at = writeFloats(view, at, data);
  for (const { values } of integers.values()) {
    for (const value of values) view.setInt8(at++, value);
  }
  return bytes;
}

/**
 * The tensors of a safetensors file. F32 and F64 keep their precision, F16 and BF16 become float32, which is exact. I8 with scales
 * beside them, one for each entry of the first axis, is multiplied out.
 * Other element types (integers, booleans) and tensors without entries are refused by name.
 *
 * @param where the file's name, for messages
 * @throws FormatError unless the file is complete and well-formed
 * @example
 * import { readSafetensors, writeSafetensors } from '@longhand/formats';
 * import { tensor } from '@longhand/tensor';
 * const bytes = writeSafetensors({ tensors: [['fc.bias', tensor([2], [0.5, -1])]] });
 * readSafetensors(bytes, 'digits.safetensors').tensors.get('fc.bias')?.data; // [ 0.5, -1 ]
 */
export function readSafetensors(
  bytes: Uint8Array,
  where = 'safetensors',
  options: SafetensorsOptions = {},
): Safetensors {
  checkBytes(bytes, where);
  const { entries, skipped, metadata, dataStart } = readHeader(bytes, where, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, bytes.byteLength - dataStart);
  const isScale = new Set(entries.filter(isInteger).map(({ name }) => scaleName(name)));
  const floats = new Map(
    entries.flatMap((entry): [string, Tensor][] => {
      const { name, elementType, shape, start } = entry;
      if (elementType === INTEGER_TYPE) return [];
      return [[name, tensor(shape, readFloats(view, start, elementType, sizeOf(shape)))]];
    }),
  );
  const tensors = entries.flatMap((entry): [string, Tensor][] => {
    const { name } = entry;
    if (isInteger(entry)) return [[name, dequantized(entry, view, floats.get(scaleName(name)), where)]];
    return isScale.has(name) ? [] : [[name, floats.get(name) as Tensor]];
  });
  return { tensors: new Map(tensors), metadata, skipped };
}

function isInteger({ elementType }: TensorEntry): boolean {
  return elementType === INTEGER_TYPE;
}

function dequantized(
  { name, shape, start }: TensorEntry,
  view: DataView,
  scales: Tensor | undefined,
  file: string,
): Tensor {
  const [rows] = shape;
  if (scales === undefined || scales.data.length !== rows) {
    throw new FormatError(
      `${file}: tensor ${shown(name)}: expected a scale for each of ${rows ?? 'its'} rows as ${shown(scaleName(name))}, got ${scales === undefined ? 'none' : formatShape(scales.shape)}`,
    );
  }
  const values = new Int32Array(sizeOf(shape));
  for (let k = 0; k < values.length; k++) values[k] = view.getInt8(start + k);
  return dequantize({ shape, scales: Float32Array.from(scales.data), values });
}

/** One member of a JSON object as text: an object would reorder names like "1" and lose "__proto__". */
function member(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function checkName(name: string, taken: ReadonlyMap<string, Tensor>, where: string): void {
  if (name === METADATA_KEY) {
    throw new FormatError(
      `${where}: expected names of tensors, got ${METADATA_KEY}, which the format keeps; rename it`,
    );
  }
  if (taken.has(name)) {
    throw new FormatError(`${where}: expected every name once, got ${shown(name)} twice; rename one`);
  }
  checkCharacters(name, where);
}

function checkFilled(name: string, { shape, data }: Tensor, where: string): void {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new FormatError(
      `${where}: tensor ${shown(name)}: expected its numbers as a Float32Array or a Float64Array, got ${kindOf(data)}`,
    );
  }
  if (!isShape(shape) || sizeOf(shape) !== data.length) {
    throw new FormatError(
      `${where}: tensor ${shown(name)}: expected at least one number and as many as the shape has entries, got ${data.length} for ${formatShape(shape)}`,
    );
  }
}
