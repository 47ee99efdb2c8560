/**
 * Two-dimensional convolution over several channels; a one-dimensional one is the same with a height of one.
 *
 *   y[i, j, o, n] = bias[o] + Σ_{p, q, c} x[i·s + p·d − top, j·s' + q·d' − left, c, n] · weight[o, c, p, q]
 *
 * with the strides s, s' and the dilations d, d' (steps between taps), and x read as zero outside the image. This is cross-correlation, what deep learning calls convolution; a *true*
 * convolution takes the kernel turned by 180°: weight[o, c, height − 1 − p, width − 1 − q].
 *
 * With *groups*, output channel o sees only the input channels of its own group: `inChannels / groups` neighbors from channel
 * ⌊o / (outChannels / groups)⌋ · inChannels / groups on, and c counts within them. So many groups as input channels make a
 * depthwise convolution. Groups and dilation are PyTorch's.
 *
 * Backward, with dy the output gradient:
 *
 *   dx[h, w, c, n]        = Σ over every (i, j, o, p, q) that reads x[h, w, c, n] of dy[i, j, o, n] · weight[o, c, p, q]
 *   dWeight[o, c, p, q]   = Σ_{i, j, n} dy[i, j, o, n] · x[i·s + p·d − top, j·s' + q·d' − left, c, n]
 *   dBias[o]              = Σ_{i, j, n} dy[i, j, o, n]
 */
import { formatShape, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** Zeros around the image: none (`valid`), by TensorFlow's rule (`same`), or their number on all sides or on each. */
export type Padding = 'valid' | 'same' | number | Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;

/** All sizes of one convolution. */
export interface Conv2dGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The height of the input. */
  readonly inHeight: number;
  /** The width of the input. */
  readonly inWidth: number;
  /** The channels of the input. */
  readonly inChannels: number;
  /** The height of the output. */
  readonly outHeight: number;
  /** The width of the output. */
  readonly outWidth: number;
  /** The channels of the output: how many kernels there are. */
  readonly outChannels: number;
  /** The height of the kernels. */
  readonly kernelHeight: number;
  /** The width of the kernels. */
  readonly kernelWidth: number;
  /** Rows from one window to the next below it. */
  readonly strideHeight: number;
  /** Columns from one window to the next beside it. */
  readonly strideWidth: number;
  /** Rows from one tap of a kernel to the next below it; 1 where they are neighbors in the image, too. */
  readonly dilationHeight: number;
  /** Columns from one tap of a kernel to the next beside it. */
  readonly dilationWidth: number;
  /** Into how many groups the input and output channels are divided. */
  readonly groups: number;
  /** Rows of zeros above the image. */
  readonly padTop: number;
  /** Columns of zeros at its left. */
  readonly padLeft: number;
  /** True convolution: the kernel is turned by 180°. */
  readonly flipped: boolean;
  /** Whether each output channel has a bias. */
  readonly bias: boolean;
}

/** The sizes that a convolution is made from; the extents of its output follow. */
export interface Conv2dSizes {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** `[height, width, channels]` of one image. */
  readonly input: readonly [number, number, number];
  /** The channels of the output: how many kernels there are. */
  readonly outChannels: number;
  /** The height and the width of the kernels. */
  readonly kernel: readonly [number, number];
  /** Steps between windows, down and right. Default: [1, 1]. */
  readonly stride?: readonly [number, number];
  /** Default: [1, 1]. */
  readonly dilation?: readonly [number, number];
  /** Default: 1. */
  readonly groups?: number;
  /** Zeros around the image. Default: `'valid'`, none. */
  readonly padding?: Padding;
  /** Whether it is a true convolution, whose kernel is turned by 180°. Default: false. */
  readonly flipped?: boolean;
  /** Whether each output channel has a bias. Default: true. */
  readonly bias?: boolean;
}

/**
 * The geometry of a convolution.
 *
 * `'same'` gives ⌈extent / stride⌉ outputs by TensorFlow's rule: the zeros are shared between both sides and the odd
 * one goes to the end. A dilated kernel counts with its gaps: (kernel − 1) · dilation + 1.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, the groups do not divide the channels, or the kernel
 * does not fit the padded image
 * @example conv2dGeometry('conv1', { batch: 16, input: [28, 28, 1], outChannels: 6, kernel: [5, 5] }).outHeight; // 24
 */
export function conv2dGeometry(where: string, sizes: Conv2dSizes): Conv2dGeometry {
  const [inHeight, inWidth, inChannels] = sizes.input;
  const [kernelHeight, kernelWidth] = sizes.kernel;
  const [strideHeight, strideWidth] = sizes.stride ?? [1, 1];
  const [dilationHeight, dilationWidth] = sizes.dilation ?? [1, 1];
  const { batch, outChannels, groups = 1, padding = 'valid' } = sizes;
  checkCounts(where, {
    batch,
    'input height': inHeight,
    'input width': inWidth,
    'input channels': inChannels,
    'output channels': outChannels,
    'kernel height': kernelHeight,
    'kernel width': kernelWidth,
    'stride height': strideHeight,
    'stride width': strideWidth,
    'dilation height': dilationHeight,
    'dilation width': dilationWidth,
    groups,
  });
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new ShapeError(
      `${where}: expected groups that divide the input and the output channels, got ${groups} groups of ${inChannels} and ` +
        `${outChannels} channels; use a common divisor of both`,
    );
  }
  const spanHeight = (kernelHeight - 1) * dilationHeight + 1;
  const spanWidth = (kernelWidth - 1) * dilationWidth + 1;
  const rows = pad(where, padding, ['top', 'bottom'], inHeight, spanHeight, strideHeight);
  const columns = pad(where, padding, ['left', 'right'], inWidth, spanWidth, strideWidth);
  if (rows.padded < spanHeight || columns.padded < spanWidth) {
    throw new ShapeError(
      `${where}: expected an image of at least ${formatShape([spanHeight, spanWidth])} for the kernel, ` +
        `got ${formatShape([rows.padded, columns.padded])} with its padding; use a smaller kernel or more padding`,
    );
  }
  return {
    batch,
    inHeight,
    inWidth,
    inChannels,
    outHeight: Math.floor((rows.padded - spanHeight) / strideHeight) + 1,
    outWidth: Math.floor((columns.padded - spanWidth) / strideWidth) + 1,
    outChannels,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    groups,
    padTop: rows.before,
    padLeft: columns.before,
    flipped: sizes.flipped ?? false,
    bias: sizes.bias ?? true,
  };
}

/**
 * Whether a convolution has groups or gaps between its taps: the fast algorithms are for those that have neither.
 *
 * @example
 * const sizes = { batch: 16, input: [8, 8, 4], outChannels: 4, kernel: [3, 3] } as const;
 * isGroupedOrDilated(conv2dGeometry('conv1', sizes)); // false
 * isGroupedOrDilated(conv2dGeometry('conv1', { ...sizes, groups: 4 })); // true
 */
export function isGroupedOrDilated(g: Conv2dGeometry): boolean {
  return g.groups > 1 || g.dilationHeight > 1 || g.dilationWidth > 1;
}

function pad(
  where: string,
  padding: Padding,
  [first, last]: readonly ['top', 'bottom'] | readonly ['left', 'right'],
  extent: number,
  kernel: number,
  stride: number,
): { before: number; padded: number } {
  if (padding === 'valid') return { before: 0, padded: extent };
  if (padding === 'same') {
    const total = Math.max((Math.ceil(extent / stride) - 1) * stride + kernel - extent, 0);
    return { before: Math.floor(total / 2), padded: extent + total };
  }
  const [before, after] = typeof padding === 'number' ? [padding, padding] : [padding[first], padding[last]];
  checkCounts(where, { [`padding ${first}`]: before, [`padding ${last}`]: after }, 0);
  return { before, padded: extent + before + after };
}

const x = (g: Conv2dGeometry): number => g.inHeight * g.inWidth * g.inChannels * g.batch;
const y = (g: Conv2dGeometry): number => g.outHeight * g.outWidth * g.outChannels * g.batch;
const tapsOf = (g: Conv2dGeometry): number => (g.inChannels / g.groups) * g.kernelHeight * g.kernelWidth;
const weight = (g: Conv2dGeometry): number => g.outChannels * tapsOf(g);
const bias = (g: Conv2dGeometry): number => (g.bias ? g.outChannels : 0);
const multiplyAdds = (g: Conv2dGeometry): number => y(g) * tapsOf(g);

const spec = kernelSpec<Conv2dGeometry>();

export const conv2dSpecs = {
  conv2d: spec({ x, weight, bias }, { y }, { multiplyAdds }),
  conv2dInputGrad: spec({ dy: y, weight }, { dx: x }, { multiplyAdds }),
  conv2dWeightGrad: spec({ x, dy: y }, { dWeight: weight, dBias: bias }, { multiplyAdds }),
};
