/** The contract of a reader of data: one kind of files, found by their names and first bytes, then read. */
import type { DataEntry } from './data-entry';
import type { RawData, ReadOptions } from './raw-data';

/** Files of a reader's kind, found and not yet read. */
export interface FoundFiles {
  /** What they are, in a few words: `IDX files`. */
  readonly kind: string;
  /**
   * Reads them.
   *
   * @throws DatasetError when they are damaged, do not belong together, or ask for more than the budget
   */
  load(options: ReadOptions): Promise<RawData>;
}

/** A reader of one kind of files. */
export interface DataReader {
  /** What people call such files: `IDX files, as MNIST's`. */
  readonly title: string;
  /**
   * The files of this kind at a path; undefined when there are none. Looks at names and first bytes only.
   *
   * @throws DatasetError when there are several data sets to choose from
   */
  find(entry: DataEntry): FoundFiles | undefined;
}
