/** Maps of numbers as pixels: what a network's layers give, side by side on one sheet. */

/** A picture of `height × width` numbers. */
export interface MapOfNumbers {
  readonly height: number;
  readonly width: number;
  /** Row by row. */
  readonly values: ArrayLike<number>;
}

/** Pixels in red, green and blue, as `encodePng` of `@longhand/datasets/node` takes them. */
export interface ColourPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly pixels: Uint8Array;
}

/** The largest magnitude among maps that are drawn on one scale; 0 where all is 0. */
export function largestOf(maps: readonly MapOfNumbers[]): number {
  let largest = 0;
  for (const { values } of maps)
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
  return largest;
}

/** The ends of a scale of two signs, and its middle. */
export const signedColours = [
  [10, 40, 110],
  [128, 128, 128],
  [255, 220, 150],
] as const;
const [below, zero, above] = signedColours;

/**
 * The colour of a number on a scale: from black at zero to white at the largest; with both signs from dark blue over grey to light
 * orange, so that it reads without colour too.
 */
function colourOf(value: number, largest: number, signed: boolean): readonly [number, number, number] {
  const share = largest > 0 ? Math.min(Math.abs(value) / largest, 1) : 0;
  if (!signed) return [255 * share, 255 * share, 255 * share];
  const end = value < 0 ? below : above;
  const mixed = (channel: 0 | 1 | 2): number => zero[channel] + share * (end[channel] - zero[channel]);
  return [mixed(0), mixed(1), mixed(2)];
}

/**
 * A map enlarged to `scale × scale` pixels a number.
 *
 * @param largest the magnitude that is drawn lightest; that of the map unless given
 * @throws RangeError when there are not height × width numbers
 * @example mapPixels({ height: 1, width: 2, values: [0, 1] }, { scale: 4 }).width // 8
 */
export function mapPixels(
  map: MapOfNumbers,
  {
    scale,
    largest = largestOf([map]),
    signed = false,
  }: { readonly scale: number; readonly largest?: number; readonly signed?: boolean },
): ColourPicture {
  const { height, width, values } = map;
  if (values.length !== height * width) {
    throw new RangeError(`mapPixels: expected ${height}×${width} = ${height * width} numbers, got ${values.length}`);
  }
  const pixels = new Uint8Array(height * scale * width * scale * 3);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const colour = colourOf(values[Math.floor(y / scale) * width + Math.floor(x / scale)], largest, signed);
      pixels.set(colour, 3 * (y * width * scale + x));
    }
  }
  return { width: width * scale, height: height * scale, channels: 3, pixels };
}

/** The ground of a sheet, in all three channels. */
export const sheetGrey = 96;

/**
 * Pictures on one sheet: a row for each list, broken where it would be wider than `width`, on a grey ground.
 *
 * @param labels one to stand above each row, where there are any
 * @example mapSheet([[input], c1, p1], { width: 800, gap: 4 })
 */
export function mapSheet(
  rows: readonly (readonly ColourPicture[])[],
  {
    width,
    gap,
    labels = [],
  }: { readonly width: number; readonly gap: number; readonly labels?: readonly ColourPicture[] },
): ColourPicture {
  const placed: { picture: ColourPicture; left: number; top: number }[] = [];
  let [top, right] = [gap, 0];
  for (const [at, row] of rows.entries()) {
    let [left, tallest] = [gap, 0];
    const label = labels[at];
    if (label !== undefined) {
      placed.push({ picture: label, left, top });
      top += label.height + gap;
      right = Math.max(right, left + label.width + gap);
    }
    for (const picture of row) {
      if (left > gap && left + picture.width + gap > width) {
        [left, top, tallest] = [gap, top + tallest + gap, 0];
      }
      placed.push({ picture, left, top });
      left += picture.width + gap;
      right = Math.max(right, left);
      tallest = Math.max(tallest, picture.height);
    }
    top += tallest + 3 * gap;
  }
  const height = Math.max(1, top - 2 * gap);
  const pixels = new Uint8Array(Math.max(1, right) * height * 3).fill(sheetGrey);
  for (const { picture, left, top: above } of placed) {
    for (let y = 0; y < picture.height; y++) {
      const from = 3 * y * picture.width;
      pixels.set(picture.pixels.subarray(from, from + 3 * picture.width), 3 * ((above + y) * right + left));
    }
  }
  return { width: Math.max(1, right), height, channels: 3, pixels };
}
