/** Pages of text, which are refused: whatever a digit network makes of letters is nonsense. */
import { DatasetError } from '@longhand/datasets';

/** One digit has fewer strokes, and they stand in fewer rows. */
const MOST_STROKES = 24;
const MOST_ROWS = 2;
/** Of digits, one in a hundred is less probable than this; of letters, many are. */
const PROBABLE = 0.8;
const MOST_IMPROBABLE = 0.2;

/**
 * Refuses a picture of one digit that shows rows of writing.
 *
 * @throws DatasetError of one line
 */
export function refuseText(rows: readonly { readonly strokes: readonly number[] }[], name: string): void {
  const count = rows.reduce((sum, { strokes }) => sum + strokes.length, 0);
  if (rows.length <= MOST_ROWS || count <= MOST_STROKES) return;
  throw new DatasetError(
    `${name}: expected a digit, got ${count} strokes in ${rows.length} rows, as on a page of text; cut the digit out`,
  );
}

/**
 * Refuses rows of characters that are not digits, as far as the classifier knows.
 *
 * @param probabilities of the most probable class of each
 * @throws DatasetError of one line
 */
export function refuseLetters(probabilities: readonly number[], rows: number, name: string): void {
  if (rows <= MOST_ROWS || probabilities.length <= MOST_STROKES) return;
  const improbable = probabilities.filter((probability) => probability < PROBABLE).length;
  if (improbable <= MOST_IMPROBABLE * probabilities.length) return;
  throw new DatasetError(
    `${name}: expected rows of digits, got ${probabilities.length} characters in ${rows} rows, ${improbable} of them unlike digits, as on a page of text; cut the digits out`,
  );
}
