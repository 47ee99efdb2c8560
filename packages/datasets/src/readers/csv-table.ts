/** Tables of numbers, parsed as they are read: a row of text becomes a row of bytes, or of floats where a number is no byte. */

import { checkBudget } from '@longhand/schema';
import { DatasetError } from '../dataset-error';
import { columnsIn, type TableColumns } from './csv-columns';
import type { NumberArray } from './number-array';
import { piecesOf } from './pieces';
import type { RawLabels, ReadOptions } from './raw-data';

/** A table, read. */
export interface Table {
  /** `[rows, pixels]` */
  readonly pixels: NumberArray;
  readonly labels?: RawLabels;
}

const [NEWLINE, RETURN, QUOTE, SPACE, TAB, ZERO] = [10, 13, 34, 32, 9, 48];

/**
 * Reads a table of pixels, plain or gzip.
 *
 * @throws DatasetError when it is none, a row has another number of fields, or a field is no number
 * @example (await readTable('train.csv', {})).pixels.shape // [42000, 784]
 */
export async function readTable(path: string, options: ReadOptions): Promise<Table> {
  let rest = new Uint8Array(0);
  let rows: TableRows | undefined;
  let line = 0;
  const take = (bytes: Uint8Array, from: number, to: number): void => {
    line++;
    let end = to;
    if (end > from && bytes[end - 1] === RETURN) end--;
    if (isBlank(bytes, from, end)) return;
    const isHeader = line === 1 && rows?.columns.hasHeader;
    if (!isHeader) rows?.add(bytes, from, end, line);
  };
  for await (const piece of piecesOf(path, options)) {
    const bytes = joined(rest, piece);
    rows ??= new TableRows(path, columnsOf(bytes, path), options);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      take(bytes, from, at);
      from = at + 1;
    }
    rest = bytes.slice(from);
    if (rest.length > 2 ** 24) throw new DatasetError(`${path}: expected lines, got one of more than ${2 ** 24} bytes`);
  }
  if (rest.length > 0) take(rest, 0, rest.length);
  if (rows === undefined || rows.count === 0) throw new DatasetError(`${path}: expected rows of pixels, got none`);
  return rows.table();
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

function columnsOf(bytes: Uint8Array, path: string): TableColumns {
  const columns = columnsIn(new TextDecoder('latin1').decode(bytes.subarray(0, 2 ** 20)));
  if (columns !== undefined) return columns;
  throw new DatasetError(`${path}: expected a label and the pixels of a square image in each row, got another table`);
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}

/** The rows so far. */
class TableRows {
  readonly columns: TableColumns;
  readonly #path: string;
  readonly #options: ReadOptions;
  /** Bytes as long as every number is one. */
  #pixels: Uint8Array | Float32Array = new Uint8Array(2 ** 16);
  #labels: number[] = [];
  readonly #names = new Map<string, number>();
  /** Whether labels are names: one of them is no number. */
  #areNames = false;
  #count = 0;

  constructor(path: string, columns: TableColumns, options: ReadOptions) {
    this.#path = path;
    this.columns = columns;
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  add(bytes: Uint8Array, from: number, to: number, line: number): void {
    const { separator, count, pixelsFrom, pixels, label } = this.columns;
    this.#reserve((this.#count + 1) * pixels);
    let hot = -1;
    let column = 0;
    let at = from;
    let target = this.#count * pixels;
    for (; column < count; column++) {
      if (separator === SPACE) while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      if (at > to || (at === to && column > 0 && separator === SPACE)) break;
      const start = at;
      while (at < to && bytes[at] !== separator && !(separator === SPACE && bytes[at] === TAB)) at++;
      if (column >= pixelsFrom && column < pixelsFrom + pixels) {
        this.#set(target++, this.#number(bytes, start, at, line));
      } else if (label !== undefined && column >= label.from && column < label.from + label.count) {
        if (label.count === 1) this.#addLabel(bytes, start, at);
        else if (this.#number(bytes, start, at, line) === 1) hot = column - label.from;
      }
      if (separator !== SPACE) at++;
    }
    if (separator === SPACE) while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    if (column < count || at < to) {
      throw new DatasetError(
        `${this.#path}: expected ${count} fields in line ${line}, got ${column < count ? column : 'more'}; fetch the file again`,
      );
    }
    if (label !== undefined && label.count > 1) this.#labels.push(hot);
    this.#count++;
  }

  table(): Table {
    const { pixels, label } = this.columns;
    const data = this.#pixels.subarray(0, this.#count * pixels);
    const array = { shape: [this.#count, pixels], data, where: this.#path };
    if (label === undefined) return { pixels: array };
    return { pixels: array, labels: this.#rawLabels() };
  }

  #rawLabels(): RawLabels {
    if (!this.#areNames) return { kind: 'numbers', values: this.#labels.map((label) => this.#checked(label)) };
    return { kind: 'names', values: this.#labels, names: [...this.#names.keys()] };
  }

  #checked(label: number): number {
    if (Number.isInteger(label) && label >= 0) return label;
    throw new DatasetError(`${this.#path}: expected labels that are whole numbers from 0 on or names, got ${label}`);
  }

  #addLabel(bytes: Uint8Array, from: number, to: number): void {
    const text = new TextDecoder()
      .decode(bytes.subarray(from, to))
      .trim()
      .replace(/^"(.*)"$/, '$1');
    const number = text === '' ? Number.NaN : Number(text);
    if (!this.#areNames && Number.isFinite(number)) {
      this.#labels.push(number);
      return;
    }
    if (!this.#areNames) {
      this.#areNames = true;
      this.#labels = this.#labels.map((label) => this.#indexOf(String(label)));
    }
    this.#labels.push(this.#indexOf(text));
  }

  #indexOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const index = this.#names.size;
    this.#names.set(name, index);
    checkBudget({ names: index + 1 }, this.#options.budget, {
      where: this.#path,
      of: 'classes',
      error: (message) => new DatasetError(message),
    });
    return index;
  }

  /** A field as a number. Most have one to three digits and nothing else. */
  #number(bytes: Uint8Array, from: number, to: number, line: number): number {
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) return this.#slowNumber(bytes, from, to, line);
      value = value * 10 + digit;
    }
    return from < to ? value : this.#slowNumber(bytes, from, to, line);
  }

  #slowNumber(bytes: Uint8Array, from: number, to: number, line: number): number {
    const start = bytes[from] === QUOTE ? from + 1 : from;
    const end = start > from && bytes[to - 1] === QUOTE ? to - 1 : to;
    const text = new TextDecoder('latin1').decode(bytes.subarray(start, end)).trim();
    const value = text === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new DatasetError(`${this.#path}: expected a number in line ${line}, got '${text.slice(0, 40)}'`);
  }

  #set(at: number, value: number): void {
    if (this.#pixels instanceof Uint8Array && !(Number.isInteger(value) && value >= 0 && value <= 255)) {
      this.#pixels = Float32Array.from(this.#pixels);
    }
    this.#pixels[at] = value;
  }

  #reserve(length: number): void {
    if (length <= this.#pixels.length) return;
    const Numbers = this.#pixels instanceof Uint8Array ? Uint8Array : Float32Array;
    const larger = new Numbers(Math.max(length, Math.ceil(this.#pixels.length * 1.5)));
    checkBudget({ bytes: larger.byteLength }, this.#options.budget, {
      where: this.#path,
      of: 'bytes of pixels',
      error: (message) => new DatasetError(message),
    });
    larger.set(this.#pixels);
    this.#pixels = larger;
  }
}
