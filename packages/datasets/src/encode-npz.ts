/** NPZ files: arrays of NumPy in a zip, as `numpy.load` and this package read them. */
import { zipSync } from 'fflate';

/** An array of bytes, of 16- or 32-bit integers or of texts, with its shape. */
export interface NpzArray {
  /** The extents, outermost first. */
  readonly shape: readonly number[];
  /** The numbers or texts, row-major. */
  readonly data: Uint8Array | Uint16Array | Uint32Array | readonly string[];
}

/**
 * The bytes of an NPZ file, compressed.
 *
 * @example encodeNpz({ y_train: { shape: [3], data: Uint8Array.of(5, 0, 4) } }).subarray(0, 2); // [ 80, 75 ] (a ZIP file)
 */
export function encodeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array<ArrayBuffer> {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  // The same time in all files, so that the same arrays give the same bytes.
  return zipSync(Object.fromEntries(members), { level: 6, mtime: new Date(1980, 0, 1) });
}

/** Version 1.0, with the header padded so that the numbers begin at a multiple of 64. */
function encodeNpy({ shape, data: given }: NpzArray): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const texts = ArrayBuffer.isView(given) ? undefined : codePointsOf(given as readonly string[]);
  const data = texts === undefined ? (given as Exclude<NpzArray['data'], readonly string[]>) : texts.codes;
  const size = data.BYTES_PER_ELEMENT;
  const type = texts === undefined ? (size === 1 ? '|u1' : `<u${size}`) : `<U${texts.length}`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${extents}), }`;
  const start = 64 * Math.ceil((10 + text.length + 1) / 64);
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  const view = new DataView(bytes.buffer);
  if (data instanceof Uint8Array) bytes.set(data, start);
  else if (data instanceof Uint16Array)
    for (let at = 0; at < data.length; at++) view.setUint16(start + 2 * at, data[at], true);
  else for (let at = 0; at < data.length; at++) view.setUint32(start + 4 * at, data[at], true);
  return bytes;
}

/** Texts as NumPy has them: the code points of each, padded with zeros to the longest. */
function codePointsOf(texts: readonly string[]): { readonly codes: Uint32Array; readonly length: number } {
  const points = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const length = Math.max(1, ...points.map((own) => own.length));
  const codes = new Uint32Array(texts.length * length);
  for (const [at, own] of points.entries()) codes.set(own, at * length);
  return { codes, length };
}
