/**
 * Pooling: each window of the image becomes one number, channel by channel.
 *
 *   maximum:  y[i, j, c, n] = max over the window of x;     dx = dy at the first entry that equals the maximum
 *   mean:     y[i, j, c, n] = Σ over the window of x / k;   dx = dy / k at each of the window's k entries
 *
 *   maximum after ReLU:  y = max(0, max over the window of x);  dx = dy at that entry where y > 0
 *
 * The last is ReLU and maximum in one: the same numbers without the array between them. "First" is in reading order, as
 * in PyTorch. Where windows overlap, their gradients add up. Rows and columns at the end that fill no window are left
 * out.
 */
import { formatShape, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** All sizes of one pooling. */
export interface Pool2dGeometry {
  readonly batch: number;
  readonly channels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
}

/** The sizes that a pooling is made from; the extents of its output follow. */
export interface Pool2dSizes {
  readonly batch: number;
  /** `[height, width, channels]` of one image. */
  readonly input: readonly [number, number, number];
  readonly window: readonly [number, number];
  /** Default: the window's extents. */
  readonly stride?: readonly [number, number];
}

/**
 * The geometry of a pooling.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, or the window is larger than the image
 * @example pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [2, 2] }).outHeight // 12
 */
export function pool2dGeometry(where: string, sizes: Pool2dSizes): Pool2dGeometry {
  const [inHeight, inWidth, channels] = sizes.input;
  const [windowHeight, windowWidth] = sizes.window;
  const [strideHeight, strideWidth] = sizes.stride ?? sizes.window;
  checkCounts(where, {
    batch: sizes.batch,
    'input height': inHeight,
    'input width': inWidth,
    channels,
    'window height': windowHeight,
    'window width': windowWidth,
    'stride height': strideHeight,
    'stride width': strideWidth,
  });
  if (windowHeight > inHeight || windowWidth > inWidth) {
    throw new ShapeError(
      `${where}: expected an image of at least ${formatShape(sizes.window)} for the window, got ${formatShape([inHeight, inWidth])}`,
    );
  }
  return {
    batch: sizes.batch,
    channels,
    inHeight,
    inWidth,
    outHeight: Math.floor((inHeight - windowHeight) / strideHeight) + 1,
    outWidth: Math.floor((inWidth - windowWidth) / strideWidth) + 1,
    windowHeight,
    windowWidth,
    strideHeight,
    strideWidth,
  };
}

const x = (g: Pool2dGeometry): number => g.inHeight * g.inWidth * g.channels * g.batch;
const y = (g: Pool2dGeometry): number => g.outHeight * g.outWidth * g.channels * g.batch;

const spec = kernelSpec<Pool2dGeometry>();

export const pool2dSpecs = {
  maxPool2d: spec({ x }, { y }),
  maxPool2dInputGrad: spec({ x, y, dy: y }, { dx: x }),
  reluMaxPool2d: spec({ x }, { y }),
  reluMaxPool2dInputGrad: spec({ x, y, dy: y }, { dx: x }),
  meanPool2d: spec({ x }, { y }),
  meanPool2dInputGrad: spec({ dy: y }, { dx: x }),
};
