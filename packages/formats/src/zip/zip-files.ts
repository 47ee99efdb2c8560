/**
 * The files of a zip. A file that is stored, as `torch.save`, Keras and `numpy.savez` store theirs, is a view of the bytes; one that is
 * compressed, as people's tools do, is unpacked when it is needed. Sizes are those of the directory at the end, and every offset is
 * checked.
 *
 * Specification: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3, 4.5.3)
 */
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { FormatError, shown } from '../format-error';
import { decodeUtf8 } from '../utf8';

/** One file of a zip. */
export interface ZippedFile {
  readonly name: string;
  /** Undefined where the file is compressed. */
  readonly bytes: Uint8Array | undefined;
  /** The compressed bytes, and how many there are unpacked; undefined where the file is stored, encrypted or packed otherwise. */
  readonly deflated?: { readonly bytes: Uint8Array; readonly size: number } | undefined;
}

const signatures = { file: 0x04034b50, entry: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 };
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
/** The comment behind the directory is at most so long. */
const MAX_COMMENT = 0xffff;
/** What stands in place of a number that needs 64 bits. */
const IN_64_BITS = 0xffffffff;

/**
 * Whether bytes begin as a zip.
 *
 * @example isZip(Uint8Array.of(0x50, 0x4b, 0x03, 0x04)); // true
 */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * The files of a zip, in the order of its directory.
 *
 * @throws FormatError unless the zip is whole
 */
export function zippedFiles(bytes: Uint8Array, where: string, { budget }: BudgetOptions = {}): readonly ZippedFile[] {
  return new ZipReader(bytes, where).files(budget);
}

class ZipReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  files(budget: BudgetOptions['budget']): readonly ZippedFile[] {
    const { count, start } = this.#directory();
    checkBudget({ names: count }, budget, {
      where: this.#where,
      of: 'files in the zip',
      error: (message) => new FormatError(message),
    });
    const files: ZippedFile[] = [];
    const names = new Set<string>();
    for (let k = 0, at = start; k < count; k++) {
      const { file, end } = this.#entry(at);
      if (names.has(file.name)) this.#refuse(`got ${shown(file.name)} twice`);
      names.add(file.name);
      files.push(file);
      at = end;
    }
    return files;
  }

  /** Where the directory is, and how many entries it has. */
  #directory(): { count: number; start: number } {
    const { length } = this.#bytes;
    for (let at = length - END_BYTES; at >= Math.max(0, length - END_BYTES - MAX_COMMENT); at--) {
      if (this.#view.getUint32(at, true) !== signatures.end) continue;
      if (at + END_BYTES + this.#uint16(at + 20) !== length) continue;
      const count = this.#uint16(at + 10);
      const start = this.#uint32(at + 16);
      if (count !== 0xffff && start !== IN_64_BITS) return { count, start };
      const locator = at - LOCATOR_BYTES;
      if (locator < 0 || this.#uint32(locator) !== signatures.locator64) this.#refuse('got no directory');
      const end64 = this.#uint64(locator + 8);
      if (this.#uint32(end64) !== signatures.end64) this.#refuse('got no directory');
      return { count: this.#uint64(end64 + 32), start: this.#uint64(end64 + 48) };
    }
    return this.#refuse('got no directory at its end');
  }

  #entry(at: number): { file: ZippedFile; end: number } {
    if (this.#uint32(at) !== signatures.entry) this.#refuse(`got no entry at byte ${at}`);
    const [flags, method] = [this.#uint16(at + 8), this.#uint16(at + 10)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => this.#uint16(at + offset));
    const nameStart = at + 46;
    const name = decodeUtf8(this.#part(nameStart, nameLength)) ?? this.#refuse('got a name that is no UTF-8');
    const wide = this.#wideNumbers(nameStart + nameLength, extraLength);
    const number = (offset: number): number => {
      const narrow = this.#uint32(at + offset);
      return narrow === IN_64_BITS ? (wide.shift() ?? this.#refuse(`got no size of ${shown(name)}`)) : narrow;
    };
    // In this order the numbers of 64 bits follow one another.
    const [unpacked, packed, offset] = [number(24), number(20), number(42)];
    const end = nameStart + nameLength + extraLength + commentLength;
    const isEncrypted = (flags & 1) !== 0;
    const isStored = method === 0 && !isEncrypted && packed === unpacked;
    const bytes = isStored ? this.#data(offset, unpacked, name) : undefined;
    const isDeflated = method === 8 && !isEncrypted;
    const deflated = isDeflated ? { bytes: this.#data(offset, packed, name), size: unpacked } : undefined;
    return { file: { name, bytes, ...(deflated && { deflated }) }, end };
  }

  #data(at: number, size: number, name: string): Uint8Array {
    if (this.#uint32(at) !== signatures.file) this.#refuse(`got no file at byte ${at}, where ${shown(name)} should be`);
    return this.#part(at + 30 + this.#uint16(at + 26) + this.#uint16(at + 28), size);
  }

  /** The numbers of 64 bits in the additional fields of an entry. */
  #wideNumbers(start: number, length: number): number[] {
    const end = start + length;
    for (let at = start; at + 4 <= end; at += 4 + this.#uint16(at + 2)) {
      if (this.#uint16(at) !== 1) continue;
      const count = Math.min(3, Math.floor(Math.min(this.#uint16(at + 2), end - at - 4) / 8));
      return Array.from({ length: count }, (_, k) => this.#uint64(at + 4 + 8 * k));
    }
    return [];
  }

  #part(start: number, length: number): Uint8Array {
    this.#check(start, length);
    return this.#bytes.subarray(start, start + length);
  }

  #uint16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  #uint32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  #uint64(at: number): number {
    this.#check(at, 8);
    return Number(this.#view.getBigUint64(at, true));
  }

  #check(start: number, length: number): void {
    if (start + length > this.#bytes.length) this.#refuse(`got ${this.#bytes.length} bytes that end within it`);
  }

  #refuse(got: string): never {
    throw new FormatError(`${this.#where}: expected a whole zip, ${got}; fetch the file again`);
  }
}
