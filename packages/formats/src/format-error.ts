/**
 * The one error of this package, and how its messages show what a file held.
 */

/** A file that does not hold what its format promises, or something that no file of the format can hold. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const MAX_SHOWN = 60;

/** A value out of a file as a message shows it: on one line, and cut off where it would fill the screen. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
