/**
 * The columns that a text takes in a terminal, and text padded, cut or broken to a number of columns, styled or not. The widths
 * of characters are those of `get-east-asian-width`. `string-width`, which is made of it, has no fast path for braille: a screen of
 * curves would take it eight milliseconds, here a tenth of one. `cli-truncate` and `wrap-ansi` would bring eight packages more.
 */
import { eastAsianWidth } from 'get-east-asian-width';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what this is about
const escapes = /(\u001b\[[\d;]*[A-Za-z])/;
const everyEscape = new RegExp(escapes, 'g');
/** A fast path for most of a screen: ASCII, a few signs, lines, blocks and braille, each a column wide. */
const singleWidth = /^[ -~·±×–…→\u2500-\u259f\u2800-\u28ff]*$/;
const invisible = /^[\p{Mark}\p{Control}\p{Format}]+$/u;
/** A character drawn as a picture: by itself, or because U+FE0F asks for it. */
const pictograph = /\ufe0f|\p{Emoji_Presentation}/u;
/** Made when it is first needed: that takes some milliseconds, and few texts do. */
let graphemes: Intl.Segmenter | undefined;

/**
 * The columns that a text takes in a terminal: escapes none, East Asian wide characters and pictographs two, combining marks
 * none.
 *
 * @example visibleWidth(styles({ color: true }).red('σ′')); // 2
 */
export function visibleWidth(text: string): number {
  const bare = text.includes('\u001b') ? text.replaceAll(everyEscape, '') : text;
  if (singleWidth.test(bare)) return bare.length;
  return pieces(text).reduce((width, piece) => width + piece.width, 0);
}

/**
 * The text with spaces before it, to a width in columns; longer text stays as it is.
 *
 * @example padStart('7', 3); // '  7'
 */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(width - visibleWidth(text), 0)) + text;
}

/**
 * The text with spaces after it, to a width in columns; longer text stays as it is.
 *
 * @example padEnd('7', 3); // '7  '
 */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - visibleWidth(text), 0));
}

/**
 * The text cut to at most a width in columns, with an ellipsis where something is missing. Escapes stay, so a style that
 * began before the cut still ends.
 *
 * @example truncate('ankle boot', 6); // 'ankle…'
 */
export function truncate(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let used = 0;
  let cut = false;
  let result = '';
  for (const piece of pieces(text)) {
    if (piece.escape) {
      result += piece.text;
    } else if (!cut && used + piece.width <= width - 1) {
      result += piece.text;
      used += piece.width;
    } else if (!cut) {
      cut = true;
      result += width >= 1 ? '…' : '';
    }
  }
  return result;
}

/**
 * Parts in a line, two spaces between. Parts that do not fit in the width go on in the next line.
 *
 * @param indent the spaces before every line but the first. Default: 2.
 * @example flow(['epoch 1/3', 'loss 0.2150', 'accuracy 93.39 %'], 30); // 'epoch 1/3  loss 0.2150\n  accuracy 93.39 %'
 */
export function flow(parts: readonly string[], width: number, indent = 2): string {
  const before = ' '.repeat(indent);
  let [line = '', ...rest] = parts;
  let lines = '';
  for (const part of rest) {
    const fits = visibleWidth(`${line}  ${part}`) <= width;
    if (!fits) lines += `${line}\n`;
    line = fits ? `${line}  ${part}` : before + part;
  }
  return lines + line;
}

/**
 * Text broken at spaces into lines of at most a width in columns; a longer word stays whole.
 *
 * @example wrap('a bb c', 4); // [ 'a bb', 'c' ]
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && visibleWidth(last) + 1 + visibleWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Piece {
  readonly text: string;
  readonly width: number;
  readonly escape: boolean;
}

/** A text as escapes and graphemes. */
function pieces(text: string): readonly Piece[] {
  // Splitting at a group keeps the group: every second part is an escape.
  return text.split(escapes).flatMap((part, at): readonly Piece[] => {
    if (at % 2 === 1) return [{ text: part, width: 0, escape: true }];
    graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
    return Array.from(graphemes.segment(part), ({ segment }) => ({
      text: segment,
      width: graphemeWidth(segment),
      escape: false,
    }));
  });
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return pictograph.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}
