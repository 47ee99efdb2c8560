/** How messages show a value that came from outside. */

const longest = 80;

/**
 * A value on one line, cut off where it would fill the screen.
 *
 * @example shown({ mean: 1 }) // '{"mean":1}'
 */
export function shown(value: unknown): string {
  const text = jsonOf(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function jsonOf(value: unknown): string {
  // JSON has no word for these, and would show null.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  try {
    return JSON.stringify(value) ?? (value === undefined ? 'none' : `a ${typeof value}`);
  } catch {
    // Nested deeper than the stack, in a circle, or with a bigint in it.
    return `a ${typeof value} that JSON cannot hold`;
  }
}
