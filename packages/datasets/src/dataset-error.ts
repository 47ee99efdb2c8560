/** The one error of this package. */

/** Data that is missing, damaged or not what it should be. The message is one line: where, what was expected, what came. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}
