/**
 * Pictures of any size made into images of a data set's: cropped in the middle to their shape, then resized.
 *
 * Resizing is bilinear with antialiasing, as Pillow's and torchvision's: an output pixel is the mean of the input pixels around its
 * position, weighted by a triangle as wide as the scale,
 *
 *   y[p] = Σ_i w(i) x[i] / Σ_i w(i),     w(i) = max(0, 1 − |i + 1/2 − (p + 1/2) s| / max(s, 1))
 *
 * along each axis, where s input pixels make one of the output.
 */
import { DatasetError } from './dataset-error';
import { checkRasterImage, type RasterImage } from './image';

/** The size of the images of a data set. */
export interface ImageSize {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** 1 for gray, 3 for colors. */
  readonly channels: number;
}

/** A part of a picture, in its pixels; `right` and `bottom` are the first that are not in it. */
export interface PictureBox {
  /** The first column. */
  readonly left: number;
  /** The first row. */
  readonly top: number;
  /** The first column that is not in it. */
  readonly right: number;
  /** The first row that is not in it. */
  readonly bottom: number;
}

/**
 * The largest part in the middle of a picture that has the shape of `size`.
 *
 * @example middleOf({ width: 640, height: 480 }, { height: 32, width: 32 }); // { left: 80, top: 0, right: 560, bottom: 480 }
 */
export function middleOf(
  { width, height }: Pick<RasterImage, 'width' | 'height'>,
  size: Pick<ImageSize, 'height' | 'width'>,
): PictureBox {
  const scale = Math.min(width / size.width, height / size.height);
  const cut = {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
  const [left, top] = [Math.floor((width - cut.width) / 2), Math.floor((height - cut.height) / 2)];
  return { left, top, right: left + cut.width, bottom: top + cut.height };
}

/**
 * A picture as the bytes of an image `[height, width, channels]`. What is transparent becomes white; a gray picture has the same gray
 * in all colors, and colors become their luminance (ITU-R BT.601) where gray is wanted.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the picture is none, or neither 1 nor 3 channels are wanted
 * @example
 * const picture = { width: 4, height: 2, channels: 1, pixels: Uint8Array.of(0, 8, 8, 0, 0, 8, 8, 0) } as const;
 * fitImage(picture, { height: 1, width: 1, channels: 1 }); // [ 8 ] (its middle)
 */
export function fitImage(picture: RasterImage, size: ImageSize): Uint8Array<ArrayBuffer> {
  checkRasterImage(picture, 'fitImage');
  const { height, width, channels } = size;
  if (channels !== 1 && channels !== 3) {
    throw new DatasetError(`fitImage: expected images of 1 or 3 channels, which pictures have, got ${channels}`);
  }
  const { left, top, right, bottom } = middleOf(picture, size);
  if (right - left === width && bottom - top === height) return cropped(picture, { left, top }, size);
  const across = tapsOf(left, right, width);
  const down = tapsOf(top, bottom, height);
  // The weighted sums of red, green and blue along rows first, for the rows that an output row needs.
  const image = new Uint8Array(height * width * channels);
  const color = new Float64Array(3);
  const sums = new Float64Array(width * 3);
  for (const [y, { first, weights }] of down.entries()) {
    sums.fill(0);
    for (const [k, weight] of weights.entries()) {
      for (const [x, taps] of across.entries()) {
        for (const [j, tap] of taps.weights.entries()) {
          colorAt(picture, (first + k) * picture.width + taps.first + j, color);
          for (let c = 0; c < 3; c++) sums[3 * x + c] += weight * tap * color[c];
        }
      }
    }
    for (let x = 0; x < width; x++) {
      const color = sums.subarray(3 * x, 3 * x + 3);
      const values = channels === 3 ? color : [lumaOf(color)];
      // Half a level is rounded up; sums of weights are one but for rounding.
      for (const [c, value] of values.entries()) {
        image[(y * width + x) * channels + c] = Math.min(255, Math.floor(value + 0.5));
      }
    }
  }
  return image;
}

/** The part of a picture that begins at a pixel, where nothing is resized. */
function cropped(
  picture: RasterImage,
  { left, top }: Pick<PictureBox, 'left' | 'top'>,
  { height, width, channels }: ImageSize,
): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(height * width * channels);
  const color = new Float64Array(3);
  const isPlain = picture.channels === channels;
  for (let y = 0, to = 0; y < height; y++) {
    const from = (top + y) * picture.width + left;
    if (isPlain) {
      image.set(picture.pixels.subarray(from * channels, (from + width) * channels), to);
      to += width * channels;
      continue;
    }
    for (let x = 0; x < width; x++, to += channels) {
      colorAt(picture, from + x, color);
      if (channels === 3) for (let c = 0; c < 3; c++) image[to + c] = Math.floor(color[c] + 0.5);
      else image[to] = Math.floor(lumaOf(color) + 0.5);
    }
  }
  return image;
}

/** The luminance of a color (ITU-R BT.601). */
function lumaOf(color: ArrayLike<number>): number {
  return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2];
}

/** The input pixels of an output pixel along one axis, from `first` on, with weights whose sum is one. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** The taps of each of `count` output pixels over the input pixels from `from` to `to`. */
function tapsOf(from: number, to: number, count: number): readonly Taps[] {
  const scale = (to - from) / count;
  const support = Math.max(scale, 1);
  return Array.from({ length: count }, (_, p) => {
    const center = from + (p + 0.5) * scale;
    const first = Math.max(from, Math.floor(center - support));
    const end = Math.min(to, Math.ceil(center + support));
    const weights = Array.from({ length: end - first }, (__, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / support),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Red, green and blue of a pixel on white. */
function colorAt({ pixels, channels }: RasterImage, pixel: number, into: Float64Array): void {
  const at = pixel * channels;
  const alpha = channels === 2 || channels === 4 ? pixels[at + channels - 1] / 255 : 1;
  for (let c = 0; c < 3; c++) into[c] = 255 + alpha * (pixels[at + (channels < 3 ? 0 : c)] - 255);
}
