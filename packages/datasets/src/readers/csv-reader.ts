/**
 * Tables of numbers with an image in each row: Kaggle's `train.csv` (label, pixel0, …) with an unlabeled `test.csv`, MNIST and EMNIST
 * as CSV without a header, Sign Language MNIST, UCI's optical digits (the label last), Semeion (one-hot), USPS (`zip.train`).
 */
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { DatasetError } from '../dataset-error';
import { isGzip } from '../idx-file';
import { columnsIn } from './csv-columns';
import { readTable, type Table } from './csv-table';
import { type DataEntry, familyInName, folderOf, grouped, lastOf, severalSets } from './data-entry';
import { emnistNames } from './emnist';
import { imagesOf, pixelRange } from './number-array';
import { headOf } from './pieces';
import { assigned, type RawData, type RawPart, type ReadOptions, splitInName } from './raw-data';
import type { DataReader } from './reader';

export const csvReader: DataReader = {
  title: 'tables of pixels, as Kaggle’s train.csv',
  find(entry) {
    const files = entry.files.filter((file) => isTable(file) && hasPixels(join(entry.folder, file)));
    if (files.length === 0) return undefined;
    const sets = grouped(files, (file) => `${folderOf(file)}\0${familyInName(stemOf(file))}`);
    if (sets.length > 1) {
      throw severalSets(
        entry,
        sets.map(([file]) => file),
      );
    }
    return { kind: 'a table of pixels', load: (options) => load(entry, files, options) };
  },
};

function isTable(file: string): boolean {
  return /(\.(csv|tsv|data|tra|tes)|^zip\.(train|test))(\.gz)?$/i.test(lastOf(file));
}

function stemOf(file: string): string {
  return lastOf(file)
    .replace(/\.gz$/i, '')
    .replace(/\.(csv|tsv|data)$/i, '');
}

/** Whether the first lines are those of a table of pixels. */
function hasPixels(path: string): boolean {
  const head = headOf(path, 2 ** 16);
  try {
    const bytes = isGzip(head) ? gunzipSync(head.subarray(0, 8192), { finishFlush: constants.Z_SYNC_FLUSH }) : head;
    return columnsIn(new TextDecoder('latin1').decode(bytes)) !== undefined;
  } catch {
    return false;
  }
}

async function load(entry: DataEntry, files: readonly string[], options: ReadOptions): Promise<RawData> {
  const tables: { readonly file: string; readonly table: Table }[] = [];
  for (const file of files) tables.push({ file, table: await readTable(join(entry.folder, file), options) });
  const trained = tables.find(({ file }) => splitInName(stemOf(file)) !== 'test') ?? tables[0];
  const range = pixelRange(trained.table.pixels);
  const parts = tables.map(({ file, table }) => {
    const images = imagesOf(table.pixels, range);
    const part: RawPart = { ...images, ...(table.labels && { labels: table.labels }) };
    return { split: splitInName(stemOf(file)), part };
  });
  if (new Set(parts.flatMap(({ part }) => part.labels?.kind ?? [])).size > 1) {
    throw new DatasetError(`${entry.path}: expected labels of one kind in all files, got numbers and names`);
  }
  const names = emnistNames(`${entry.path}/${stemOf(files[0])}`);
  const notes = range.words === '' ? [] : [`${range.words} became bytes`];
  return {
    kind: 'a table of pixels',
    name: entry.name,
    ...(names && { names }),
    ...assigned(parts, notes),
  };
}
