/**
 * The header of an untrusted safetensors file. Every length is checked against the file before that length is allocated.
 *
 * Its entries are checked by hand and not by `@longhand/schema`: a header may be long and have names such as `__proto__`,
 * each refusal names the tensor with advice of its own, and most checks are arithmetic (sizes, ranges, tiling).
 *
 * A file is 8 bytes of header length (little-endian), the header as JSON, and the numbers of all tensors end to end.
 * Specification: https://github.com/huggingface/safetensors#format
 */
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { type Shape, sizeOf } from '@longhand/tensor';
import { type ElementType, elementBytes, INTEGER_BYTES, INTEGER_TYPE } from './element-type';
import { FormatError, shown } from './format-error';
import { parseHeaderJson } from './header-json';

/** The key of the metadata, beside those of the tensors. */
export const METADATA_KEY = '__metadata__';

/** The first bytes of a file: the length of its header. */
export const LENGTH_BYTES = 8;

/** A tensor's entry; `start` and `end` are byte offsets into the data. */
export interface TensorEntry {
  readonly name: string;
  /** `I8` where another entry has a scale for each row. */
  readonly elementType: ElementType | typeof INTEGER_TYPE;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

/** A tensor that is left out: whatever its type, it has its part of the data. */
type SkippedEntry = Pick<TensorEntry, 'name' | 'start' | 'end'>;

/** What is left out, by its name and element type, and what a header may ask for. */
export interface HeaderOptions extends BudgetOptions {
  readonly skip?: (name: string, elementType: unknown) => boolean;
}

/** A checked header. */
export interface Header {
  /** In the order of the data, which they and the skipped ones fill without holes. */
  readonly entries: readonly TensorEntry[];
  /** The names of tensors that are left out. */
  readonly skipped: readonly string[];
  readonly metadata: Record<string, string>;
  /** The byte offset of the data in the file. */
  readonly dataStart: number;
}

/**
 * Reads and checks the header of a file.
 *
 * @throws FormatError with the file, the tensor, what was expected and what the file has
 */
export function readHeader(bytes: Uint8Array, where: string, { skip = () => false, budget }: HeaderOptions): Header {
  const dataStart = LENGTH_BYTES + headerLength(bytes, where, { budget });
  const text = headerText(bytes.subarray(LENGTH_BYTES, dataStart), where);
  const members = parseHeaderJson(text, where, { budget }) as object;
  const entries: TensorEntry[] = [];
  const skipped: SkippedEntry[] = [];
  let metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(members)) {
    if (name === METADATA_KEY) metadata = checkedMetadata(value, where);
    else if (skip(name, isObject(value) ? value.dtype : undefined)) skipped.push(skippedEntry(name, value, where));
    else entries.push(tensorEntry(name, value, where, Object.hasOwn(members, scaleName(name))));
  }
  entries.sort((a, b) => a.start - b.start);
  const all = [...entries, ...skipped].sort((a, b) => a.start - b.start);
  checkTiling(all, bytes.length - dataStart, where);
  return { entries, skipped: skipped.map(({ name }) => name), metadata, dataStart };
}

/** Whether a value is a list of integers of at least one; the empty list is the shape of a scalar. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 1);
}

/** Strings by name, in an object without a prototype, so that names such as `constructor` are ordinary. */
export function checkedMetadata(value: unknown, where: string): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (!isObject(value)) {
    throw new FormatError(`${where}: expected an object of strings as ${METADATA_KEY}, got ${shown(value)}`);
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new FormatError(
        `${where}: expected a string as metadata ${shown(key)}, got ${shown(text)}; write it as text`,
      );
    }
    metadata[key] = text;
  }
  return metadata;
}

function headerLength(bytes: Uint8Array, where: string, { budget }: BudgetOptions): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(
      `${where}: expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}: the file is cut short; fetch it again`,
    );
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  checkBudget({ textBytes: length }, budget, {
    where,
    of: 'bytes of header',
    hint: 'is this a safetensors file?',
    error: (message) => new FormatError(message),
  });
  if (LENGTH_BYTES + length > bytes.length) {
    throw new FormatError(
      `${where}: expected ${length} bytes of header, got ${bytes.length - LENGTH_BYTES}: the file is cut short; fetch it again`,
    );
  }
  return length;
}

/** The header as text. It begins with `{`, so that valid JSON is an object. */
function headerText(bytes: Uint8Array, where: string): string {
  if (bytes[0] !== '{'.charCodeAt(0)) {
    throw new FormatError(`${where}: expected a header that begins with {; is this a safetensors file?`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(`${where}: expected UTF-8 text as the header, got other bytes; export the file again`);
  }
}

/** The name of the scales of a tensor of integers, one for each entry of its first axis. */
export function scaleName(name: string): string {
  return `${name}_scale`;
}

function tensorEntry(name: string, value: unknown, file: string, hasScales: boolean): TensorEntry {
  const where = `${file}: tensor ${shown(name)}`;
  const { dtype, shape } = describing(value, where);
  const isQuantized = dtype === INTEGER_TYPE && hasScales;
  if (!isElementType(dtype) && !isQuantized) {
    const known = Object.keys(elementBytes).join(', ');
    throw new FormatError(
      `${where}: expected one of ${known} as the dtype, got ${shown(dtype)}; convert or leave it out`,
    );
  }
  if (!isShape(shape)) {
    throw new FormatError(`${where}: expected whole numbers of at least 1 as the shape, got ${shown(shape)}`);
  }
  const [start, end] = rangeOf(value, where);
  // Extents are at least 1, so a product beyond 2⁵³ stays above any range: no overflow can pass.
  const size = sizeOf(shape) * (isQuantized ? INTEGER_BYTES : elementBytes[dtype as ElementType]);
  if (size !== end - start) {
    throw new FormatError(
      `${where}: expected ${size} bytes for ${dtype} ${shown(shape)}, got ${end - start}; export the file again`,
    );
  }
  return { name, elementType: isQuantized ? INTEGER_TYPE : (dtype as ElementType), shape, start, end };
}

function skippedEntry(name: string, value: unknown, file: string): SkippedEntry {
  const [start, end] = rangeOf(value, `${file}: tensor ${shown(name)}`);
  return { name, start, end };
}

function describing(value: unknown, where: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new FormatError(`${where}: expected an object that describes it, got ${shown(value)}`);
}

function rangeOf(value: unknown, where: string): readonly [start: number, end: number] {
  const { data_offsets: offsets } = describing(value, where);
  if (isRange(offsets)) return offsets;
  throw new FormatError(`${where}: expected data_offsets [begin, end], got ${shown(offsets)}`);
}

/** Every byte of the data belongs to exactly one tensor. */
function checkTiling(entries: readonly SkippedEntry[], dataBytes: number, where: string): void {
  let filled = 0;
  for (const { name, start, end } of entries) {
    if (start !== filled) {
      const fault = start < filled ? 'an overlap' : 'a hole';
      throw new FormatError(
        `${where}: tensor ${shown(name)}: expected its data to begin at ${filled}, where the one before ends, got ${start}: ${fault}; export the file again`,
      );
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    const fault = filled > dataBytes ? 'is cut short' : 'goes on behind the last tensor';
    throw new FormatError(
      `${where}: expected ${filled} bytes of data, got ${dataBytes}: the file ${fault}; fetch it again`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isElementType(value: unknown): value is ElementType {
  return typeof value === 'string' && Object.hasOwn(elementBytes, value);
}

function isRange(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((offset) => Number.isSafeInteger(offset) && offset >= 0) &&
    value[0] <= value[1]
  );
}
