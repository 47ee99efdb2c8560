/**
 * Safetensors: named tensors in one file, in the public format that PyTorch's world reads and writes. The same
 * tensors give the same bytes on every machine, and reading runs nothing and trusts nothing.
 */
import { dtypeOf, formatShape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { FormatError, shown } from './format-error';
import { fromBfloat16, fromFloat16 } from './half-precision';
import {
  checkedMetadata,
  type ElementType,
  isShape,
  LENGTH_BYTES,
  METADATA_KEY,
  readHeader,
  type TensorEntry,
} from './safetensors-header';

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order in which their numbers lie in the file. */
  readonly tensors: Map<string, Tensor>;
  /** Free text by name, without a prototype; empty when the file has none. */
  readonly metadata: Record<string, string>;
}

/** What {@link writeSafetensors} takes: a map of tensors, or the entries of one. */
export interface SafetensorsSource {
  readonly tensors: Iterable<readonly [name: string, tensor: Tensor]>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file. Tensors keep their order, float32 is written as F32 and float64 as F64.
 *
 * @throws FormatError for a name given twice, a shape its numbers do not fill, metadata that is not text
 * @example writeSafetensors({ tensors: [['fc.bias', tensor([2], [0.5, -1])]], metadata: { epochs: '3' } })
 */
export function writeSafetensors({ tensors, metadata = {} }: SafetensorsSource): Uint8Array {
  const where = 'writeSafetensors';
  const named = new Map<string, Tensor>();
  const members: string[] = [];
  const texts = checkedMetadata(metadata, where);
  for (const text of Object.entries(texts).flat()) checkCharacters(text, where);
  if (Object.keys(texts).length > 0) members.push(member(METADATA_KEY, texts));
  let dataBytes = 0;
  for (const [name, source] of tensors) {
    checkName(name, named, where);
    checkFilled(name, source, where);
    named.set(name, source);
    const end = dataBytes + source.data.byteLength;
    const dtype: ElementType = dtypeOf(source.data) === 'float64' ? 'F64' : 'F32';
    members.push(member(name, { dtype, shape: source.shape, data_offsets: [dataBytes, end] }));
    dataBytes = end;
  }
  const header = new TextEncoder().encode(`{${members.join(',')}}`);
  // Padded so that the numbers begin at a multiple of eight.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes).fill(' '.charCodeAt(0), LENGTH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of named.values()) at = writeNumbers(view, at, data);
  return bytes;
}

/**
 * The tensors of a safetensors file. F32 and F64 keep their precision, F16 and BF16 become float32 without loss.
 * Other element types (integers, booleans) and tensors without entries are refused by name.
 *
 * @param where the file's name, for messages
 * @throws FormatError for anything but a whole and well-formed file
 * @example readSafetensors(readFileSync('digits.safetensors'), 'digits.safetensors').tensors.get('fc.bias')
 */
export function readSafetensors(bytes: Uint8Array, where = 'safetensors'): Safetensors {
  const { entries, metadata, dataStart } = readHeader(bytes, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, bytes.byteLength - dataStart);
  return { tensors: new Map(entries.map((entry) => [entry.name, readNumbers(view, entry)])), metadata };
}

/** One member of a JSON object, by hand: an object literal would reorder names like "1" and lose "__proto__". */
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

/** Half a surrogate pair has no UTF-8: other readers would refuse the file. */
function checkCharacters(text: string, where: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new FormatError(`${where}: expected whole characters, got ${shown(text)}, which ends or begins within one`);
  }
}

function checkFilled(name: string, { shape, data }: Tensor, where: string): void {
  if (!isShape(shape) || sizeOf(shape) !== data.length) {
    throw new FormatError(
      `${where}: tensor ${shown(name)}: expected at least one number and as many as the shape has entries, got ${data.length} for ${formatShape(shape)}`,
    );
  }
}

function writeNumbers(view: DataView, start: number, data: Tensor['data']): number {
  let at = start;
  if (data instanceof Float64Array) {
    for (let k = 0; k < data.length; k++, at += 8) view.setFloat64(at, data[k], true);
  } else {
    for (let k = 0; k < data.length; k++, at += 4) view.setFloat32(at, data[k], true);
  }
  return at;
}

/** Number `k` of a tensor that begins at byte `start`, by element type. */
const readers: Record<ElementType, (view: DataView, start: number, k: number) => number> = {
  F64: (view, start, k) => view.getFloat64(start + 8 * k, true),
  F32: (view, start, k) => view.getFloat32(start + 4 * k, true),
  F16: (view, start, k) => fromFloat16(view.getUint16(start + 2 * k, true)),
  BF16: (view, start, k) => fromBfloat16(view.getUint16(start + 2 * k, true)),
};

function readNumbers(view: DataView, { elementType, shape, start }: TensorEntry): Tensor {
  const data = elementType === 'F64' ? new Float64Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  const read = readers[elementType];
  for (let k = 0; k < data.length; k++) data[k] = read(view, start, k);
  return tensor(shape, data);
}
