/** A file of a zip, unpacked where it is compressed: no more than the budget allows, and no more than the directory says. */
import { type BudgetOptions, checkBudget, limitOf } from '@longhand/schema';
import { Inflate } from 'fflate';
import { FormatError, shown } from '../format-error';
import type { ZippedFile } from './zip-files';

/** Deflate makes at most 1032 bytes of one. */
const MOST_EXPANSION = 1032;
/** So many compressed bytes are unpacked at once. */
const PIECE = 2 ** 14;
/** From here on the budget's expansion counts. */
const LARGE = 2 ** 28;

/**
 * The bytes of a file.
 *
 * @throws FormatError where it is packed in another way than deflate, damaged, or larger than the budget allows
 */
export function unpacked({ name, bytes, deflated }: ZippedFile, where: string, { budget }: BudgetOptions): Uint8Array {
  const location = `${where}: ${shown(name)}`;
  if (bytes !== undefined) return bytes;
  if (deflated === undefined) {
    throw new FormatError(`${location}: expected a file that is stored or deflated, got another; pack it again`);
  }
  const { bytes: packed, size } = deflated;
  const error = (message: string): FormatError => new FormatError(message);
  checkBudget({ bytes: size }, budget, { where: location, of: 'bytes when unpacked', error });
  const most = size > LARGE ? Math.min(limitOf('expansion', budget), MOST_EXPANSION) : MOST_EXPANSION;
  if (size > most * packed.length) refuse(location, `at most ${most} times its ${packed.length} bytes`, `${size}`);
  const all = new Uint8Array(size);
  let at = 0;
  const inflate = new Inflate((piece) => {
    if (at + piece.length > size) refuse(location, `${size} bytes when unpacked`, 'more');
    all.set(piece, at);
    at += piece.length;
  });
  try {
    for (let from = 0; from < packed.length; from += PIECE) {
      inflate.push(packed.subarray(from, from + PIECE), from + PIECE >= packed.length);
    }
  } catch (caught) {
    if (caught instanceof FormatError) throw caught;
    refuse(location, 'deflated bytes', 'others');
  }
  if (at < size) refuse(location, `${size} bytes when unpacked`, `${at}`);
  return all;
}

function refuse(where: string, expected: string, got: string): never {
  throw new FormatError(`${where}: expected ${expected}, got ${got}; pack it again`);
}
