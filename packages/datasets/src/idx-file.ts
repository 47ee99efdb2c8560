/**
 * IDX files on disk, plain or compressed by gzip. Node's `gunzipSync` reads files of several gzip members, and is bounded.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { type BudgetOptions, limitOf } from '@longhand/schema';
import { DatasetError, errorCode, unreadableFile } from './dataset-error';
import { type IdxArray, type IdxSource, idxLength, readIdx, writeIdx } from './idx';
import { type BoundedReading, readBoundedInto } from './read-bounded';
import { sharedBytes } from './shared-bytes';

/** Up to here, how much a file unpacks to is not compared with its own size: a quarter of a gigabyte. */
export const UNSUSPICIOUS = 2 ** 28;

/**
 * Reads an IDX file, plain or gzip; the bytes tell which. A missing file is looked for with `.gz` appended or removed.
 *
 * @throws DatasetError when there is no such file, it cannot be read, or it is not a whole IDX file
 * @example
 * writeIdxFile('labels.gz', { shape: [3], data: Uint8Array.of(5, 0, 4) });
 * readIdxFile('labels.gz').shape; // [ 3 ]
 */
export function readIdxFile(path: string, options: BudgetOptions = {}): IdxArray {
  return readIdx(readDecompressed(path, { ...options, lengthOf: (head) => idxLength(head, path) }), path);
}

/**
 * Writes an IDX file, compressed by gzip if `path` ends with `.gz`. The write is atomic: the file appears whole or not at all.
 *
 * @throws DatasetError when the shape does not match the data, or the file cannot be written
 * @example
 * writeIdxFile('labels.gz', { shape: [3], data: Uint8Array.of(5, 0, 4) });
 * readIdxFile('labels.gz').data; // [ 5, 0, 4 ]
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

/** How a file is decompressed. */
export interface DecompressionOptions extends BudgetOptions {
  /** The length of a whole file, from its first bytes; its refusal comes before anything is unpacked. Default: not known. */
  readonly lengthOf?: ((head: Uint8Array) => number) | undefined;
}

/**
 * The bytes of a file, decompressed if they are gzip's. A missing file is looked for with `.gz` appended or removed.
 *
 * @throws DatasetError when there is no such file, it cannot be read, or it decompresses to more than the budget allows
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { gzipSync } from 'node:zlib';
 * writeFileSync('digits.gz', gzipSync(Uint8Array.of(5, 0, 4)));
 * readDecompressed('digits.gz'); // [ 5, 0, 4 ]
 */
export function readDecompressed(path: string, options: DecompressionOptions = {}): Uint8Array<ArrayBuffer> {
  return decompressedInto((length) => new Uint8Array(length), path, options);
}

/**
 * The same, of a plain file in memory that worker threads see: see `sharedBytes`. What is packed is unpacked into ordinary memory.
 *
 * @throws DatasetError as `readDecompressed` does
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('three.bin', Uint8Array.of(5, 0, 4));
 * readShared('three.bin'); // [ 5, 0, 4 ]
 */
export function readShared(path: string, options: DecompressionOptions = {}): Uint8Array {
  return decompressedInto(sharedBytes, path, options);
}

/**
 * The same, read by other threads while the caller's goes on, in parts side by side: memory that is new takes longer to be filled than a
 * file that was read lately takes to be read.
 *
 * @throws DatasetError as `readDecompressed` does
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('three.bin', Uint8Array.of(5, 0, 4));
 * await readSharedAsync('three.bin'); // [ 5, 0, 4 ]
 */
export async function readSharedAsync(path: string, options: DecompressionOptions = {}): Promise<Uint8Array> {
  // Whatever is not a plain file within the budget is read, or refused, in the usual way.
  const file = await open(path).catch(() => undefined);
  try {
    const status = await file?.stat();
    if (file !== undefined && status?.isFile() && status.size <= limitOf('bytes', options.budget)) {
      const bytes = sharedBytes(status.size);
      if ((await isReadInto(bytes, file)) && !isGzip(bytes)) {
        options.lengthOf?.(bytes);
        return bytes;
      }
    }
  } finally {
    await file?.close();
  }
  return readShared(path, options);
}

/** Parts that are read at a time: as many as Node has threads for files. */
const partsAtATime = 4;

/** Whether the file filled all of the bytes. */
async function isReadInto(bytes: Uint8Array, file: FileHandle): Promise<boolean> {
  const length = Math.ceil(bytes.length / partsAtATime);
  const read = async (from: number): Promise<number> => {
    const part = bytes.subarray(from, from + length);
    let count = 0;
    while (count < part.length) {
      const { bytesRead } = await file.read(part, count, part.length - count, from + count);
      if (bytesRead === 0) break;
      count += bytesRead;
    }
    return count;
  };
  const counts = await Promise.all(Array.from({ length: partsAtATime }, (_, at) => read(at * length)));
  return counts.reduce((sum, count) => sum + count, 0) === bytes.length;
}

function decompressedInto<Memory extends ArrayBufferLike>(
  allocate: (length: number) => Uint8Array<Memory>,
  path: string,
  { budget, lengthOf }: DecompressionOptions,
): Uint8Array<Memory | ArrayBuffer> {
  const other = path.endsWith('.gz') ? path.slice(0, -3) : `${path}.gz`;
  const judge = (head: Uint8Array): void => {
    if (!isGzip(head)) lengthOf?.(head);
  };
  const bytes = readEither(allocate, [path, other], { budget, judge });
  return isGzip(bytes) ? unpacked(bytes, path, { budget, lengthOf }) : bytes;
}

function unpacked(
  bytes: Uint8Array,
  path: string,
  { budget, lengthOf }: DecompressionOptions,
): Uint8Array<ArrayBuffer> {
  const expansion = Math.max(UNSUSPICIOUS, limitOf('expansion', budget) * bytes.length);
  const largest = Math.min(limitOf('bytes', budget), expansion);
  let length: number | undefined;
  try {
    // The header says how long the rest is: a file that asks for too much is not unpacked at all.
    length = lengthOf?.(beginningOf(bytes));
    if (length !== undefined && length > largest) throw tooLarge(path, largest, String(length));
    return gunzipSync(bytes, { maxOutputLength: length ?? largest, ...chunksFor(length, bytes) });
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    if (errorCode(error) !== 'ERR_BUFFER_TOO_LARGE') {
      throw new DatasetError(
        `${path}: expected a whole gzip file, got a damaged one (${errorCode(error)}); fetch it again`,
      );
    }
    throw length === undefined
      ? tooLarge(path, largest, 'more')
      : new DatasetError(`${path}: expected ${length} bytes, got more: the file is too long; fetch it again`);
  }
}

/** The budget of bytes, or of how much larger a file may become. */
function tooLarge(path: string, largest: number, got: string): DatasetError {
  return new DatasetError(
    `${path}: expected at most ${largest} bytes when unpacked, got ${got}; unpack it first, or raise the budget of bytes and expansion`,
  );
}

/** Whether a file with these first bytes is packed by gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of what is packed. Two kilobytes unpack to two megabytes at most. */
function beginningOf(bytes: Uint8Array): Uint8Array {
  return gunzipSync(bytes.subarray(0, 2048), { finishFlush: constants.Z_SYNC_FLUSH });
}

/** One piece for all that comes out, if the file can be so large: deflate packs 1032 bytes into one at most. */
function chunksFor(length: number | undefined, packed: Uint8Array): { readonly chunkSize?: number } {
  return length === undefined || length > 1032 * packed.length ? {} : { chunkSize: Math.max(64, length + 1) };
}

function readEither<Memory extends ArrayBufferLike>(
  allocate: (length: number) => Uint8Array<Memory>,
  [path, other]: readonly [string, string],
  reading: Pick<BoundedReading, 'budget' | 'judge'>,
): Uint8Array<Memory> {
  const read = (name: string): Uint8Array<Memory> | undefined => {
    try {
      return readBoundedInto(allocate, name, { ...reading, error: (message) => new DatasetError(message) });
    } catch (error) {
      if (error instanceof DatasetError) throw error;
      if (errorCode(error) !== 'ENOENT') throw unreadableFile(name, error);
      return undefined;
    }
  };
  const bytes = read(path) ?? read(other);
  if (bytes !== undefined) return bytes;
  throw new DatasetError(`${path}: expected an IDX file, plain or .gz, got none of this name; check the path`);
}
