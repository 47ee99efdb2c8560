/** The names of classes. */
import { DatasetError } from './dataset-error';

/**
 * Parses a text with one name a line, in the order of the labels. Spaces around a name and empty lines at the end are
 * ignored.
 *
 * @example parseClassNames('T-shirt\nTrouser\n'); // [ 'T-shirt', 'Trouser' ]
 */
export function parseClassNames(text: string): readonly string[] {
  return text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim());
}

/** The classes that names are for. */
export interface ClassesToName {
  /** The data set. */
  readonly name: string;
  readonly classes: number;
  /** The label of the first class in the files. Default: 0. */
  readonly firstLabel?: number;
}

/**
 * Checks the names of a data set's classes: one for each class, none empty, no two alike, no control characters.
 *
 * @param where the source of the names, for messages
 * @throws DatasetError when the names do not match the classes
 * @example checkClassNames('classes.txt', ['above'], { name: 'halves', classes: 2 }); // throws: classes.txt: …
 */
export function checkClassNames(
  where: string,
  names: readonly string[],
  { name, classes, firstLabel = 0 }: ClassesToName,
): void {
  if (names.length !== classes) {
    throw new DatasetError(
      `${where}: expected ${classes} names, one for each label from ${firstLabel} to ${firstLabel + classes - 1} of ${name}, got ${names.length}`,
    );
  }
  const empty = names.indexOf('');
  if (empty !== -1) throw new DatasetError(`${where}: expected a name for label ${firstLabel + empty}, got none`);
  const twice = names.find((one, at) => names.indexOf(one) !== at);
  if (twice !== undefined) {
    throw new DatasetError(
      `${where}: expected every name once, got '${twice}' for labels ${firstLabel + names.indexOf(twice)} and ${firstLabel + names.lastIndexOf(twice)}`,
    );
  }
  const strange = names.findIndex((one) => /\p{Control}/u.test(one));
  if (strange !== -1) {
    throw new DatasetError(
      `${where}: expected a name that can be printed for label ${firstLabel + strange}, got control characters`,
    );
  }
}
