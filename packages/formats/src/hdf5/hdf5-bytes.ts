/** The bytes of an HDF5 file: every address is checked, and every structure that is followed is counted. */
import { type BudgetOptions, limitOf } from '@longhand/schema';
import { FormatError, shown } from '../format-error';
import { decodeUtf8 } from '../utf8';

/** Stands for no address. */
const UNDEFINED = 0xffffffffffffffffn;

/** How many structures a file may have for each name that the budget allows: headers, nodes of trees, messages. */
const STEPS_PER_NAME = 20;

export class Hdf5Bytes {
  readonly where: string;
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #left: number;

  constructor(bytes: Uint8Array, where: string, { budget }: BudgetOptions) {
    this.where = where;
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = STEPS_PER_NAME * limitOf('names', budget);
  }

  /** Counts one more structure: files whose structures contain one another come to an end. */
  step(): void {
    this.#left--;
    if (this.#left < 0) this.refuse('more structures than it has room for');
  }

  uint8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  uint16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  uint32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** A length or an address of 64 bits. */
  uint64(at: number): number {
    return this.address(at) ?? this.refuse(`no number at byte ${at}`);
  }

  /** An address; undefined where there is none. */
  address(at: number): number | undefined {
    this.#check(at, 8);
    const value = this.#view.getBigUint64(at, true);
    return value === UNDEFINED ? undefined : Number(value);
  }

  /** A number of one, two, four or eight bytes. */
  uint(at: number, bytes: number): number {
    if (bytes === 1) return this.uint8(at);
    if (bytes === 2) return this.uint16(at);
    return bytes === 4 ? this.uint32(at) : this.uint64(at);
  }

  part(at: number, length: number): Uint8Array {
    this.#check(at, length);
    return this.#bytes.subarray(at, at + length);
  }

  /** @throws FormatError unless a structure begins with its four letters there */
  expect(signature: string, at: number): void {
    if (String.fromCharCode(...this.part(at, 4)) !== signature) this.refuse(`no ${signature} at byte ${at}`);
  }

  /** The text of bytes, up to the first zero. */
  text(at: number, length: number): string {
    const bytes = this.part(at, length);
    const end = bytes.indexOf(0);
    return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end)) ?? this.refuse(`text that is no UTF-8 at byte ${at}`);
  }

  /** A text that ends with a zero, of at most so many bytes. */
  textTo(at: number, end: number): string {
    this.#check(at, 0);
    return this.text(at, Math.max(0, Math.min(end, this.length) - at));
  }

  refuse(got: string): never {
    throw new FormatError(`${this.where}: expected a whole HDF5 file, got ${got}; save it again`);
  }

  /** @throws FormatError for what is sound but not known here */
  unknown(what: string, got: string): never {
    throw new FormatError(
      `${this.where}: expected ${what}, as Keras writes, got ${shown(got)}; save it again with Keras`,
    );
  }

  #check(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.length) return;
    this.refuse(`${this.length} bytes that end within it`);
  }
}
