/**
 * Pooling: each window of the image becomes one number, channel by channel.
 *
 *   maximum:  y[i, j, c, n] = max over the window of x;     dx = dy at the first entry that equals the maximum
 *   mean:     y[i, j, c, n] = Σ over the window of x / k;   dx = dy / k at each entry of the window, with k its size
 *
 *   maximum after ReLU:  y = max(0, max over the window of x);  dx = dy at that entry where y > 0
 *
 * The last is ReLU and maximum in one: the same numbers without the array between them. "First" is in reading order, as
 * in PyTorch. Where windows overlap, their gradients add up. Rows and columns at the end that fill no window are left
 * out.
 *
 * Padding is −∞ around the image for the maximum and 0 for the mean. It belongs to the size k of a window unless
 * `countIncludePad` is false: then k is the number of entries that lie in the image.
 *
 * A window that holds NaN becomes NaN and passes no gradient on; in PyTorch the NaN takes it. No run goes on from there: the loss is
 * NaN as well. The maximum of entries that are all −∞ is −∞, and the first
 * of them gets the gradient.
 */
import { formatShape, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** All sizes of one pooling. */
export interface Pool2dGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The channels of input and output. */
  readonly channels: number;
  /** The height of the input. */
  readonly inHeight: number;
  /** The width of the input. */
  readonly inWidth: number;
  /** The height of the output. */
  readonly outHeight: number;
  /** The width of the output. */
  readonly outWidth: number;
  /** The height of a window. */
  readonly windowHeight: number;
  /** The width of a window. */
  readonly windowWidth: number;
  /** Rows from one window to the next below it. */
  readonly strideHeight: number;
  /** Columns from one window to the next beside it. */
  readonly strideWidth: number;
  /** Rows of padding above the image. */
  readonly padTop: number;
  /** Columns of padding at its left. */
  readonly padLeft: number;
  /** Whether a mean divides by the whole window, padding included. */
  readonly countIncludePad: boolean;
}

/** Rows and columns around the image, on all sides or on each. */
export type PoolPadding = number | Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;

/** The sizes that a pooling is made from; the extents of its output follow. */
export interface Pool2dSizes {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** `[height, width, channels]` of one image. */
  readonly input: readonly [number, number, number];
  /** The height and the width of a window. */
  readonly window: readonly [number, number];
  /** Default: the window's extents. */
  readonly stride?: readonly [number, number];
  /** Smaller than the window, so that every window holds an entry of the image. Default: 0. */
  readonly padding?: PoolPadding;
  /** Whether a mean divides by the whole window, padding included. Default: true, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

/**
 * The geometry of a pooling.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, or the window is larger than the padded image or
 *   smaller than its padding
 * @example
 * pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [2, 2] }).outHeight; // 12
 * pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [3, 3], stride: [2, 2], padding: 1 }).outHeight; // 12
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
  const { padding = 0, countIncludePad = true } = sizes;
  const sides =
    typeof padding === 'number' ? { top: padding, bottom: padding, left: padding, right: padding } : padding;
  const { top, bottom, left, right } = sides;
  checkCounts(where, { 'padding top': top, 'padding bottom': bottom, 'padding left': left, 'padding right': right }, 0);
  if (Math.max(top, bottom) >= windowHeight || Math.max(left, right) >= windowWidth) {
    throw new ShapeError(
      `${where}: expected a padding smaller than the window ${formatShape(sizes.window)}, ` +
        `got ${[top, bottom, left, right].join(', ')} at top, bottom, left and right`,
    );
  }
  const padded = [inHeight + top + bottom, inWidth + left + right] as const;
  if (windowHeight > padded[0] || windowWidth > padded[1]) {
    throw new ShapeError(
      `${where}: expected an image of at least ${formatShape(sizes.window)} for the window, got ${formatShape(padded)}` +
        (padding === 0 ? '' : ' with its padding'),
    );
  }
  return {
    batch: sizes.batch,
    channels,
    inHeight,
    inWidth,
    outHeight: Math.floor((padded[0] - windowHeight) / strideHeight) + 1,
    outWidth: Math.floor((padded[1] - windowWidth) / strideWidth) + 1,
    windowHeight,
    windowWidth,
    strideHeight,
    strideWidth,
    padTop: top,
    padLeft: left,
    countIncludePad,
  };
}

/**
 * Whether windows reach beyond the image, which they do at its beginning or its end.
 *
 * @example isPaddedPool2d(pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [3, 3], padding: 1 })); // true
 */
export function isPadded(g: Pool2dGeometry): boolean {
  const bottom = (g.outHeight - 1) * g.strideHeight + g.windowHeight - g.padTop;
  const right = (g.outWidth - 1) * g.strideWidth + g.windowWidth - g.padLeft;
  return g.padTop > 0 || g.padLeft > 0 || bottom > g.inHeight || right > g.inWidth;
}

/**
 * Whether every entry of the image lies in exactly one window.
 *
 * @example isCoveredPool2d(pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [2, 2] })); // true
 */
export function isCovered(g: Pool2dGeometry): boolean {
  return (
    !isPadded(g) &&
    g.windowHeight === g.strideHeight &&
    g.windowWidth === g.strideWidth &&
    g.outHeight * g.windowHeight === g.inHeight &&
    g.outWidth * g.windowWidth === g.inWidth
  );
}

/** The part of a window that lies in the image: its first row and column and those past its last, counted from the image's corner. */
export interface WindowInImage {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The part in the image of the window of output row `i` and column `j`. */
export function windowInImage(g: Pool2dGeometry, i: number, j: number): WindowInImage {
  const [top, left] = [i * g.strideHeight - g.padTop, j * g.strideWidth - g.padLeft];
  return {
    top: Math.max(top, 0),
    bottom: Math.min(top + g.windowHeight, g.inHeight),
    left: Math.max(left, 0),
    right: Math.min(left + g.windowWidth, g.inWidth),
  };
}

/** What a mean multiplies the sum over a window by: 1 / k. */
export function shareOfEntry(g: Pool2dGeometry, { top, bottom, left, right }: WindowInImage): number {
  return 1 / (g.countIncludePad ? g.windowHeight * g.windowWidth : (bottom - top) * (right - left));
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
