/**
 * Parquet files as Hugging Face has them: a column of pictures (a struct of bytes and a path, or nested lists of numbers), a column of
 * labels, and the names of classes in the metadata. Files are shards of a part by their names: `train-00000-of-00001.parquet`.
 *
 * `hyparquet` reads them in JavaScript alone: about 10 kB, kept well, no dependencies.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkBudget } from '@longhand/schema';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { decodeImage } from '../codecs/decode-image';
import { DatasetError, unreadableFile } from '../dataset-error';
import type { RasterImage } from '../image';
import { type DataEntry, folderOf, lastOf } from './data-entry';
import { imagesOf, pixelRange } from './number-array';
import { type ParquetColumns, parquetColumns } from './parquet-columns';
import { type PicturePlan, PictureStack, planPictures } from './picture-stack';
import { bytesAt } from './pieces';
import { assigned, type RawData, type RawLabels, type RawPart, type ReadOptions, splitInName } from './raw-data';

/** A file with its metadata. */
interface ParquetFile {
  readonly path: string;
  readonly split: ReturnType<typeof splitInName>;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: ParquetColumns;
}

/** The parts of a data set in Parquet files. */
export async function loadParquet(entry: DataEntry, files: readonly string[], options: ReadOptions): Promise<RawData> {
  const opened: ParquetFile[] = [];
  for (const file of files)
    opened.push(
      await open(join(entry.folder, file), splitInName(lastOf(file)) ?? splitInName(folderOf(file)), options),
    );
  const parts: { split: ParquetFile['split']; part: RawPart }[] = [];
  const notes = new Set<string>();
  let plan: PicturePlan | undefined;
  const splits = (['train', undefined, 'validation', 'test'] as const).filter((split) =>
    opened.some((file) => file.split === split),
  );
  for (const split of splits) {
    const shards = opened.filter((file) => file.split === split);
    const read = await readShards(shards, plan, options);
    plan ??= read.plan;
    if (read.words !== '') notes.add(read.words);
    parts.push({ split, part: read.part });
  }
  const [{ columns }] = opened;
  return {
    kind: 'Parquet files',
    name: entry.name,
    ...(columns.names && {
      names: new Map(columns.names.map((name, label) => [label, name])),
      namesFile: opened[0].path,
    }),
    ...assigned(parts, [...notes]),
  };
}

async function open(path: string, split: ParquetFile['split'], options: ReadOptions): Promise<ParquetFile> {
  const error = (message: string): DatasetError => new DatasetError(message);
  let byteLength: number;
  try {
    byteLength = statSync(path).size;
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
  checkBudget({ bytes: byteLength }, options.budget, { where: path, of: 'bytes', error });
  const buffer: AsyncBuffer = {
    byteLength,
    slice: (start, end = byteLength) => {
      const bytes = bytesAt(path, start, Math.max(0, Math.min(end, byteLength) - start));
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    },
  };
  const metadata = await reading(path, () => parquetMetadataAsync(buffer, { geoparquet: false }));
  const rows = Number(metadata.num_rows);
  checkBudget({ files: rows }, options.budget, { where: path, of: 'rows', error });
  for (const { total_byte_size, num_rows } of metadata.row_groups) {
    const group = { bytes: Number(total_byte_size), files: Number(num_rows) };
    checkBudget(group, options.budget, { where: path, of: 'bytes or rows in a row group', error });
  }
  return { path, split, buffer, metadata, columns: parquetColumns(metadata, path) };
}

/** What the library throws at a damaged file is of all kinds. */
async function reading<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    const message = error instanceof Error ? error.message.split('\n')[0].slice(0, 100) : String(error);
    throw new DatasetError(`${path}: expected a whole Parquet file, got the fault: ${message}; fetch it again`);
  }
}

/** The rows of a file, a row group at a time. */
async function* rowsOf({
  path,
  buffer,
  metadata,
  columns,
}: ParquetFile): AsyncGenerator<readonly Record<string, unknown>[]> {
  const names = [columns.image, ...(columns.label === undefined ? [] : [columns.label])];
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = start + Number(num_rows);
    yield await reading(path, () =>
      parquetReadObjects({
        file: buffer,
        metadata,
        columns: names,
        rowStart: start,
        rowEnd: end,
        compressors,
        utf8: false,
      }),
    );
    start = end;
  }
}

async function readShards(shards: readonly ParquetFile[], given: PicturePlan | undefined, options: ReadOptions) {
  const total = shards.reduce((sum, { metadata }) => sum + Number(metadata.num_rows), 0);
  const [{ path: where }] = shards;
  const labels = new LabelColumn(where);
  let plan = given;
  let stack: PictureStack | undefined;
  const lists: number[][] = [];
  for (const shard of shards) {
    for await (const rows of rowsOf(shard)) {
      for (const row of rows) if (shard.columns.label !== undefined) labels.add(row[shard.columns.label]);
      const [first] = rows;
      if (first === undefined) continue;
      const imageOf = (row: Record<string, unknown>): unknown => row[shard.columns.image];
      if (Array.isArray(imageOf(first))) {
        for (const row of rows) lists.push(flattened(imageOf(row)));
        continue;
      }
      const decode = (row: Record<string, unknown>): RasterImage => pictureIn(imageOf(row), shard.path, options);
      plan ??= planPictures(rows.slice(0, 256).map(decode), options.size);
      stack ??= new PictureStack(plan, total);
      for (const row of rows) stack.add(decode(row));
      options.onProgress?.(stack.count, total);
    }
  }
  const rawLabels = labels.labels;
  if (stack !== undefined) {
    const part: RawPart = { ...stack.part, where, ...(rawLabels && { labels: rawLabels }) };
    return { plan: stack.plan, part, words: stack.plan.words };
  }
  if (lists.length === 0) throw new DatasetError(`${where}: expected rows with pictures, got none`);
  return { plan, ...listedPart(lists, where, rawLabels) };
}

/** Images that are lists of numbers. */
function listedPart(lists: readonly (readonly number[])[], where: string, labels: RawLabels | undefined) {
  const [{ length }] = lists;
  if (lists.some((list) => list.length !== length)) {
    throw new DatasetError(`${where}: expected pictures of one size in its lists, got several; save them as PNG`);
  }
  const data = Float32Array.from(
    { length: lists.length * length },
    (_, at) => lists[Math.floor(at / length)][at % length],
  );
  const array = { shape: [lists.length, length], data, where };
  const range = pixelRange(array);
  const part: RawPart = { ...imagesOf(array, range), ...(labels && { labels }) };
  return { part, words: range.words === '' ? '' : `${range.words} became bytes` };
}

function flattened(value: unknown): number[] {
  if (!Array.isArray(value)) return [Number(value)];
  return value.flat(4).map(Number);
}

function pictureIn(value: unknown, path: string, options: ReadOptions): RasterImage {
  const bytes = value instanceof Uint8Array ? value : (value as { readonly bytes?: unknown } | null)?.bytes;
  if (bytes instanceof Uint8Array) return decodeImage(bytes, { ...options, name: `${path}: a picture` });
  throw new DatasetError(
    `${path}: expected the bytes of a picture in each row, got none; save the pictures themselves, not their paths`,
  );
}

/** Labels as they come, whole numbers or texts; −1 stands for none. */
class LabelColumn {
  readonly #where: string;
  readonly #values: number[] = [];
  readonly #names = new Map<string, number>();
  #hasNumbers = false;

  constructor(where: string) {
    this.#where = where;
  }

  add(value: unknown): void {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      this.#hasNumbers = true;
      this.#values.push(Number(value));
      return;
    }
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      throw new DatasetError(
        `${this.#where}: expected a number or a text as label, got ${value === null ? 'none' : typeof value}`,
      );
    }
    const name = typeof value === 'string' ? value : new TextDecoder().decode(value);
    const index = this.#names.get(name) ?? this.#names.size;
    this.#names.set(name, index);
    this.#values.push(index);
  }

  get labels(): RawLabels | undefined {
    const values = this.#values;
    if (values.length === 0 || (this.#hasNumbers && values.every((value) => value === -1))) return undefined;
    if (this.#names.size > 0 && this.#hasNumbers) {
      throw new DatasetError(`${this.#where}: expected labels of one kind, got numbers and texts`);
    }
    if (this.#names.size > 0) return { kind: 'names', values, names: [...this.#names.keys()] };
    const wrong = values.find((value) => !Number.isInteger(value) || value < 0);
    if (wrong === undefined) return { kind: 'numbers', values };
    throw new DatasetError(`${this.#where}: expected labels that are whole numbers from 0 on, got ${wrong}`);
  }
}
