/** The one type of an image in memory: what a decoder returns, what a page's canvas holds, what is encoded to PNG. */
import { bytesOf } from './bytes';
import { DatasetError, damagedFile } from './dataset-error';

/**
 * An image of any size with 8 bits a sample. An `ImageData` of a page is one with
 * `{ width, height, channels: 4, pixels: data }`.
 */
export interface RasterImage {
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
  /** 1 gray; 2 gray and alpha; 3 red, green, blue; 4 red, green, blue, alpha. Alpha is not premultiplied. */
  readonly channels: 1 | 2 | 3 | 4;
  /** `[height, width, channels]`: rows from the top, pixels from the left, the channels of a pixel side by side. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
  /** How many pixels of the file became one of these, across and down, if a decoder reduced a large picture. Default: 1. */
  readonly reduction?: 2 | 4 | 8;
}

/**
 * Checks an image from outside.
 *
 * @throws DatasetError when a size is not a whole number of at least 1, the samples are no bytes, or there are more or fewer than
 *   the size has
 * @example checkRasterImage({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0) }, 'a.png'); // throws: a.png: …
 */
export function checkRasterImage({ width, height, channels, pixels }: RasterImage, where: string): void {
  if (![width, height].every((extent) => Number.isSafeInteger(extent) && extent >= 1)) {
    throw new DatasetError(`${where}: expected a width and a height of at least 1 pixel, got ${width} × ${height}`);
  }
  if (![1, 2, 3, 4].includes(channels)) {
    throw new DatasetError(`${where}: expected 1 (gray) to 4 (color and alpha) channels, got ${channels}`);
  }
  bytesOf(where, 'pixels', pixels);
  if (pixels.length !== width * height * channels) {
    throw new DatasetError(
      `${where}: expected ${width * height * channels} numbers for ${width} × ${height} pixels of ${channels} channels, got ${pixels.length}`,
    );
  }
}

/**
 * Checks the size in a file's header, before anything of that size is allocated.
 *
 * @throws DatasetError when there is no pixel, or more than `mostPixels`
 */
export function checkSize(width: number, height: number, mostPixels: number, name: string): void {
  if (width < 1 || height < 1) throw damagedFile(name, 'a picture of at least one pixel', `${width} × ${height}`);
  if (width * height <= mostPixels) return;
  const megapixels = (pixels: number): string => `${Math.round(pixels / 10_000) / 100} megapixels`;
  throw new DatasetError(
    `${name}: expected at most ${megapixels(mostPixels)}, got ${width} × ${height} = ${megapixels(width * height)}; make the picture smaller`,
  );
}
