/** A file with the name of a class in each line. */
import type { BudgetOptions } from '@longhand/schema';
import { parseClassNames } from './class-names';
import { DatasetError, unreadableFile } from './dataset-error';
import { readBounded } from './read-bounded';

/** @throws DatasetError when it cannot be read or is no text */
export function readClassNames(file: string, { budget }: BudgetOptions): readonly string[] {
  try {
    const bytes = readBounded(file, { limit: 'textBytes', budget, error: (message) => new DatasetError(message) });
    return parseClassNames(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    if (!(error instanceof TypeError)) throw unreadableFile(file, error);
    throw new DatasetError(`${file}: expected a text with the name of a class in each line, got something else`);
  }
}
