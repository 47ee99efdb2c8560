/**
 * IDX, the format that MNIST and its relatives come in: a header with the type and the shape, then the
 * numbers, row-major and big-endian.
 *
 *   bytes 0, 1   zero
 *   byte  2      the code of the type
 *   byte  3      the number of dimensions
 *   4 bytes      the size of each dimension
 *
 * Source: the page of the MNIST database, http://yann.lecun.com/exdb/mnist
 */
import { kindOf } from '@longhand/schema';
import { formatShape, type Shape, sizeOf } from '@longhand/tensor';
import { bytesOf } from './bytes';
import { DatasetError } from './dataset-error';

interface ArraysByType {
  uint8: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

/** The types of numbers that an IDX file can hold. */
export type IdxType = keyof ArraysByType;

/** The contents of an IDX file: numbers of one type, row-major. `data` is the typed array of `type`. */
export type IdxArray = {
  [T in IdxType]: { readonly type: T; readonly shape: Shape; readonly data: ArraysByType[T] };
}[IdxType];

/** What {@link writeIdx} takes. The typed array `data` determines the type. */
export type IdxSource = Pick<IdxArray, 'shape' | 'data'>;

/** Each type's code in the file, its array and the names of its accessors, which are big-endian by default. */
const codings = {
  uint8: { code: 0x08, Numbers: Uint8Array, get: 'getUint8', set: 'setUint8' },
  int8: { code: 0x09, Numbers: Int8Array, get: 'getInt8', set: 'setInt8' },
  int16: { code: 0x0b, Numbers: Int16Array, get: 'getInt16', set: 'setInt16' },
  int32: { code: 0x0c, Numbers: Int32Array, get: 'getInt32', set: 'setInt32' },
  float32: { code: 0x0d, Numbers: Float32Array, get: 'getFloat32', set: 'setFloat32' },
  float64: { code: 0x0e, Numbers: Float64Array, get: 'getFloat64', set: 'setFloat64' },
} as const;

const types = Object.keys(codings) as IdxType[];
const MAGIC_BYTES = 4;
const MOST_DIMENSIONS = 255;
const LARGEST_DIMENSION = 2 ** 32 - 1;

/**
 * Parses an IDX file. Numbers of one byte are a view of `bytes`, the others are copied into an array of their own.
 * Every length is compared with the file's before anything of that length is allocated.
 *
 * @param where the file's name, for messages. Default: `IDX`.
 * @throws DatasetError when the file is not a whole and well-formed IDX file
 * @example readIdx(writeIdx({ shape: [3], data: Uint8Array.of(5, 0, 4) }), 'train-labels-idx1-ubyte').data; // [ 5, 0, 4 ]
 */
export function readIdx(bytes: Uint8Array, where = 'IDX'): IdxArray {
  bytesOf(where, 'bytes', bytes);
  const { type, shape, dataStart } = readHeader(bytes, where);
  const { Numbers, get } = codings[type];
  const elementBytes = Numbers.BYTES_PER_ELEMENT;
  const size = sizeOf(shape);
  checkLength(bytes, idxLength(bytes, where), where);
  const at = bytes.byteOffset + dataStart;
  if (type === 'uint8') return { type, shape, data: new Uint8Array(bytes.buffer, at, size) };
  if (type === 'int8') return { type, shape, data: new Int8Array(bytes.buffer, at, size) };
  const view = new DataView(bytes.buffer, at);
  const data = new Numbers(size);
  for (let k = 0; k < size; k++) data[k] = view[get](k * elementBytes);
  return { type, shape, data } as IdxArray;
}

/**
 * How long a whole IDX file is, in bytes.
 *
 * @param head its first bytes, with the header
 * @throws DatasetError when these are not the header of an IDX file
 */
export function idxLength(head: Uint8Array, where: string): number {
  return idxHeader(head, where).length;
}

/**
 * What the header of an IDX file says, and how long the whole file is, in bytes.
 *
 * @throws DatasetError when it is no header of an IDX file
 */
export function idxHeader(head: Uint8Array, where: string): Header & { readonly length: number } {
  const header = readHeader(head, where);
  const { type, shape, dataStart } = header;
  const length = dataStart + sizeOf(shape) * codings[type].Numbers.BYTES_PER_ELEMENT;
  if (Number.isSafeInteger(length)) return { ...header, length };
  throw new DatasetError(
    `${where}: expected dimensions that a file can have, got a product beyond all whole numbers; fetch the file again`,
  );
}

/**
 * Encodes an IDX file.
 *
 * @throws DatasetError when the format has no such numbers or shape, or the number of elements does not match it
 * @example writeIdx({ shape: [2, 2], data: Uint8Array.of(0, 255, 255, 0) }).length; // 16
 */
export function writeIdx({ shape, data }: IdxSource): Uint8Array<ArrayBuffer> {
  const type = types.find((name) => data instanceof codings[name].Numbers);
  if (type === undefined) {
    const arrays = types.map((name) => codings[name].Numbers.name).join(', ');
    throw new DatasetError(`writeIdx: expected data as one of ${arrays}, got ${kindOf(data)}`);
  }
  checkSource(shape, data);
  const { code, Numbers, set } = codings[type];
  const dataStart = MAGIC_BYTES + 4 * shape.length;
  const bytes = new Uint8Array(dataStart + data.length * Numbers.BYTES_PER_ELEMENT);
  const view = new DataView(bytes.buffer);
  bytes[2] = code;
  bytes[3] = shape.length;
  shape.forEach((extent, axis) => {
    view.setUint32(MAGIC_BYTES + 4 * axis, extent);
  });
  for (let k = 0; k < data.length; k++) view[set](dataStart + k * Numbers.BYTES_PER_ELEMENT, data[k]);
  return bytes;
}

interface Header {
  readonly type: IdxType;
  readonly shape: Shape;
  readonly dataStart: number;
}

function readHeader(bytes: Uint8Array, where: string): Header {
  if (bytes.length < MAGIC_BYTES) {
    throw new DatasetError(
      `${where}: expected at least ${MAGIC_BYTES} bytes, got ${bytes.length}: the file is cut short; fetch it again`,
    );
  }
  const [zero, alsoZero, code, rank] = bytes;
  const type = types.find((name) => codings[name].code === code);
  if (zero !== 0 || alsoZero !== 0 || type === undefined) {
    const codes = types.map((name) => `${hex(codings[name].code)} ${name}`).join(', ');
    throw new DatasetError(
      `${where}: expected an IDX file, which begins with 00 00 and a type (${codes}), got ${[zero, alsoZero, code].map(hex).join(' ')}; give another file`,
    );
  }
  const dataStart = MAGIC_BYTES + 4 * rank;
  if (bytes.length < dataStart) {
    throw new DatasetError(
      `${where}: expected at least ${dataStart} bytes for ${rank} dimensions, got ${bytes.length}: the file is cut short; fetch it again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(MAGIC_BYTES + 4 * axis));
  return { type, shape, dataStart };
}

function checkLength(bytes: Uint8Array, expected: number, where: string): void {
  if (bytes.length === expected) return;
  const fault = bytes.length < expected ? 'cut short' : 'too long';
  throw new DatasetError(
    `${where}: expected ${expected} bytes, got ${bytes.length}: the file is ${fault}; fetch it again`,
  );
}

function checkSource(shape: Shape, data: IdxArray['data']): void {
  const fits = shape.every((extent) => Number.isInteger(extent) && extent >= 0 && extent <= LARGEST_DIMENSION);
  if (!fits || shape.length > MOST_DIMENSIONS) {
    throw new DatasetError(
      `writeIdx: expected up to ${MOST_DIMENSIONS} whole dimensions from 0 to ${LARGEST_DIMENSION}, got ${formatShape(shape)}`,
    );
  }
  if (sizeOf(shape) !== data.length) {
    throw new DatasetError(
      `writeIdx: expected ${sizeOf(shape)} numbers for the shape ${formatShape(shape)}, got ${data.length}`,
    );
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
