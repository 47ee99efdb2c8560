/** NPZ files: arrays of NumPy in a zip, as `numpy.load` and this package read them. */
import { zipSync } from 'fflate';

/** An array of bytes or of 16- or 32-bit integers, with its shape. */
export interface NpzArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Uint16Array | Uint32Array;
}

/**
 * The bytes of an NPZ file, compressed.
 *
 * @example encodeNpz({ x_train: { shape: [60000, 28, 28], data: images }, y_train: { shape: [60000], data: labels } })
 */
export function encodeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array<ArrayBuffer> {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  // The same time in all files, so that the same arrays give the same bytes.
  return zipSync(Object.fromEntries(members), { level: 6, mtime: new Date(1980, 0, 1) });
}

/** Version 1.0, with the header padded so that the numbers begin at a multiple of 64. */
function encodeNpy({ shape, data }: NpzArray): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const type = data.BYTES_PER_ELEMENT === 1 ? '|u1' : `<u${data.BYTES_PER_ELEMENT}`;
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
