/**
 * The one error of this package, and how its messages show values of a file.
 */

/** A file that violates its format, or data that the format cannot store. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const MAX_SHOWN = 60;

/** A value of a file as messages show it: on one line, and truncated. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
