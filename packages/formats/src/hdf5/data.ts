/**
 * The numbers of a data set and the texts of attributes, as far as weights and models have them: floats that lie one behind another, and
 * strings.
 *
 * Source: HDF5 File Format Specification Version 3.0, sections III.E and IV.A.2
 */
import { allocateFloats, type FloatArray, type Shape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { type ElementType, elementBytes, readFloats } from '../element-type';
import type { Hdf5Bytes } from './hdf5-bytes';
import { type Message, messagesOf, messageTypes } from './object-header';

/** The most axes of a weight. */
const MAX_AXES = 8;

/** A data set that holds floats. */
export interface FloatData {
  readonly shape: Shape;
  readonly read: () => Tensor;
}

/** The floats of the object at an address; undefined for a group, for integers and for texts. */
export function floatsAt(file: Hdf5Bytes, address: number): FloatData | undefined {
  const messages = messagesOf(file, address);
  const find = (type: number): Message | undefined => messages.find((message) => message.type === type);
  const [space, type, layout] = [messageTypes.dataspace, messageTypes.datatype, messageTypes.layout].map(find);
  if (space === undefined || type === undefined || layout === undefined) return undefined;
  const elementType = floatType(file, type);
  if (elementType === undefined) return undefined;
  const shape = shapeAt(file, space.at);
  if (find(messageTypes.filters) !== undefined) file.unknown('numbers that are not compressed', 'compressed ones');
  const numbersAt = (at: number, count: number): FloatArray => {
    const bytes = file.part(at, count * elementBytes[elementType]);
    return readFloats(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, elementType, count);
  };
  const start = dataAt(file, layout, sizeOf(shape) * elementBytes[elementType]);
  if (start !== undefined) return { shape, read: () => tensor(shape, numbersAt(start, sizeOf(shape))) };
  // Never written: every number is the fill value, zero where the file names none.
  const fill = fillValueAt(file, find(messageTypes.fillValue));
  const value = fill?.bytes === elementBytes[elementType] ? numbersAt(fill.at, 1)[0] : 0;
  const dtype = elementType === 'F64' ? 'float64' : 'float32';
  return { shape, read: () => tensor(shape, allocateFloats(dtype, sizeOf(shape)).fill(value)) };
}

/** Where a fill value lies, and how many bytes it has; undefined where none is set. */
function fillValueAt(file: Hdf5Bytes, message: Message | undefined): { at: number; bytes: number } | undefined {
  if (message === undefined) return undefined;
  const { at } = message;
  const version = file.uint8(at);
  const size = version < 3 ? at + 4 : at + 2;
  const isSet = version === 1 || (version === 2 ? file.uint8(at + 3) === 1 : (file.uint8(at + 1) & 0x20) !== 0);
  return isSet ? { at: size + 4, bytes: file.uint32(size) } : undefined;
}

/** IEEE floats with the least significant byte first, and bfloat16, by the bits of exponent and fraction. */
function floatType(file: Hdf5Bytes, { at, isShared }: Message): ElementType | undefined {
  if (isShared) file.unknown('a type of its own for each data set', 'a shared one');
  const isFloat = (file.uint8(at) & 0x0f) === 1;
  if (!isFloat) return undefined;
  if ((file.uint8(at + 1) & 0x41) !== 0) file.unknown('little-endian numbers', 'others');
  const bits = [file.uint32(at + 4), file.uint8(at + 13), file.uint8(at + 15)].join();
  const types: Readonly<Record<string, ElementType>> = {
    '8,11,52': 'F64',
    '4,8,23': 'F32',
    '2,5,10': 'F16',
    '2,8,7': 'BF16',
  };
  return types[bits] ?? file.unknown('floats of 16, 32 or 64 bits', `others (${bits})`);
}

function shapeAt(file: Hdf5Bytes, at: number): Shape {
  const [version, rank] = [file.uint8(at), file.uint8(at + 1)];
  if ((version !== 1 && version !== 2) || rank > MAX_AXES) file.refuse(`a shape of version ${version}, ${rank} axes`);
  const first = at + (version === 1 ? 8 : 4);
  const shape = Array.from({ length: rank }, (_, axis) => file.uint64(first + 8 * axis));
  // More numbers than the file has bytes.
  if (!(sizeOf(shape) <= file.length)) file.refuse(`${file.length} bytes for ${sizeOf(shape)} numbers`);
  return shape;
}

/** Where the bytes of a data set begin; undefined where none were written. */
function dataAt(file: Hdf5Bytes, { at }: Message, bytes: number): number | undefined {
  const [version, kind] = [file.uint8(at), file.uint8(at + 1)];
  if (version !== 3 && version !== 4) file.unknown('a layout of version 3 or 4', `${version}`);
  if (kind === 0) {
    if (file.uint16(at + 2) < bytes) file.refuse(`${file.uint16(at + 2)} bytes for ${bytes}`);
    return at + 4;
  }
  if (kind !== 1) file.unknown('numbers that lie one behind another', 'numbers in chunks');
  return file.address(at + 2);
}

/** The text of an attribute of the object at an address; undefined where there is none. */
export function attributeText(file: Hdf5Bytes, address: number, name: string): string | undefined {
  const messages = messagesOf(file, address);
  for (const { type, at } of messages) {
    if (type !== messageTypes.attribute) continue;
    const attribute = attributeAt(file, at);
    if (attribute.name === name) return textOf(file, attribute.type, attribute.data);
  }
  const info = messages.find(({ type }) => type === messageTypes.attributeInfo);
  if (info === undefined) return undefined;
  const heap = file.address(info.at + 2 + (file.uint8(info.at + 1) & 1 ? 2 : 0));
  return heap === undefined ? undefined : file.unknown('few attributes', 'many in a heap');
}

function attributeAt(file: Hdf5Bytes, at: number): { name: string; type: number; data: number } {
  const version = file.uint8(at);
  if (version < 1 || version > 3) file.refuse(`an attribute of version ${version}`);
  const [nameSize, typeSize, spaceSize] = [2, 4, 6].map((offset) => file.uint16(at + offset));
  // Version 1 pads each part to eight bytes, version 3 says the encoding of the name.
  const padded = (size: number): number => (version === 1 ? 8 * Math.ceil(size / 8) : size);
  const start = at + (version === 3 ? 9 : 8);
  const type = start + padded(nameSize);
  return { name: file.text(start, nameSize), type, data: type + padded(typeSize) + padded(spaceSize) };
}

/** A string of fixed length in place, or one of variable length in a heap of the file. */
function textOf(file: Hdf5Bytes, type: number, data: number): string | undefined {
  const kind = file.uint8(type) & 0x0f;
  if (kind === 3) return file.text(data, file.uint32(type + 4));
  if (kind !== 9 || (file.uint8(type + 1) & 0x0f) !== 1) return undefined;
  const length = file.uint32(data);
  const heap = file.uint64(data + 4);
  const wanted = file.uint32(data + 12);
  file.expect('GCOL', heap);
  const end = heap + file.uint64(heap + 8);
  for (let at = heap + 16; at + 16 <= end; ) {
    file.step();
    const [index, size] = [file.uint16(at), file.uint64(at + 8)];
    if (index === wanted) return file.text(at + 16, Math.min(length, size));
    // The rest of the heap is free.
    if (index === 0) break;
    at += 16 + 8 * Math.ceil(size / 8);
  }
  return file.refuse(`no object ${wanted} in the heap at byte ${heap}`);
}
