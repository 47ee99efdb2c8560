/**
 * A writer of the wire format of protocol buffers, the inverse of the reader. Fields are written in the order of the
 * calls, so that the same model gives the same bytes.
 */
import { encodeUtf8 } from '../utf8';

/** Collects the fields of one message. */
export class ProtobufWriter {
  readonly #where: string;
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** @param where the calling function, for messages */
  constructor(where: string) {
    this.#where = where;
  }

  /** A signed integer of at most 64 bits. */
  integer(number: number, value: number | bigint): this {
    return this.#tag(number, 0).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  /** A number, rounded to float32. */
  float(number: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(number, 5).#append(bytes);
  }

  /** A number of 64 bits. */
  double(number: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.#tag(number, 1).#append(bytes);
  }

  /** Bytes; they are not copied before {@link finish}. */
  bytes(number: number, value: Uint8Array): this {
    return this.#tag(number, 2).#varint(BigInt(value.length)).#append(value);
  }

  /** A string. */
  text(number: number, value: string): this {
    return this.bytes(number, encodeUtf8(value, this.#where));
  }

  /** A message within this one. */
  message(number: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter(this.#where);
    write(inner);
    this.#tag(number, 2).#varint(BigInt(inner.#length));
    for (const part of inner.#parts) this.#append(part);
    return this;
  }

  /** The bytes of all fields. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(number: number, wireType: number): this {
    return this.#varint(BigInt(number * 8 + wireType));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    return this.#append(Uint8Array.of(...bytes, Number(rest)));
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}
