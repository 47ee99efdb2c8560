/** Files of any length, plain or gzip, piece by piece. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type BudgetOptions, checkBudget, limitOf } from '@longhand/schema';
import { DatasetError, errorCode, unreadableFile } from '../dataset-error';
import { isGzip, UNSUSPICIOUS } from '../idx-file';
import { checkRegular } from '../read-bounded';
import type { ReadOptions, UnpackedTally } from './raw-data';

const PIECE = 2 ** 20;

/** What a file may ask for, together with the packed files before it. */
export type PieceOptions = Pick<ReadOptions, 'budget' | 'tally'>;

/**
 * The bytes of a file, decompressed if they are gzip's. No more than the budget allows come out.
 *
 * @throws DatasetError when it cannot be read, is damaged or too large
 */
export async function* piecesOf(path: string, options: PieceOptions): AsyncGenerator<Uint8Array> {
  const { budget, tally = { packed: 0, unpacked: 0 } } = options;
  const isPacked = isGzip(headOf(path, 2));
  if (isPacked) tally.packed += statSync(path).size;
  const file = createReadStream(path, { highWaterMark: PIECE });
  const pieces = isPacked ? file.pipe(createGunzip({ chunkSize: PIECE })) : file;
  if (isPacked) file.on('error', (error) => pieces.destroy(error));
  const most = isPacked ? mostUnpacked({ budget, tally }) : Number.POSITIVE_INFINITY;
  let length = 0;
  try {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      length += piece.length;
      const refusal = { where: path, of: 'bytes', error: (message: string) => new DatasetError(message) };
      checkBudget({ bytes: length }, budget, refusal);
      if (length > most)
        throw new DatasetError(
          `${path}: expected at most ${most} bytes when unpacked, got more; unpack it first, or raise the budget of expansion`,
        );
      yield piece;
    }
    if (isPacked) tally.unpacked += length;
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    const code = errorCode(error);
    if (!code.startsWith('Z_')) throw unreadableFile(path, error);
    throw new DatasetError(`${path}: expected a whole gzip file, got a damaged one (${code}); fetch it again`);
  } finally {
    file.destroy();
    pieces.destroy();
  }
}

/** The bytes that one more packed file may unpack to, whose own size is counted already. */
export function mostUnpacked({ budget, tally }: BudgetOptions & { readonly tally: UnpackedTally }): number {
  return Math.max(UNSUSPICIOUS, limitOf('expansion', budget) * tally.packed) - tally.unpacked;
}

/**
 * The first bytes of a file.
 *
 * @throws DatasetError when it cannot be read
 */
export function headOf(path: string, length: number): Uint8Array {
  return bytesAt(path, 0, length);
}

/** The bytes from a position on, fewer at the end of the file. */
export function bytesAt(path: string, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  try {
    checkRegular(path, { error: (message) => new DatasetError(message) });
    const descriptor = openSync(path, 'r');
    try {
      let read = 0;
      while (read < length) {
        const count = readSync(descriptor, bytes, read, length - read, position + read);
        if (count === 0) break;
        read += count;
      }
      return bytes.subarray(0, read);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw error instanceof DatasetError ? error : unreadableFile(path, error);
  }
}
