/**
 * Large pictures are reduced while they are decoded, so that the memory that they take is bounded: those of telephones with 12 megapixels are
 * decoded as they are, those with 24 or 50 at half their width and height. Digits are found in 800 pixels, and networks take fewer.
 */
import type { RasterImage } from '../image';

/** The pixels above which a picture is reduced: a quarter of the 50 million that a budget allows. */
export const REDUCED_ABOVE = 12_500_000;

/** What decoders are told. */
export interface DecodingLimits {
  /** In messages. */
  readonly name: string;
  /** Pixels above which a picture is refused. */
  readonly mostPixels: number;
  /** Pixels above which it is reduced. */
  readonly reduceAbove: number;
}

/** How many pixels of a file become one, across and down. */
export type Reduction = 1 | 2 | 4 | 8;

/** How a picture of this size is reduced. */
export function reductionOf(width: number, height: number, reduceAbove: number): Reduction {
  for (const reduction of [1, 2, 4] as const) {
    if (width * height <= reduceAbove * reduction * reduction) return reduction;
  }
  return 8;
}

/** The size of a picture after that: pixels at the right and lower edge that fill no square are left out. */
export function reducedSize(
  { width, height }: { readonly width: number; readonly height: number },
  reduction: Reduction,
): { readonly width: number; readonly height: number } {
  return {
    width: Math.max(1, Math.floor(width / reduction)),
    height: Math.max(1, Math.floor(height / reduction)),
  };
}

/** The decoded picture, with how it was reduced. */
export function reduced(picture: RasterImage, reduction: Reduction): RasterImage {
  return reduction === 1 ? picture : { ...picture, reduction };
}

/**
 * Takes the rows of a picture from the top and writes them, reduced, to `pixels`: each pixel is the mean of its square in the file. Colors count as
 * much as their pixels are opaque.
 *
 * @example
 * const take = rowReducer({ width, height, channels: 1, pixels }, 2);
 * for (const row of rows) take(row);
 */
export function rowReducer(
  { width, height, channels, pixels }: RasterImage,
  reduction: Reduction,
): (row: Uint8Array) => void {
  let y = 0;
  if (reduction === 1) return (row) => pixels.set(row, width * channels * y++);
  const { width: columns, height: rows } = reducedSize({ width, height }, reduction);
  const [across, down] = [Math.min(reduction, width), Math.min(reduction, height)];
  const hasAlpha = channels % 2 === 0;
  const colors = hasAlpha ? channels - 1 : channels;
  // Sums over a row of squares: of each channel, and of what each pixel counts.
  const sums = new Float64Array(columns * channels);
  const shares = new Float64Array(columns);
  const write = (): void => {
    const start = (y / down - 1) * columns * channels;
    for (let column = 0, at = 0; column < columns; column++, at += channels) {
      const share = Math.max(1, shares[column]);
      for (let k = 0; k < colors; k++) pixels[start + at + k] = Math.round(sums[at + k] / share);
      if (hasAlpha) pixels[start + at + colors] = Math.round(sums[at + colors] / (across * down));
    }
    sums.fill(0);
    shares.fill(0);
  };
  return (row) => {
    if (y === rows * down) return;
    for (let x = 0, from = 0; x < columns * across; x++, from += channels) {
      const column = Math.floor(x / across);
      const share = hasAlpha ? row[from + colors] : 1;
      for (let k = 0; k < colors; k++) sums[column * channels + k] += share * row[from + k];
      if (hasAlpha) sums[column * channels + colors] += share;
      shares[column] += share;
    }
    y++;
    if (y % down === 0) write();
  };
}
