/** A picture as pixels: what a decoder gives, what a page's canvas gives, and what the preparation of a digit takes. */
import { DatasetError } from '../dataset-error';

/** A picture of any size. An `ImageData` of a page is one with `{ width, height, channels: 4, pixels: data }`. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and opacity, 3 red, green, blue, 4 the same and opacity (not premultiplied). */
  readonly channels: 1 | 2 | 3 | 4;
  /** `height · width · channels` numbers from 0 to 255, row by row, the channels of a pixel side by side. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** A picture in greys: one number for each pixel. What the number means is said where it is used. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A part of a picture: columns `left` to `right − 1` and rows `top` to `bottom − 1`. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** @throws DatasetError unless the parts make a picture */
export function checkPixelImage({ width, height, channels, pixels }: PixelImage, where: string): void {
  if (![width, height].every((extent) => Number.isSafeInteger(extent) && extent >= 1)) {
    throw new DatasetError(`${where}: expected a width and a height of at least 1 pixel, got ${width} × ${height}`);
  }
  if (![1, 2, 3, 4].includes(channels)) {
    throw new DatasetError(`${where}: expected 1 (grey) to 4 (colour and opacity) channels, got ${channels}`);
  }
  if (pixels.length !== width * height * channels) {
    throw new DatasetError(
      `${where}: expected ${width * height * channels} numbers for ${width} × ${height} pixels of ${channels} channels, got ${pixels.length}`,
    );
  }
}
