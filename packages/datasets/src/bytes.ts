/** Pixels and labels from outside as bytes. Numbers of another kind would be cut to bytes without a word: 0.7 to 0, 300 to 44. */
import { kindOf } from '@longhand/schema';
import { DatasetError } from './dataset-error';

/**
 * Bytes as they are; those of a `Uint8ClampedArray`, which a canvas has, as a view.
 *
 * @param what `images` or `labels`; `bytes` for those of a file
 * @throws DatasetError for numbers of any other kind, which says how bytes are made of them
 * @example bytesOf('canvas', 'images', new Uint8ClampedArray(4)); // [ 0, 0, 0, 0 ]
 */
export function bytesOf(where: string, what: string, given: unknown): Uint8Array {
  if (given instanceof Uint8Array) return given;
  if (given instanceof Uint8ClampedArray) return new Uint8Array(given.buffer, given.byteOffset, given.length);
  const kind = kindOf(given);
  throw new DatasetError(
    `${where}: expected ${what === 'bytes' ? '' : `${what} as `}bytes in a Uint8Array, got ${kind}${remarkOn(given, what)}`,
  );
}

function remarkOn(given: unknown, what: string): string {
  if (given instanceof ArrayBuffer) return `; give new Uint8Array(${what})`;
  if (!(Array.isArray(given) || (ArrayBuffer.isView(given) && Symbol.iterator in given))) return '';
  const numbers = given as ArrayLike<number>;
  const isByte = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 255;
  const at = Array.prototype.findIndex.call(numbers, (value) => !isByte(value));
  if (at === -1) return `; give Uint8Array.from(${what})`;
  const isIndex = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 16;
  if (what === 'labels' && Array.prototype.every.call(numbers, isIndex)) return '; give Uint16Array.from(labels)';
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  return what !== 'labels' && Array.prototype.every.call(numbers, isShare)
    ? `; give Uint8Array.from(${what}, (share) => Math.round(255 * share))`
    : ` with ${shownNumber(numbers[at])} at index ${at}, which no byte is; check the ${what}`;
}

function shownNumber(value: unknown): string {
  return typeof value === 'number' ? `${value}` : kindOf(value);
}
