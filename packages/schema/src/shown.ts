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
  if (ArrayBuffer.isView(value)) return kindOf(value);
  try {
    return JSON.stringify(value, withoutNumbers) ?? (value === undefined ? 'none' : kindOf(value));
  } catch {
    // Nested deeper than the stack, in a circle, or with a bigint in it.
    return `a ${typeof value} that JSON cannot hold`;
  }
}

/** Typed arrays by their kind and length: nobody reads a million numbers. */
function withoutNumbers(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? `${kindOf(value)} of ${value.byteLength} bytes` : value;
}

/**
 * What kind of thing a value is, in words.
 *
 * @example kindOf(new Float32Array(3)) // 'a Float32Array'
 */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  const { name } = (value as object).constructor ?? {};
  const noun = typeof value === 'object' && name ? name : typeof value;
  return `${/^[aei]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
