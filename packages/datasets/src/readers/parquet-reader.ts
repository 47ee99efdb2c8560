/** Finds Parquet files. What reads them is loaded when there are any. */
import { folderOf, grouped, severalSets } from './data-entry';
import { splitInName } from './raw-data';
import type { DataReader } from './reader';

export const parquetReader: DataReader = {
  title: 'Parquet, as Hugging Face’s',
  find(entry) {
    const files = entry.files.filter((file) => /\.parquet$/i.test(file));
    if (files.length === 0) return undefined;
    // The shards of a part, and its parts in folders of their own: `train/0000.parquet`.
    const sets = grouped(files, (file) =>
      folderOf(file)
        .split('/')
        .filter((name) => splitInName(name) === undefined)
        .join('/'),
    );
    if (sets.length > 1)
      throw severalSets(
        entry,
        sets.map(([file]) => folderOf(file)),
      );
    return {
      kind: 'Parquet files',
      load: async (options) => (await import('./parquet-files')).loadParquet(entry, files, options),
    };
  },
};
