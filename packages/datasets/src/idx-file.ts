/**
 * IDX files on disk, plain or compressed by gzip. Node's `gunzipSync` reads files of several gzip members, and is bounded.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DatasetError, errorCode, unreadableFile } from './dataset-error';
import { type IdxArray, type IdxSource, readIdx, writeIdx } from './idx';

/** A gibibyte, twice the largest known relative of MNIST: a bound for decompression bombs. */
const LARGEST_UNPACKED = 2 ** 30;

/** Limits for reading an IDX file. */
export interface IdxFileOptions {
  /** The most bytes that a gzip file may decompress to. Default: 2³⁰. */
  readonly largestUnpacked?: number;
}

/**
 * Reads an IDX file, plain or gzip; the bytes tell which. A missing file is looked for with `.gz` appended or removed.
 *
 * @throws DatasetError when there is no such file, it cannot be read, or it is not a whole IDX file
 * @example readIdxFile('train-labels-idx1-ubyte').shape // [60000]
 */
export function readIdxFile(path: string, options: IdxFileOptions = {}): IdxArray {
  return readIdx(readDecompressed(path, options), path);
}

/**
 * Writes an IDX file, compressed by gzip if `path` ends with `.gz`. The write is atomic: the file appears whole or not at all.
 *
 * @throws DatasetError when the shape does not match the data, or the file cannot be written
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

/**
 * The bytes of a file, decompressed if they are gzip's. A missing file is looked for with `.gz` appended or removed.
 *
 * @throws DatasetError when there is no such file, it cannot be read, or it decompresses to more than allowed
 */
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
