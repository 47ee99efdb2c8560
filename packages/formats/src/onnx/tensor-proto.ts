/**
 * Tensors within ONNX files. A file contains the numbers as raw bytes or as a list of fields, or refers to another file. All are read;
 * raw bytes are written.
 */
import { type ElementType, elementBytes, readFloats, writeFloats } from '../element-type';
import { FormatError } from '../format-error';
import { fromBfloat16, fromFloat16 } from '../half-precision';
import type { ProtobufMessage } from '../protobuf/protobuf-reader';
import type { ProtobufWriter } from '../protobuf/protobuf-writer';
import type { ExternalFiles } from './external-data';
import { checkFilled, elementTypeName, elementTypes, type OnnxTensor } from './model';
import { tensorFields } from './schema';

const floatTypes = new Map<number, ElementType>([
  [elementTypes.float32, 'F32'],
  [elementTypes.float64, 'F64'],
  [elementTypes.float16, 'F16'],
  [elementTypes.bfloat16, 'BF16'],
]);

/** Integers by their bytes: how one is read. They become 64-bit ones, also 0 and 1 for false and true. */
const integerTypes = new Map<number, readonly [bytes: number, read: (view: DataView, at: number) => bigint]>([
  [elementTypes.int64, [8, (view, at) => view.getBigInt64(at, true)]],
  [elementTypes.int32, [4, (view, at) => BigInt(view.getInt32(at, true))]],
  [elementTypes.uint32, [4, (view, at) => BigInt(view.getUint32(at, true))]],
  [elementTypes.int16, [2, (view, at) => BigInt(view.getInt16(at, true))]],
  [elementTypes.uint16, [2, (view, at) => BigInt(view.getUint16(at, true))]],
  [elementTypes.int8, [1, (view, at) => BigInt(view.getInt8(at))]],
  [elementTypes.uint8, [1, (view, at) => BigInt(view.getUint8(at))]],
  [elementTypes.bool, [1, (view, at) => BigInt(view.getUint8(at) !== 0)]],
]);

/** A tensor of a file; half precision becomes float32, integers become int64. */
export function decodeTensor(message: ProtobufMessage, where: string, files: ExternalFiles): OnnxTensor {
  const shape = message.integers(tensorFields.shape);
  const code = message.integer(tensorFields.elementType);
  const raw = files.bytesOf(message, where) ?? message.bytes(tensorFields.raw);
  const tensor = { shape, data: raw ? rawNumbers(raw, code, where) : listedNumbers(message, code, where) };
  checkFilled(tensor, where);
  return tensor;
}

/** The fields of a tensor except its name. */
export function encodeTensor(tensor: OnnxTensor, writer: ProtobufWriter, where: string): void {
  checkFilled(tensor, where);
  const { shape, data, integerType } = tensor;
  for (const extent of shape) writer.integer(tensorFields.shape, extent);
  const isShort = data instanceof BigInt64Array && integerType === 'int8';
  const bytes = new Uint8Array(isShort ? data.length : data.byteLength);
  const view = new DataView(bytes.buffer);
  if (isShort) {
    writer.integer(tensorFields.elementType, elementTypes.int8);
    for (let k = 0; k < data.length; k++) view.setInt8(k, Number(data[k]));
  } else if (data instanceof BigInt64Array) {
    writer.integer(tensorFields.elementType, elementTypes.int64);
    for (let k = 0; k < data.length; k++) view.setBigInt64(8 * k, data[k], true);
  } else {
    const elementType = data instanceof Float64Array ? elementTypes.float64 : elementTypes.float32;
    writer.integer(tensorFields.elementType, elementType);
    writeFloats(view, 0, data);
  }
  writer.bytes(tensorFields.raw, bytes);
}

function rawNumbers(raw: Uint8Array, code: number, where: string): OnnxTensor['data'] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const integers = integerTypes.get(code);
  if (integers !== undefined) {
    const [bytes, read] = integers;
    const data = new BigInt64Array(countOf(raw, bytes, where));
    for (let k = 0; k < data.length; k++) data[k] = read(view, bytes * k);
    return data;
  }
  const elementType = floatTypes.get(code) ?? refuseType(code, where);
  return readFloats(view, 0, elementType, countOf(raw, elementBytes[elementType], where));
}

function countOf(raw: Uint8Array, bytesEach: number, where: string): number {
  if (raw.length % bytesEach !== 0) {
    throw new FormatError(`${where}: expected numbers of ${bytesEach} bytes each, got ${raw.length} bytes in all`);
  }
  return raw.length / bytesEach;
}

function listedNumbers(message: ProtobufMessage, code: number, where: string): OnnxTensor['data'] {
  switch (code) {
    case elementTypes.int64:
      return message.int64s(tensorFields.int64s);
    case elementTypes.float32:
      return message.float32s(tensorFields.float32s);
    case elementTypes.float64:
      return message.float64s(tensorFields.float64s);
    // The format lists half precision as integers: the 16 bits.
    case elementTypes.float16:
      return widened(message.uint16s(tensorFields.int32s), fromFloat16);
    case elementTypes.bfloat16:
      return widened(message.uint16s(tensorFields.int32s), fromBfloat16);
    default:
      // And all shorter integers too.
      return integerTypes.has(code) ? message.int64s(tensorFields.int32s) : refuseType(code, where);
  }
}

function widened(halves: Uint16Array, widen: (half: number) => number): Float32Array {
  const data = new Float32Array(halves.length);
  for (let k = 0; k < data.length; k++) data[k] = widen(halves[k]);
  return data;
}

function refuseType(code: number, where: string): never {
  throw new FormatError(
    `${where}: expected floats, or integers of at most 64 bits with a sign, got ${elementTypeName(code)}`,
  );
}
