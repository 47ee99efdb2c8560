/**
 * Cropping: the middle of an image, without rows and columns at its border.
 *
 *   y[i, j, c, n] = x[top + i, left + j, c, n]          dx[top + i, left + j, c, n] = dy[i, j, c, n], and 0 at the border
 *
 * for row i, column j, channel c, image n.
 */
import { formatShape, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** Rows and columns that are left out: `[top, left, bottom, right]`. */
export type CropBorder = readonly [top: number, left: number, bottom: number, right: number];

/** All sizes of one cropping. */
export interface Crop2dGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The height of the input. */
  readonly inHeight: number;
  /** The width of the input. */
  readonly inWidth: number;
  /** The channels of input and output. */
  readonly channels: number;
  /** Rows that are cut off above. */
  readonly top: number;
  /** Columns that are cut off at the left. */
  readonly left: number;
  /** The height of the output. */
  readonly outHeight: number;
  /** The width of the output. */
  readonly outWidth: number;
}

/** The sizes that a cropping is made from. */
export interface Crop2dSizes {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** `[height, width, channels]` of one image. */
  readonly input: readonly [number, number, number];
  /** The rows and columns that are cut off. */
  readonly border: CropBorder;
}

/**
 * The geometry of a cropping.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number, or the border leaves nothing of the image
 * @example crop2dGeometry('crop', { batch: 16, input: [28, 28, 1], border: [2, 2, 2, 2] }).outHeight; // 24
 */
export function crop2dGeometry(where: string, { batch, input, border }: Crop2dSizes): Crop2dGeometry {
  const [inHeight, inWidth, channels] = input;
  const [top, left, bottom, right] = border;
  checkCounts(where, { batch, 'input height': inHeight, 'input width': inWidth, channels });
  const [outHeight, outWidth] = [inHeight - top - bottom, inWidth - left - right];
  if (!border.every((rows) => Number.isSafeInteger(rows) && rows >= 0)) {
    throw new ShapeError(`${where}: expected whole numbers of at least 0 as the border, got ${formatShape(border)}`);
  }
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `${where}: expected a border that leaves at least one pixel of ${formatShape(input)}, got ${formatShape(border)}`,
    );
  }
  return { batch, inHeight, inWidth, channels, top, left, outHeight, outWidth };
}

/** How many numbers of the input lie before the row of it that becomes row `i` of the output. */
export function offsetOfRow(g: Crop2dGeometry, i: number): number {
  return ((g.top + i) * g.inWidth + g.left) * g.channels * g.batch;
}

const x = (g: Crop2dGeometry): number => g.inHeight * g.inWidth * g.channels * g.batch;
const y = (g: Crop2dGeometry): number => g.outHeight * g.outWidth * g.channels * g.batch;

const spec = kernelSpec<Crop2dGeometry>();

export const crop2dSpecs = {
  crop2d: spec({ x }, { y }),
  crop2dInputGrad: spec({ dy: y }, { dx: x }),
};
