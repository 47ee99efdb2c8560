/** How messages and tables show what came from outside. */

const longest = 80;

/**
 * A value on one line, as JSON, cut off where it would fill the screen.
 *
 * @example shown({ mean: 1 }) // '{"mean":1}'
 */
export function shown(value: unknown): string {
  // Of a long list only the beginning can be seen; a text of megabytes would be made of the whole.
  const part = Array.isArray(value) && value.length > longest ? value.slice(0, longest) : value;
  return printable(jsonOf(part), longest);
}

/**
 * A text from outside on one line: characters that would move the cursor, color the screen or turn the direction of writing
 * around are made visible, and what is longer than a line is cut.
 *
 * @param most the most characters. Default: those of a line, 80.
 * @example printable('a\u001b[31mb') // 'a␛[31mb'
 */
export function printable(text: string, most = longest): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(invisible, pictureOf);
}

/** Control characters, line separators, half characters, and signs that turn the direction of writing around. */
const invisible = /[\p{Control}\p{Surrogate}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Unicode has pictures of the control characters of ASCII; the others become the sign of an unknown one. */
function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

function jsonOf(value: unknown): string {
  // JSON has no word for these, and would show null.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 2 * longest));
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
