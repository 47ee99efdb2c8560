/** Text styles that can be switched off, and the width of text that has them. */

/** A function that dresses a text. */
export type Style = (text: string) => string;

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** The styles there are. */
export type Styles = Readonly<Record<keyof typeof codes, Style>>;

/**
 * The styles, or with `color: false` functions that change nothing.
 *
 * @example styles({ color: true }).bold('98.9 %')
 */
export function styles({ color }: { readonly color: boolean }): Styles {
  const entries = Object.entries(codes).map(([name, [on, off]]) => [
    name,
    color ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text,
  ]);
  return Object.fromEntries(entries) as Styles;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what this is about
const escapes = /\u001b\[[\d;]*[A-Za-z]/g;

/**
 * How many columns a text takes in a terminal: escapes take none, East Asian wide characters and pictographs two,
 * marks that combine with the character before them none.
 *
 * @example visibleWidth(styles({ color: true }).red('σ′')) // 2
 */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(escapes, '')) {
    if (/\p{Mark}|\u200d|\ufe0f/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/** The text with spaces before or after it, to a width; longer text stays as it is. */
export function align(text: string, width: number, side: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(width - visibleWidth(text), 0));
  return side === 'left' ? text + space : space + text;
}
