/** Files with the names of classes. */
import type { BudgetOptions } from '@longhand/schema';
import { parseClassNames } from './class-names';
import { DatasetError, unreadableFile } from './dataset-error';
import { readBounded } from './read-bounded';
import type { ListedNames } from './readers/class-labels';

/**
 * The name of a class in each line.
 *
 * @throws DatasetError when the file cannot be read or is no text
 */
export function readClassNames(file: string, options: BudgetOptions): readonly string[] {
  return parseClassNames(readText(file, options));
}

/**
 * A class map as KMNIST and K49 have them: `index,codepoint,char`.
 *
 * @throws DatasetError when the file cannot be read or is no text
 */
export function readClassMap(file: string, options: BudgetOptions): ListedNames {
  const [, ...lines] = parseClassNames(readText(file, options));
  return { file, names: lines.map((line) => line.split(',').at(-1) ?? '') };
}

function readText(file: string, { budget }: BudgetOptions): string {
  try {
    const bytes = readBounded(file, { limit: 'textBytes', budget, error: (message) => new DatasetError(message) });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    if (!(error instanceof TypeError)) throw unreadableFile(file, error);
    throw new DatasetError(`${file}: expected a text with the name of a class in each line, got something else`);
  }
}
