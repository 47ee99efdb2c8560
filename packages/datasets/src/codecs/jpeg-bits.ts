/**
 * The bits of a scan, and the Huffman codes in them.
 *
 * Source: ITU-T recommendation T.81, annexes C and F.2.2
 */
import { damagedFile } from '../dataset-error';

/** The longest code that is looked up; longer ones are rare and are compared length by length. */
const LOOKED_UP = 8;
const LONGEST = 16;

/** A Huffman table, prepared for decoding. */
export interface HuffmanTable {
  /** For the next eight bits: the length of the code that they begin with, times 256, plus its value. 0: the code is longer. */
  readonly lookup: Uint16Array;
  /** The largest code of each length; −1 if there is none. */
  readonly largest: Int32Array;
  /** For each length, what to add to a code to get the index of its value. */
  readonly offset: Int32Array;
  readonly values: Uint8Array;
}

/**
 * Prepares a table from its stored form: how many codes there are of each length from 1 to 16, then their values.
 *
 * @throws DatasetError when more codes are named than there are
 */
export function huffmanTable(counts: Uint8Array, values: Uint8Array, name: string): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKED_UP);
  const largest = new Int32Array(LONGEST + 1).fill(-1);
  const offset = new Int32Array(LONGEST + 1);
  let [code, index] = [0, 0];
  for (let length = 1; length <= LONGEST; length++, code <<= 1) {
    const count = counts[length - 1];
    if (code + count > 1 << length) throw damagedFile(name, `codes of ${length} bits`, 'more than there are');
    offset[length] = index - code;
    if (length <= LOOKED_UP) {
      const each = 1 << (LOOKED_UP - length);
      for (let k = 0; k < count; k++) {
        lookup.fill((length << 8) | values[index + k], (code + k) * each, (code + k + 1) * each);
      }
    }
    code += count;
    index += count;
    if (count > 0) largest[length] = code - 1;
  }
  return { lookup, largest, offset, values };
}

/** Reads the entropy-coded data of a scan: bytes in which a stuffed zero follows each 255, with restart markers between them. */
export class BitReader {
  private at = 0;
  /** The bits that were fetched; the next is the highest of the lowest `count`. */
  private fetched = 0;
  private count = 0;
  /** How many of the fetched bits are zeros that stand for data that are missing. */
  private missing = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly name: string,
  ) {}

  /** Whether more was read than there is. */
  get isPastEnd(): boolean {
    return this.missing > this.count;
  }

  private fetch(): void {
    while (this.count <= 24) {
      let byte = this.data[this.at];
      if (byte === undefined || (byte === 0xff && this.data[this.at + 1] !== 0)) {
        byte = 0;
        this.missing += 8;
      } else this.at += byte === 0xff ? 2 : 1;
      this.fetched = (this.fetched << 8) | byte;
      this.count += 8;
    }
  }

  /** A number of as many bits, at most 16. */
  bits(length: number): number {
    if (length === 0) return 0;
    if (this.count < length) this.fetch();
    this.count -= length;
    return (this.fetched >>> this.count) & ((1 << length) - 1);
  }

  /** A number from −(2^length − 1) to 2^length − 1 that is not nearer to zero than 2^(length − 1) (F.2.2.1). */
  signed(length: number): number {
    const value = this.bits(length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** The value of the next code. */
  decode({ lookup, largest, offset, values }: HuffmanTable): number {
    if (this.count < LONGEST) this.fetch();
    const found = lookup[(this.fetched >>> (this.count - LOOKED_UP)) & 255];
    if (found !== 0) {
      this.count -= found >>> 8;
      return found & 255;
    }
    for (let length = LOOKED_UP + 1; length <= LONGEST; length++) {
      const code = (this.fetched >>> (this.count - length)) & ((1 << length) - 1);
      if (code > largest[length]) continue;
      this.count -= length;
      return values[code + offset[length]];
    }
    throw damagedFile(this.name, 'codes that its tables have', 'another one');
  }

  /** Goes on after the next restart marker. */
  restart(): void {
    const { data } = this;
    this.checkEnd();
    while (
      this.at < data.length &&
      !(data[this.at] === 0xff && data[this.at + 1] >= 0xd0 && data[this.at + 1] <= 0xd7)
    ) {
      this.at++;
    }
    this.at += 2;
    this.count = 0;
    this.missing = 0;
  }

  /** @throws DatasetError when more was read than there is */
  checkEnd(): void {
    if (this.isPastEnd) throw damagedFile(this.name, 'whole JPEG data', 'data that end too early');
  }
}
