/**
 * The members of a zip, such as an NPZ file. No library replaces this file: those that are small inflate in JavaScript, several times
 * slower than Node's zlib, and without a bound. Here a member inflates to no more than its size in the directory, which the budget has
 * allowed.
 *
 * Source: APPNOTE, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3
 */
import { statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { DatasetError, damagedFile, errorCode, unreadableFile } from '../dataset-error';
import { bytesAt } from './pieces';

/** A member of a zip, not yet unpacked. */
export interface ZipMember {
  readonly name: string;
  /** Its bytes when unpacked. */
  readonly size: number;
  /** @throws DatasetError when it is damaged or packed in another way than deflate */
  read(): Uint8Array;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end record with the longest comment. */
const TAIL = 22 + 65535;

/**
 * The members of a zip file.
 *
 * @throws DatasetError when it is damaged, or its members ask for more than the budget
 */
export function zipMembers(path: string, { budget }: BudgetOptions): readonly ZipMember[] {
  const length = sizeOfFile(path);
  const error = (message: string): DatasetError => new DatasetError(message);
  checkBudget({ bytes: length }, budget, { where: path, of: 'bytes', error });
  const { at, size, count } = directoryOf(path, length);
  checkBudget({ names: count, textBytes: size }, budget, { where: path, of: 'members', error });
  if (at + size > length) throw damagedFile(path, 'a directory', 'one beyond the end of the file');
  const members = entriesIn(bytesAt(path, at, size), path, count);
  const total = members.reduce((sum, member) => sum + member.size, 0);
  checkBudget({ bytes: total }, budget, { where: path, of: 'bytes when unpacked', error });
  return members.map((entry) => ({ name: entry.name, size: entry.size, read: () => unpacked(path, entry) }));
}

function sizeOfFile(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

interface Directory {
  readonly at: number;
  readonly size: number;
  readonly count: number;
}

function directoryOf(path: string, length: number): Directory {
  const start = Math.max(0, length - TAIL);
  const tail = bytesAt(path, start, length - start);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const found = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      at: view.getUint32(at + 16, true),
    };
    if (found.at !== 0xffffffff && found.count !== 0xffff) return found;
    // The larger record stands before; of it the locator says where, but it is next to it.
    for (let before = at - 20 - 56; before >= 0; before--) {
      if (view.getUint32(before, true) !== END_64) continue;
      const large = (offset: number): number => Number(view.getBigUint64(before + offset, true));
      return { count: large(32), size: large(40), at: large(48) };
    }
  }
  throw damagedFile(path, 'a zip', 'no directory at its end');
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header is. */
  readonly at: number;
}

function entriesIn(directory: Uint8Array, path: string, count: number): readonly Entry[] {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== ENTRY) {
      throw damagedFile(path, `${count} members`, `${entries.length} in its directory`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const end = at + 46 + nameLength + extraLength + commentLength;
    if (end > directory.length) throw damagedFile(path, 'a directory', 'one that is cut short');
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength));
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const sizes = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
    const [size, packed, local] = largeSizes(sizes, extra);
    entries.push({ name, method: view.getUint16(at + 10, true), size, packed, at: local });
    at = end;
  }
  return entries;
}

/** The sizes, with those that have no room in 32 bits from the field of Zip64. */
function largeSizes(sizes: readonly number[], extra: Uint8Array): readonly number[] {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (id === 1) {
      let from = at + 4;
      return sizes.map((size) => {
        if (size !== 0xffffffff || from + 8 > extra.length) return size;
        from += 8;
        return Number(view.getBigUint64(from - 8, true));
      });
    }
    at += 4 + length;
  }
  return sizes;
}

function unpacked(path: string, { name, method, packed, size, at }: Entry): Uint8Array {
  const where = `${path}: ${name}`;
  const local = bytesAt(path, at, 30);
  const view = new DataView(local.buffer, local.byteOffset, local.length);
  if (local.length < 30 || view.getUint32(0, true) !== LOCAL) throw damagedFile(where, 'a member', 'something else');
  if (packed > sizeOfFile(path)) throw damagedFile(where, `${packed} bytes`, 'fewer');
  const start = at + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const bytes = bytesAt(path, start, packed);
  if (bytes.length < packed) throw damagedFile(where, `${packed} bytes`, String(bytes.length));
  if (method === 0) return bytes;
  if (method !== 8)
    throw new DatasetError(
      `${where}: expected a member that is stored or deflated, got method ${method}; pack it again`,
    );
  try {
    const whole = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    if (whole.length === size) return whole;
    throw damagedFile(where, `${size} bytes`, String(whole.length));
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw damagedFile(where, `${size} bytes`, `data that do not unpack to them (${errorCode(error)})`);
  }
}
