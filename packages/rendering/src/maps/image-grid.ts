/** Many images in one: the feature maps of every layer, row by row. */
import type { RasterImage } from '@longhand/datasets';

/** The background of a grid, in all three channels. */
export const gridGray = 216;

/** The options of {@link imageGrid}. */
export interface ImageGridOptions {
  /** The width in pixels at which rows are broken. */
  readonly width: number;
  /** Pixels between images. */
  readonly gap: number;
  /** An image above each row. Default: none. */
  readonly labels?: readonly RasterImage[];
}

/**
 * RGB images in one image: a row for each list, broken where it would be wider than `width`, on a gray background.
 *
 * @example
 * const dot = { width: 2, height: 2, channels: 1, pixels: new Uint8Array(4) } as const;
 * imageGrid([[dot, dot]], { width: 800, gap: 4 }).height; // 10 (a gap above and below)
 */
export function imageGrid(
  rows: readonly (readonly RasterImage[])[],
  { width, gap, labels = [] }: ImageGridOptions,
): RasterImage {
  const cells: { image: RasterImage; left: number; top: number }[] = [];
  let [top, right] = [gap, 0];
  for (const [at, row] of rows.entries()) {
    let [left, tallest] = [gap, 0];
    const label = labels[at];
    if (label !== undefined) {
      cells.push({ image: label, left, top });
      top += label.height + gap;
      right = Math.max(right, left + label.width + gap);
    }
    for (const image of row) {
      if (left > gap && left + image.width + gap > width) {
        [left, top, tallest] = [gap, top + tallest + gap, 0];
      }
      cells.push({ image, left, top });
      left += image.width + gap;
      right = Math.max(right, left);
      tallest = Math.max(tallest, image.height);
    }
    top += tallest + 3 * gap;
  }
  const height = Math.max(1, top - 2 * gap);
  const pixels = new Uint8Array(Math.max(1, right) * height * 3).fill(gridGray);
  for (const { image, left, top: above } of cells) {
    for (let y = 0; y < image.height; y++) {
      const from = 3 * y * image.width;
      pixels.set(image.pixels.subarray(from, from + 3 * image.width), 3 * ((above + y) * right + left));
    }
  }
  return { width: Math.max(1, right), height, channels: 3, pixels };
}
