/**
 * The JSON of an untrusted header. `JSON.parse` runs no code, but of two equal keys it keeps the last one, and it builds
 * objects of any depth. Both are refused on the text: after parsing, nobody could see them any more.
 */
import { type BudgetOptions, checkJsonText } from '@longhand/schema';
import { FormatError } from './format-error';

/**
 * The value of a JSON text.
 *
 * @throws FormatError for text that is not JSON, a key written twice in one object, or more than the budget allows
 */
export function parseHeaderJson(text: string, where: string, { budget }: BudgetOptions): unknown {
  try {
    checkJsonText(text, { where, budget, distinctKeys: true, error: (message) => new FormatError(message) });
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(`${where}: expected JSON as the header, got other text; export the file again`);
  }
}
