/** Images and matrices as the functions of this package take them. */

/** An image of one channel, such as a `RasterImage` of `@longhand/datasets` with `channels: 1`. */
export interface GrayImage {
  /** `height · width` values row by row, from 0 (background) to 255 (foreground). */
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** An image of a data set with the name of its class. */
export interface LabeledImage extends GrayImage {
  readonly trueClass: string;
}

/** An image that was misclassified. */
export interface MisclassifiedExample extends LabeledImage {
  readonly predictedClass: string;
  /** The probability of the predicted class, from 0 to 1. */
  readonly probability: number;
}

/** Any numbers in rows and columns: a feature map, a kernel, an occlusion map. */
export interface Matrix {
  readonly height: number;
  readonly width: number;
  /** `height · width` values row by row. */
  readonly values: ArrayLike<number>;
}

/** The largest magnitude in matrices that are drawn on one scale; 0 where all is 0. */
export function largestMagnitude(matrices: readonly Matrix[]): number {
  let largest = 0;
  for (const { values } of matrices)
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
  return largest;
}
