/**
 * Text styles that can be switched off, so that the caller decides once whether to use color. Forty lines instead of a library:
 * `util.styleText` is Node's alone, picocolors has no styles in pages, yoctocolors decides by the environment when it is
 * imported, and chalk is ten times as long.
 */

/** A function that styles a text. */
export type Style = (text: string) => string;

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  /** The background of a bar that is not full yet. */
  track: [100, 49],
} as const;

/** All styles. */
export type Styles = Readonly<Record<keyof typeof codes, Style>>;

/**
 * The styles, or with `color: false` functions that change nothing. Styles may be put inside each other.
 *
 * @example styles({ color: false }).bold('98.9 %'); // '98.9 %'
 */
export function styles({ color }: { readonly color: boolean }): Styles {
  const entries = Object.entries(codes).map(([name, [on, off]]) => [
    name,
    color ? styled(`\u001b[${on}m`, `\u001b[${off}m`) : (text: string) => text,
  ]);
  return Object.fromEntries(entries) as Styles;
}

/** Bold and dim end with the same code, and so do all colors: after an inner end the outer style begins again. */
function styled(on: string, off: string): Style {
  return (text) => (text === '' ? '' : on + text.replaceAll(off, off + on) + off);
}
