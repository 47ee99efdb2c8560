/**
 * The wire format of protocol buffers, read without trust: ONNX files are one such message.
 *
 * A message is a sequence of fields, each a field number and a value of one of four wire types; the message itself does
 * not say what a value means. Every accessor walks over the fields again and builds only what it returns; all other
 * fields are skipped. So a file costs the memory of the values that are read.
 *
 * Specification: https://protobuf.dev/programming-guides/encoding/
 */
import { type Budget, type BudgetOptions, checkBudget } from '@longhand/schema';
import { FormatError, shown } from '../format-error';
import { decodeUtf8 } from '../utf8';

/** The wire types: how the number of a value's bytes is determined. */
const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
type WireType = (typeof wireTypes)[keyof typeof wireTypes];

const wireNames = new Map<number, string>(Object.entries(wireTypes).map(([name, type]) => [type, name]));

/** 64 bits with seven in each byte. */
const MAX_VARINT_BYTES = 10;

/** The file that all its messages share. */
interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The file's name, for messages. */
  readonly where: string;
  /** Messages so far: they take more memory here than in the file. */
  messages: number;
  readonly budget: Partial<Budget> | undefined;
}

/** The bytes of a value. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Field extends Span {
  readonly number: number;
  readonly wireType: WireType;
}

/** A message within a file. A repeated field is a list; of a field that is not one, the last value counts. */
export class ProtobufMessage {
  readonly #source: Source;
  readonly #start: number;
  readonly #end: number;

  private constructor(source: Source, start: number, end: number) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
  }

  /** A whole file as a message. */
  static of(bytes: Uint8Array, where: string, { budget }: BudgetOptions = {}): ProtobufMessage {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new ProtobufMessage({ bytes, view, where, messages: 0, budget }, 0, bytes.length);
  }

  /** Whether the field is present. */
  has(number: number): boolean {
    for (const field of this.#fields()) if (field.number === number) return true;
    return false;
  }

  /** A signed integer; 0 if it is absent. */
  integer(number: number): number {
    const scalar = last(this.#scalars(number, wireTypes.varint));
    return scalar === undefined ? 0 : this.#integer(scalar);
  }

  /** A list of integers. */
  integers(number: number): number[] {
    return Array.from(this.#scalars(number, wireTypes.varint), (scalar) => this.#integer(scalar));
  }

  /** A list of 64-bit integers. */
  int64s(number: number): BigInt64Array {
    const list = new BigInt64Array(this.#count(number, wireTypes.varint));
    let k = 0;
    for (const scalar of this.#scalars(number, wireTypes.varint)) list[k++] = this.#int64(scalar);
    return list;
  }

  /** A list of integers of which the lowest 16 bits count. */
  uint16s(number: number): Uint16Array {
    const list = new Uint16Array(this.#count(number, wireTypes.varint));
    let k = 0;
    for (const scalar of this.#scalars(number, wireTypes.varint)) list[k++] = this.#integer(scalar);
    return list;
  }

  /** A list of float32. */
  float32s(number: number): Float32Array {
    const list = new Float32Array(this.#count(number, wireTypes.fixed32));
    let k = 0;
    for (const { start } of this.#scalars(number, wireTypes.fixed32)) {
      list[k++] = this.#source.view.getFloat32(start, true);
    }
    return list;
  }

  /** A list of float64. */
  float64s(number: number): Float64Array {
    const list = new Float64Array(this.#count(number, wireTypes.fixed64));
    let k = 0;
    for (const { start } of this.#scalars(number, wireTypes.fixed64)) {
      list[k++] = this.#source.view.getFloat64(start, true);
    }
    return list;
  }

  /** A view of bytes in the file, not a copy; undefined if the field is absent. */
  bytes(number: number): Uint8Array | undefined {
    const value = last(this.#lengthDelimited(number));
    return value && this.#source.bytes.subarray(value.start, value.end);
  }

  /** A string; empty if it is absent. */
  text(number: number): string {
    const value = last(this.#lengthDelimited(number));
    return value === undefined ? '' : this.#text(value);
  }

  /** A list of strings. */
  texts(number: number): string[] {
    return Array.from(this.#lengthDelimited(number), (value) => this.#text(value));
  }

  /** A message within this one; undefined if it is absent. */
  message(number: number): ProtobufMessage | undefined {
    const value = last(this.#lengthDelimited(number));
    return value && this.#message(value);
  }

  /** A list of messages. */
  messages(number: number): ProtobufMessage[] {
    return Array.from(this.#lengthDelimited(number), (value) => this.#message(value));
  }

  #integer(scalar: Span): number {
    const value = Number(this.#int64(scalar));
    if (!Number.isSafeInteger(value)) this.#refuse(scalar.start, `expected a whole number within ±2⁵³, got ${value}`);
    return value;
  }

  #int64({ start, end }: Span): bigint {
    if (end - start < 8) return BigInt(this.#unsigned(start, end));
    let value = 0n;
    for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(this.#source.bytes[at] & 0x7f);
    return BigInt.asIntN(64, value);
  }

  #text({ start, end }: Span): string {
    const text = decodeUtf8(this.#source.bytes.subarray(start, end));
    return text ?? this.#refuse(start, 'expected UTF-8 text, got other bytes');
  }

  #message({ start, end }: Span): ProtobufMessage {
    const names = ++this.#source.messages;
    checkBudget({ names }, this.#source.budget, {
      where: `${this.#source.where}: byte ${start}`,
      of: 'nodes, attributes and tensors together',
      hint: 'is this an ONNX file?',
      error: (message) => new FormatError(message),
    });
    return new ProtobufMessage(this.#source, start, end);
  }

  /** The numbers of a field one by one. A packed list is one field with all its numbers end to end. */
  *#scalars(number: number, wireType: WireType): Generator<Span> {
    for (const field of this.#fields()) {
      if (field.number !== number) continue;
      if (field.wireType !== wireTypes.bytes) {
        this.#expect(field, wireType);
        yield field;
        continue;
      }
      for (let start = field.start; start < field.end; ) {
        const end = this.#endOfValue(start, wireType, field.end);
        yield { start, end };
        start = end;
      }
    }
  }

  #count(number: number, wireType: WireType): number {
    let count = 0;
    for (const _ of this.#scalars(number, wireType)) count++;
    return count;
  }

  *#lengthDelimited(number: number): Generator<Span> {
    for (const field of this.#fields()) {
      if (field.number !== number) continue;
      this.#expect(field, wireTypes.bytes);
      yield field;
    }
  }

  *#fields(): Generator<Field> {
    for (let at = this.#start; at < this.#end; ) {
      const tagEnd = this.#endOfVarint(at, this.#end);
      const tag = this.#unsigned(at, tagEnd);
      const number = Math.floor(tag / 8);
      const wireType = (tag % 8) as WireType;
      if (number === 0 || !wireNames.has(wireType)) {
        this.#refuse(at, `expected a field, got ${shown(tag)} as its tag`);
      }
      let start = tagEnd;
      if (wireType === wireTypes.bytes) start = this.#endOfVarint(tagEnd, this.#end);
      const end =
        wireType === wireTypes.bytes
          ? this.#within(start, this.#unsigned(tagEnd, start), this.#end)
          : this.#endOfValue(start, wireType, this.#end);
      yield { number, wireType, start, end };
      at = end;
    }
  }

  #endOfValue(start: number, wireType: WireType, limit: number): number {
    if (wireType === wireTypes.varint) return this.#endOfVarint(start, limit);
    return this.#within(start, wireType === wireTypes.fixed32 ? 4 : 8, limit);
  }

  #within(start: number, length: number, limit: number): number {
    if (length > limit - start) this.#refuse(start, `expected ${length} bytes, got ${limit - start}`);
    return start + length;
  }

  #endOfVarint(start: number, limit: number): number {
    const last = Math.min(limit, start + MAX_VARINT_BYTES);
    for (let at = start; at < last; at++) if (this.#source.bytes[at] < 0x80) return at + 1;
    return this.#refuse(start, `expected a whole number of at most ${MAX_VARINT_BYTES} bytes, got one without an end`);
  }

  /** Exact up to 2⁵³, which no length of a file exceeds. */
  #unsigned(start: number, end: number): number {
    let value = 0;
    for (let at = end - 1; at >= start; at--) value = value * 128 + (this.#source.bytes[at] & 0x7f);
    return value;
  }

  #expect({ number, start, wireType }: Field, expected: WireType): void {
    if (wireType === expected) return;
    const [wanted, given] = [expected, wireType].map((type) => wireNames.get(type));
    this.#refuse(start, `expected field ${number} as ${wanted}, got ${given}`);
  }

  #refuse(at: number, message: string): never {
    throw new FormatError(`${this.#source.where}: byte ${at}: ${message}; is this a whole ONNX file?`);
  }
}

function last<T>(items: Iterable<T>): T | undefined {
  let found: T | undefined;
  for (const item of items) found = item;
  return found;
}
