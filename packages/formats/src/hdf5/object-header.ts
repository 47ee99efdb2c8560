/**
 * The messages of an object: what it is made of. Older files (version 1) align them, newer ones (version 2) do not.
 *
 * Source: HDF5 File Format Specification Version 3.0, section IV.A
 */
import type { Hdf5Bytes } from './hdf5-bytes';

/** A message by its type, and where its data are. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  /** Whether its data are in another object. */
  readonly isShared: boolean;
}

export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValue: 0x05,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** A piece of the header: messages one behind another. */
interface Block {
  readonly start: number;
  readonly end: number;
}

/** The messages of the object at an address. */
export function messagesOf(file: Hdf5Bytes, address: number): readonly Message[] {
  file.step();
  const isNew = file.uint8(address) === 0x4f;
  if (isNew) file.expect('OHDR', address);
  const version = file.uint8(isNew ? address + 4 : address);
  if (version !== (isNew ? 2 : 1)) file.refuse(`an object of version ${version}`);
  const { first, prefix } = isNew ? newHeader(file, address) : { first: oldBlock(file, address), prefix: 8 };
  const blocks: Block[] = [first];
  const messages: Message[] = [];
  for (const { start, end } of blocks) {
    for (let at = start; at + prefix <= end; ) {
      file.step();
      const [type, size, flags] = isNew
        ? [file.uint8(at), file.uint16(at + 1), file.uint8(at + 3)]
        : [file.uint16(at), file.uint16(at + 2), file.uint8(at + 4)];
      const message = { type, at: at + prefix, size, isShared: (flags & 2) !== 0 };
      if (message.at + size > end) file.refuse(`a message that ends beyond its block at byte ${at}`);
      if (type === messageTypes.continuation) blocks.push(continued(file, message.at, isNew));
      else messages.push(message);
      at = message.at + size;
    }
  }
  return messages;
}

function oldBlock(file: Hdf5Bytes, address: number): Block {
  const start = address + 16;
  return { start, end: start + file.uint32(address + 8) };
}

function newHeader(file: Hdf5Bytes, address: number): { first: Block; prefix: number } {
  const flags = file.uint8(address + 5);
  const sizeAt = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const sizeBytes = 1 << (flags & 3);
  const start = sizeAt + sizeBytes;
  return { first: { start, end: start + file.uint(sizeAt, sizeBytes) }, prefix: flags & 4 ? 6 : 4 };
}

function continued(file: Hdf5Bytes, at: number, isNew: boolean): Block {
  const [start, length] = [file.uint64(at), file.uint64(at + 8)];
  if (!isNew) return { start, end: start + length };
  file.expect('OCHK', start);
  // A checksum ends it.
  return { start: start + 4, end: start + length - 4 };
}
