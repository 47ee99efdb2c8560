/** Images and matrices as the functions of this package take them. */

/** An image of a data set, or a `RasterImage` of `@longhand/datasets` without alpha. */
export interface PixelImage {
  /** `[height, width, channels]`, from 0 to 255; of a digit 0 is the background. */
  readonly pixels: ArrayLike<number>;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** 3 for red, green and blue. Of any other number the mean is drawn, in gray. Default: 1. */
  readonly channels?: number;
}

/** @throws RangeError when there are not height × width pixels of so many channels */
export function checkPixels(where: string, { pixels, height, width, channels = 1 }: PixelImage): void {
  const size = height * width * channels;
  if (pixels.length === size) return;
  const factors = [height, width, ...(channels === 1 ? [] : [channels])].join('×');
  throw new RangeError(`${where}: expected ${factors} = ${size} pixels, got ${pixels.length}`);
}

/** The image in gray: of three channels the luminance (ITU-R BT.601), of others their mean. */
export function grayOf(image: PixelImage): PixelImage {
  const { pixels, height, width, channels = 1 } = image;
  if (channels === 1) return image;
  const weights = channels === 3 ? [0.299, 0.587, 0.114] : new Array<number>(channels).fill(1 / channels);
  const grays = Float64Array.from({ length: height * width }, (_, pixel) =>
    weights.reduce((sum, weight, channel) => sum + weight * pixels[pixel * channels + channel], 0),
  );
  return { pixels: grays, height, width };
}

/** The image with one channel or three: any other number becomes gray. */
export function drawable(image: PixelImage): PixelImage & { readonly channels: 1 | 3 } {
  return image.channels === 3 ? { ...image, channels: 3 } : { ...grayOf(image), channels: 1 };
}

/** The part of an image from row `top` and column `left` on. */
export function croppedTo(
  { pixels, width, channels = 1 }: PixelImage,
  part: { readonly top: number; readonly left: number; readonly height: number; readonly width: number },
): PixelImage {
  const row = part.width * channels;
  const kept = Float64Array.from({ length: part.height * row }, (_, at) => {
    const y = part.top + Math.floor(at / row);
    return pixels[(y * width + part.left) * channels + (at % row)];
  });
  return { pixels: kept, height: part.height, width: part.width, channels };
}

/** An image of a data set with the name of its class. */
export interface LabeledImage extends PixelImage {
  /** The name of its class. */
  readonly trueClass: string;
}

/** An image that was misclassified. */
export interface MisclassifiedExample extends LabeledImage {
  /** The name of the class that was predicted. */
  readonly predictedClass: string;
  /** The probability of the predicted class, from 0 to 1. */
  readonly probability: number;
}

/** Any numbers in rows and columns: a feature map, a kernel, an occlusion map. */
export interface Matrix {
  /** The number of rows. */
  readonly height: number;
  /** The number of columns. */
  readonly width: number;
  /** `height · width` values row by row. */
  readonly values: ArrayLike<number>;
}

/**
 * The largest magnitude in matrices that are drawn on one scale; 0 where all is 0.
 *
 * @example largestMagnitude([{ height: 1, width: 2, values: [0.5, -3] }]); // 3
 */
export function largestMagnitude(matrices: readonly Matrix[]): number {
  let largest = 0;
  for (const { values } of matrices)
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
  return largest;
}
