/**
 * Decoded pictures of a folder, kept in a file: a header as a line of JSON, then the bytes of all parts. It is found by paths, sizes and
 * times of all files; removing it costs nothing but the time to decode them again.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '@longhand/schema';
import { sharedBytes } from '../shared-bytes';
import type { DataEntry } from './data-entry';
import type { DecodedPart, DecodedPictures, ListedPicture } from './decoded-pictures';
import type { PicturePlan } from './picture-stack';
import { bytesAt } from './pieces';
import type { ReadOptions } from './raw-data';

/** Fewer pictures are decoded as fast as they are found. */
const LEAST_KEPT = 2000;
const VERSION = 'longhand pictures 1';
const LONGEST_HEADER = 2 ** 22;

interface Header {
  readonly version: typeof VERSION;
  readonly checksum: string;
  readonly plan: PicturePlan;
  readonly parts: readonly Omit<DecodedPart, 'images'>[];
}

/** The decoded pictures of a folder that were kept before; undefined when there are none, or the file is damaged. */
export function cachedPictures(
  entry: DataEntry,
  pictures: readonly ListedPicture[],
  options: ReadOptions,
): DecodedPictures | undefined {
  const file = cacheFile(entry, pictures, options);
  if (file === undefined || !existsSync(file)) return undefined;
  try {
    const head = bytesAt(file, 0, LONGEST_HEADER);
    const end = head.indexOf(10);
    const header = JSON.parse(new TextDecoder().decode(head.subarray(0, end))) as Header;
    if (!isRecord(header) || header.version !== VERSION) return undefined;
    const { height, width, channels } = header.plan;
    const total = header.parts.reduce((sum, { count }) => sum + count, 0);
    if (!(total <= pictures.length)) return undefined;
    const bytes = sharedBytes(total * height * width * channels);
    if (fill(file, bytes, end + 1) < bytes.length || checksumOf(bytes) !== header.checksum) return undefined;
    let at = 0;
    const parts = header.parts.map((part): DecodedPart => {
      const from = at;
      at += part.count * height * width * channels;
      const { split, ...rest } = part;
      return { ...rest, split, images: bytes.subarray(from, at) };
    });
    return { plan: header.plan, parts };
  } catch {
    return undefined;
  }
}

/** Keeps decoded pictures. Where that cannot be written, nothing is kept. */
export function keepPictures(
  entry: DataEntry,
  pictures: readonly ListedPicture[],
  { plan, parts }: DecodedPictures,
  options: ReadOptions,
): void {
  const file = cacheFile(entry, pictures, options);
  if (file === undefined || options.cache === undefined) return;
  const unfinished = `${file}.${process.pid}`;
  const header: Header = {
    version: VERSION,
    checksum: checksumOf(...parts.map(({ images }) => images)),
    plan,
    parts: parts.map(({ images: _, ...part }) => part),
  };
  try {
    mkdirSync(options.cache, { recursive: true });
    const descriptor = openSync(unfinished, 'w');
    try {
      writeWhole(descriptor, new TextEncoder().encode(`${JSON.stringify(header)}\n`));
      for (const { images } of parts) writeWhole(descriptor, images);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
  } catch {
    rmSync(unfinished, { force: true });
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/** @returns how many bytes there were */
function fill(file: string, into: Uint8Array, from: number): number {
  const descriptor = openSync(file, 'r');
  try {
    let at = 0;
    while (at < into.length) {
      const count = readSync(descriptor, into, at, into.length - at, from + at);
      if (count === 0) break;
      at += count;
    }
    return at;
  } finally {
    closeSync(descriptor);
  }
}

function checksumOf(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function cacheFile(
  { folder }: DataEntry,
  pictures: readonly ListedPicture[],
  { cache, size }: ReadOptions,
): string | undefined {
  if (cache === undefined || pictures.length < LEAST_KEPT) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([VERSION, size ?? null]));
  for (const { file } of pictures) {
    const { size, mtimeMs } = statSync(join(folder, file));
    hash.update(`${file}\0${size} ${mtimeMs}\n`);
  }
  return join(cache, `${hash.digest('hex').slice(0, 32)}.pictures`);
}
