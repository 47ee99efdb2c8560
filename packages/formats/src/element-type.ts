/**
 * The floats of model files: little-endian, in one of four precisions. Both half precisions become float32, which is
 * exact.
 */
import type { FloatArray } from '@longhand/tensor';
import { fromBfloat16, fromFloat16 } from './half-precision';

/** The bytes of one number, by element type. */
export const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const;

/** The element type of weights as integers, and its bytes. */
export const INTEGER_TYPE = 'I8';
export const INTEGER_BYTES = 1;

/** A supported element type, by its name in safetensors. */
export type ElementType = keyof typeof elementBytes;

/** Reads the number at a byte offset, by element type. */
const readers: Record<ElementType, (view: DataView, at: number) => number> = {
  F64: (view, at) => view.getFloat64(at, true),
  F32: (view, at) => view.getFloat32(at, true),
  F16: (view, at) => fromFloat16(view.getUint16(at, true)),
  BF16: (view, at) => fromBfloat16(view.getUint16(at, true)),
};

/** The numbers from byte offset `start` on. */
export function readFloats(view: DataView, start: number, elementType: ElementType, count: number): FloatArray {
  const data = elementType === 'F64' ? new Float64Array(count) : new Float32Array(count);
  const read = readers[elementType];
  const bytes = elementBytes[elementType];
  for (let k = 0; k < count; k++) data[k] = read(view, start + bytes * k);
  return data;
}

/** Whether this machine has numbers in memory as files have them: then their bytes are copied, which is faster. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Writes numbers in their own precision from byte offset `start` on; returns the offset after them. */
export function writeFloats(view: DataView, start: number, data: FloatArray): number {
  if (isLittleEndian) {
    const target = new Uint8Array(view.buffer, view.byteOffset + start, data.byteLength);
    target.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return start + data.byteLength;
  }
  let at = start;
  if (data instanceof Float64Array) {
    for (let k = 0; k < data.length; k++, at += 8) view.setFloat64(at, data[k], true);
  } else {
    for (let k = 0; k < data.length; k++, at += 4) view.setFloat32(at, data[k], true);
  }
  return at;
}
