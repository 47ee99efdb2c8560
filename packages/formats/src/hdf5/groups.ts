/**
 * The members of a group: in older files a tree of nodes with names in a heap, in newer ones a message for each.
 *
 * Source: HDF5 File Format Specification Version 3.0, sections III.A, III.B and III.D
 */
import type { Hdf5Bytes } from './hdf5-bytes';
import { type Message, messagesOf, messageTypes } from './object-header';

/** The most levels of a tree. */
const MAX_LEVELS = 32;

/** The addresses of a group's members by their names; none for a data set. */
export function membersOf(file: Hdf5Bytes, address: number): ReadonlyMap<string, number> {
  const members = new Map<string, number>();
  for (const message of messagesOf(file, address)) {
    if (message.type === messageTypes.symbolTable) {
      const [tree, heap] = [file.uint64(message.at), file.uint64(message.at + 8)];
      addOfTree(file, tree, heapOf(file, heap), members, 0);
    } else if (message.type === messageTypes.link) {
      addLink(file, message, members);
    } else if (message.type === messageTypes.linkInfo) {
      const flags = file.uint8(message.at + 1);
      const heap = file.address(message.at + 2 + (flags & 1 ? 8 : 0));
      if (heap !== undefined) file.unknown('a group of few members or with a tree of names', 'a dense group');
    }
  }
  return members;
}

interface Heap {
  readonly start: number;
  readonly end: number;
}

/** Where the names are. */
function heapOf(file: Hdf5Bytes, address: number): Heap {
  file.expect('HEAP', address);
  const start = file.uint64(address + 24);
  return { start, end: start + file.uint64(address + 8) };
}

function addOfTree(file: Hdf5Bytes, address: number, heap: Heap, members: Map<string, number>, depth: number): void {
  file.step();
  file.expect('TREE', address);
  const [level, count] = [file.uint8(address + 5), file.uint16(address + 6)];
  if (file.uint8(address + 4) !== 0 || depth > MAX_LEVELS) file.refuse(`another tree at byte ${address}`);
  // Keys and children take turns, behind the two siblings.
  for (let child = 0; child < count; child++) {
    const at = file.uint64(address + 24 + 16 * child + 8);
    if (level > 0) addOfTree(file, at, heap, members, depth + 1);
    else addOfNode(file, at, heap, members);
  }
}

function addOfNode(file: Hdf5Bytes, address: number, heap: Heap, members: Map<string, number>): void {
  file.expect('SNOD', address);
  for (let entry = 0; entry < file.uint16(address + 6); entry++) {
    file.step();
    const at = address + 8 + 40 * entry;
    const target = file.address(at + 8);
    // A link to another name has no address.
    if (target !== undefined) members.set(file.textTo(heap.start + file.uint64(at), heap.end), target);
  }
}

function addLink(file: Hdf5Bytes, { at: start }: Message, members: Map<string, number>): void {
  const flags = file.uint8(start + 1);
  let at = start + 2;
  const type = flags & 8 ? file.uint8(at++) : 0;
  if (flags & 4) at += 8;
  if (flags & 16) at++;
  const sizeBytes = 1 << (flags & 3);
  const length = file.uint(at, sizeBytes);
  at += sizeBytes;
  if (type === 0) members.set(file.text(at, length), file.uint64(at + length));
}
