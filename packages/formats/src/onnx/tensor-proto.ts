/**
 * Tensors within ONNX files. A file contains the numbers as raw bytes or as a list of fields. Both are read; raw bytes are
 * written.
 */
import { type ElementType, elementBytes, readFloats, writeFloats } from '../element-type';
import { FormatError, shown } from '../format-error';
import { fromBfloat16, fromFloat16 } from '../half-precision';
import { checkFilled, elementTypeName, elementTypes, type OnnxTensor } from './model';
import type { ProtobufMessage } from './protobuf-reader';
import type { ProtobufWriter } from './protobuf-writer';
import { entryFields, tensorFields } from './schema';

const floatTypes = new Map<number, ElementType>([
  [elementTypes.float32, 'F32'],
  [elementTypes.float64, 'F64'],
  [elementTypes.float16, 'F16'],
  [elementTypes.bfloat16, 'BF16'],
]);

/** A tensor of a file; half precision becomes float32. */
export function decodeTensor(message: ProtobufMessage, where: string): OnnxTensor {
  checkLocation(message, where);
  const shape = message.integers(tensorFields.shape);
  const raw = message.bytes(tensorFields.raw);
  const code = message.integer(tensorFields.elementType);
  const tensor = { shape, data: raw ? rawNumbers(raw, code, where) : listedNumbers(message, code, where) };
  checkFilled(tensor, where);
  return tensor;
}

/** The fields of a tensor except its name. */
export function encodeTensor(tensor: OnnxTensor, writer: ProtobufWriter, where: string): void {
  checkFilled(tensor, where);
  const { shape, data } = tensor;
  for (const extent of shape) writer.integer(tensorFields.shape, extent);
  const bytes = new Uint8Array(data.byteLength);
  const view = new DataView(bytes.buffer);
  if (data instanceof BigInt64Array) {
    writer.integer(tensorFields.elementType, elementTypes.int64);
    for (let k = 0; k < data.length; k++) view.setBigInt64(8 * k, data[k], true);
  } else {
    const elementType = data instanceof Float64Array ? elementTypes.float64 : elementTypes.float32;
    writer.integer(tensorFields.elementType, elementType);
    writeFloats(view, 0, data);
  }
  writer.bytes(tensorFields.raw, bytes);
}

function checkLocation(message: ProtobufMessage, where: string): void {
  if (message.integer(tensorFields.location) === 0 && !message.has(tensorFields.externalData)) return;
  const entries = message.messages(tensorFields.externalData);
  const location = entries.find((entry) => entry.text(entryFields.key) === 'location')?.text(entryFields.value);
  throw new FormatError(
    `${where}: expected its numbers in the file itself, got a reference to ${shown(location)}; export with external_data=False`,
  );
}

function rawNumbers(raw: Uint8Array, code: number, where: string): OnnxTensor['data'] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (code === elementTypes.int64) {
    const data = new BigInt64Array(countOf(raw, 8, where));
    for (let k = 0; k < data.length; k++) data[k] = view.getBigInt64(8 * k, true);
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
      return refuseType(code, where);
  }
}

function widened(halves: Uint16Array, widen: (half: number) => number): Float32Array {
  const data = new Float32Array(halves.length);
  for (let k = 0; k < data.length; k++) data[k] = widen(halves[k]);
  return data;
}

function refuseType(code: number, where: string): never {
  throw new FormatError(
    `${where}: expected float32, float64, float16, bfloat16 or int64 numbers, got ${elementTypeName(code)}`,
  );
}
