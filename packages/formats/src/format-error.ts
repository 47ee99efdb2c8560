/**
 * The one error of this package, and how its messages show values of a file.
 */

/** A file that violates its format, or data that the format cannot store. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** How messages show values of a file. */
export { shown } from '@longhand/schema';
