/**
 * IDX files on disk, plain or packed by gzip. The rest of IDX knows nothing of files.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DatasetError, errorCode, unreadableFile } from './dataset-error';
import { type IdxArray, type IdxSource, readIdx, writeIdx } from './idx';

/** A gigabyte: twice the largest known relative of MNIST. A small packed file can claim to hold anything. */
const LARGEST_UNPACKED = 2 ** 30;

/** How the bytes of an IDX file may be read. */
export interface IdxFileOptions {
  /** The most bytes a packed file may unpack to; a gigabyte when left out. */
  readonly largestUnpacked?: number;
}

/**
 * The contents of an IDX file, found under `path` or with `.gz` added or taken away; whether it is packed, its bytes tell.
 *
 * @throws DatasetError when there is no such file, or it holds no whole IDX
 * @example readIdxFile('train-labels-idx1-ubyte').shape // [60000]
 */
export function readIdxFile(path: string, options: IdxFileOptions = {}): IdxArray {
  return readIdx(readDecompressed(path, options), path);
}

/**
 * Writes an IDX file, packed when `path` ends with `.gz`. The file appears whole or not at all.
 *
 * @throws DatasetError when the contents are none of an IDX file, or the file cannot be written
 * @example writeIdxFile('labels.gz', { shape: [3], data: Uint8Array.of(5, 0, 4) })
 */
export function writeIdxFile(path: string, source: IdxSource): void {
  const bytes = writeIdx(source);
  const unfinished = `${path}.unfinished`;
  try {
    writeFileSync(unfinished, path.endsWith('.gz') ? gzipSync(bytes) : bytes);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new DatasetError(`${path}: the file cannot be written (${errorCode(error)}); check folder and permissions`);
  }
}

/** The bytes of a file, unpacked when they are gzip's. */
export function readDecompressed(
  path: string,
  { largestUnpacked = LARGEST_UNPACKED }: IdxFileOptions = {},
): Uint8Array {
  const bytes = readEither(path, path.endsWith('.gz') ? path.slice(0, -3) : `${path}.gz`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestUnpacked });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
      throw new DatasetError(
        `${path}: expected at most ${largestUnpacked} bytes when unpacked, got more; unpack it first`,
      );
    }
    throw new DatasetError(
      `${path}: expected a whole gzip file, got a damaged one (${errorCode(error)}); fetch it again`,
    );
  }
}

function readEither(path: string, other: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unreadableFile(path, error);
  }
  try {
    return readFileSync(other);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unreadableFile(other, error);
    throw new DatasetError(`${path}: expected an IDX file, plain or .gz, got none of this name; check the path`);
  }
}
