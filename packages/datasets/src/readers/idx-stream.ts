/** The bytes of large IDX files: read or decompressed piece by piece into memory that workers share, with no copy besides. */

import { statSync } from 'node:fs';
import { checkBudget } from '@longhand/schema';
import { DatasetError } from '../dataset-error';
import { type IdxArray, idxHeader, readIdx } from '../idx';
import { isGzip } from '../idx-file';
import { sharedBytes } from '../shared-bytes';
import { headOf, mostUnpacked, type PieceOptions, piecesOf } from './pieces';
import type { UnpackedTally } from './raw-data';

/** The largest header: 255 dimensions. */
const HEADER = 4 + 4 * 255;

/**
 * Reads an IDX file, plain or gzip. Bytes are in shared memory; numbers of other types are in an array of their own.
 *
 * @throws DatasetError when it cannot be read, is no whole IDX file, or asks for more than the budget
 * @example await streamIdxFile('train-images-idx3-ubyte.gz', {})
 */
export async function streamIdxFile(path: string, options: PieceOptions): Promise<IdxArray> {
  const counted = { ...options, tally: options.tally ?? { packed: 0, unpacked: 0 } };
  let header: ReturnType<typeof idxHeader> | undefined;
  let whole = new Uint8Array(0) as Uint8Array;
  let seen = 0;
  for await (const piece of piecesOf(path, counted)) {
    if (header === undefined) {
      // The first piece has the whole header, unless the file is cut.
      header = idxHeader(piece.subarray(0, HEADER), path);
      checkLength(header.length, path, counted);
      whole = sharedBytes(header.length);
    }
    if (seen + piece.length > header.length) throw otherLength(path, header.length, seen + piece.length);
    whole.set(piece, seen);
    seen += piece.length;
  }
  if (header === undefined) throw otherLength(path, 4, 0);
  if (seen !== header.length) throw otherLength(path, header.length, seen);
  return readIdx(whole, path);
}

/** The header says how long the rest is: a file that asks for too much is not unpacked at all. */
function checkLength(length: number, path: string, options: PieceOptions & { readonly tally: UnpackedTally }): void {
  const error = (message: string): DatasetError => new DatasetError(message);
  checkBudget({ bytes: length }, options.budget, { where: path, of: 'bytes', error });
  if (!isGzip(headOf(path, 2))) {
    const { size } = statSync(path);
    if (length > size) throw otherLength(path, length, size);
    return;
  }
  const most = mostUnpacked(options);
  if (length <= most) return;
  throw error(
    `${path}: expected at most ${most} bytes when unpacked, got ${length}; unpack it first, or raise the budget of expansion`,
  );
}

function otherLength(path: string, expected: number, got: number): DatasetError {
  const [count, fault] = got < expected ? [String(got), 'cut short'] : ['more', 'too long'];
  return new DatasetError(`${path}: expected ${expected} bytes, got ${count}: the file is ${fault}; fetch it again`);
}
