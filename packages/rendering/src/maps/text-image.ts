/**
 * Short text as pixels, for image grids: capitals of three by five pixels, as old displays had them. A library that draws
 * fonts would be larger than this package.
 */
import type { RasterImage } from '@longhand/datasets';
import { gridGray } from './image-grid';

/** Rows from the top, each a digit from 0 to 7 whose three bits are the pixels. */
const glyphs: Readonly<Record<string, string>> = {
  a: '25755',
  b: '65656',
  c: '34443',
  d: '65556',
  e: '74647',
  f: '74644',
  g: '34553',
  h: '55755',
  i: '72227',
  j: '11152',
  k: '55655',
  l: '44447',
  m: '57755',
  n: '65555',
  o: '25552',
  p: '65644',
  q: '25563',
  r: '65655',
  s: '34216',
  t: '72222',
  u: '55557',
  v: '55552',
  w: '55775',
  x: '55255',
  y: '55222',
  z: '71247',
  '0': '75557',
  '1': '26227',
  '2': '71747',
  '3': '71317',
  '4': '55711',
  '5': '74717',
  '6': '74757',
  '7': '71122',
  '8': '75757',
  '9': '75717',
  '.': '00002',
  '-': '00700',
  '−': '00700',
  ',': '00024',
  '×': '00525',
  '(': '12221',
  ')': '42224',
  _: '00007',
  ' ': '00000',
};
/** For letters without a glyph. */
const unknown = '75557';
const [letterWidth, letterHeight] = [3, 5];

/**
 * Text, black on the gray of an {@link imageGrid}; letters become capitals, and unknown ones a box.
 *
 * @param scale the pixels of a glyph's pixel, in each direction
 * @example textImage('conv1', { scale: 2 }).height; // 10
 */
export function textImage(text: string, { scale }: { readonly scale: number }): RasterImage {
  const letters = Array.from(text.toLowerCase(), (letter) => glyphs[letter] ?? unknown);
  const width = Math.max(1, letters.length * (letterWidth + 1) - 1) * scale;
  const height = letterHeight * scale;
  const pixels = new Uint8Array(3 * width * height).fill(gridGray);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / scale) % (letterWidth + 1);
      const letter = letters[Math.floor(x / scale / (letterWidth + 1))];
      const bits = Number(letter?.[Math.floor(y / scale)] ?? 0);
      const at = 3 * (y * width + x);
      if (column < letterWidth && (bits >> (letterWidth - 1 - column)) & 1) pixels.fill(0, at, at + 3);
    }
  }
  return { width, height, channels: 3, pixels };
}
