/**
 * NPY, the file of a NumPy array: a magic string, a version, the length of a header, the header as a Python dictionary, and the numbers.
 *
 *   \x93NUMPY  1 0  76 00  {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
 *
 * Arrays of Python objects are pickles, whose loading may run code: they are refused.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { sizeOf } from '@longhand/tensor';
import { DatasetError, damagedFile } from '../dataset-error';
import type { NumberArray } from './number-array';

/** How the numbers of a type are read; 64-bit integers lose no bit below 2^53. */
interface Coding {
  readonly bytes: number;
  readonly array: (length: number) => NumberArray['data'];
  readonly get: (view: DataView, at: number, little: boolean) => number;
}

const codings: Readonly<Record<string, Coding>> = {
  b1: { bytes: 1, array: (length) => new Uint8Array(length), get: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, array: (length) => new Uint8Array(length), get: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, array: (length) => new Int8Array(length), get: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, array: (length) => new Uint16Array(length), get: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, array: (length) => new Int16Array(length), get: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, array: (length) => new Uint32Array(length), get: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, array: (length) => new Int32Array(length), get: (view, at, little) => view.getInt32(at, little) },
  u8: {
    bytes: 8,
    array: (length) => new Float64Array(length),
    get: (view, at, little) => Number(view.getBigUint64(at, little)),
  },
  i8: {
    bytes: 8,
    array: (length) => new Float64Array(length),
    get: (view, at, little) => Number(view.getBigInt64(at, little)),
  },
  f4: { bytes: 4, array: (length) => new Float32Array(length), get: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, array: (length) => new Float64Array(length), get: (view, at, little) => view.getFloat64(at, little) },
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Parses an NPY file. Bytes are a view, other numbers are copied.
 *
 * @throws DatasetError when it is no whole NPY file, or of a type that images and labels do not have
 * @example readNpy(readFileSync('x_train.npy'), 'x_train.npy').shape // [60000, 28, 28]
 */
export function readNpy(bytes: Uint8Array, where: string): NumberArray {
  const { header, view, dataStart } = headerOf(bytes, where);
  const type = /'descr':\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(header);
  const shape =
    /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1].match(/\d+/g) ??
    (/'shape':\s*\(\s*\)/.test(header) ? [] : undefined);
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  if (type === null || shape === undefined || fortran === undefined) {
    throw new DatasetError(
      `${where}: expected an array of numbers, got the header ${JSON.stringify(header.slice(0, 60))}`,
    );
  }
  const coding = Object.hasOwn(codings, type[2]) ? codings[type[2]] : undefined;
  if (coding === undefined) {
    const what = type[2].startsWith('O') ? 'Python objects, which may run code when loaded' : `the type ${type[2]}`;
    throw new DatasetError(`${where}: expected bytes, integers, float32 or float64, got ${what}; save it as uint8`);
  }
  const extents = shape.map(Number);
  const size = sizeOf(extents);
  if (!Number.isSafeInteger(size) || dataStart + size * coding.bytes !== bytes.length) {
    throw damagedFile(where, `${size} numbers of ${coding.bytes} bytes`, `${bytes.length - dataStart} bytes`);
  }
  const order = fortran === 'True' && extents.length > 1 ? columnMajor(extents) : undefined;
  const data = numbersAt({ bytes, view, dataStart, size, coding, little: type[1] !== '>', order });
  return { shape: extents, data, where };
}

/**
 * The texts of an NPY file, a list of them.
 *
 * @throws DatasetError when it is no whole list of texts
 * @example readNpyTexts(bytes, 'data.npz: classes') // ['A', 'B']
 */
export function readNpyTexts(bytes: Uint8Array, where: string): readonly string[] {
  const { header, view, dataStart } = headerOf(bytes, where);
  const length = /'descr':\s*'([<>])U(\d+)'/.exec(header);
  const count = /'shape':\s*\((\d+),\s*\)/.exec(header)?.[1];
  if (length === null || count === undefined) {
    throw new DatasetError(`${where}: expected a list of texts, got the header ${JSON.stringify(header.slice(0, 60))}`);
  }
  const [texts, characters] = [Number(count), Number(length[2])];
  if (dataStart + 4 * texts * characters !== bytes.length) {
    throw damagedFile(where, `${texts} texts of ${characters} characters`, `${bytes.length - dataStart} bytes`);
  }
  const codeAt = (k: number): number => view.getUint32(dataStart + 4 * k, length[1] === '<');
  return Array.from({ length: texts }, (_, at) => {
    const codes = Array.from({ length: characters }, (__, k) => codeAt(at * characters + k)).filter((code) => code > 0);
    if (codes.some((code) => code > 0x10ffff)) throw new DatasetError(`${where}: expected texts, got other numbers`);
    return String.fromCodePoint(...codes);
  });
}

/** The header of an NPY file, as text, and where the numbers begin. */
function headerOf(bytes: Uint8Array, where: string) {
  if (bytes.length < 12 || magic.some((byte, at) => bytes[at] !== byte)) {
    throw new DatasetError(`${where}: expected a NumPy array, which begins with \\x93NUMPY, got something else`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLong = bytes[6] > 1;
  const start = isLong ? 12 : 10;
  const dataStart = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (dataStart > bytes.length) throw damagedFile(where, 'a header', `${bytes.length} bytes`);
  // A header of numbers is short: what is longer describes records.
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, Math.min(dataStart, start + 1000)));
  return { header, view, dataStart };
}

function numbersAt({
  bytes,
  view,
  dataStart,
  size,
  coding,
  little,
  order,
}: {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly dataStart: number;
  readonly size: number;
  readonly coding: Coding;
  readonly little: boolean;
  readonly order: ((at: number) => number) | undefined;
}): NumberArray['data'] {
  const isPlain = coding === codings.u1 || coding === codings.b1;
  if (isPlain && order === undefined) return bytes.subarray(dataStart, dataStart + size);
  const data = coding.array(size);
  for (let at = 0; at < size; at++) {
    const from = order === undefined ? at : order(at);
    data[at] = coding.get(view, dataStart + from * coding.bytes, little);
  }
  return data;
}

/** Where an entry of the row-major order is in the column-major order. */
function columnMajor(shape: readonly number[]): (at: number) => number {
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, extent) => product * extent, 1));
  return (at) => {
    let [rest, from] = [at, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]) * steps[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return from;
  };
}
