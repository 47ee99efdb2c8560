/**
 * Which algorithm a convolution takes: the one place that chooses, by the geometry alone, so that results are the same on every
 * machine.
 *
 *   grouped     groups or dilation
 *   tiles       Winograd in two dimensions: 3×3 by F(4×4, 3×3), 5×5 by F(2×4, 5×5)     36 products for 144, 48 for 200
 *               and others by F(4, 3) and F(3, 4), in parts (`tiling.ts`)              144 products for 441 of 7×7
 *   rows        Winograd along rows of five columns, F(4, 5)                           8 products for 20
 *   sum         the plain sum, one lane for each image
 *   runs        weight gradients alone: the plain sum, lanes being neighboring numbers under a row of the kernel
 */
import { type Conv2dGeometry, isGroupedOrDilated } from './conv2d';
import { tilesPay } from './tiling';

export type Algorithm = 'grouped' | 'tiles' | 'rows' | 'sum';

/**
 * Of the forward pass and the input gradient. Transforms are made once for each channel on either side, and pay when there are enough
 * channels on the other side to share them: bounds for 3×3 and 5 columns are measured, for others costs are. Those of tiles under 5×5 also keep rounding errors within three
 * times those of the plain sum.
 */
export function algorithmOf(g: Conv2dGeometry): Algorithm {
  if (isGroupedOrDilated(g)) return 'grouped';
  if (g.strideHeight !== 1 || g.strideWidth !== 1) return 'sum';
  const sharing = 1 / g.inChannels + 1 / g.outChannels;
  if (g.kernelHeight === 3 && g.kernelWidth === 3) {
    return g.outHeight >= 4 && g.outWidth >= 4 && sharing <= 1 / 3 ? 'tiles' : 'sum';
  }
  if (g.kernelWidth !== 5) return tilesPay(g) ? 'tiles' : 'sum';
  if (g.outWidth < 4) return 'sum';
  if (g.kernelHeight === 5 && g.outHeight >= 2 && sharing <= 1 / 12) return 'tiles';
  return sharing <= g.kernelHeight / 4 ? 'rows' : 'sum';
}

/**
 * Of the gradient of the weights. By tiles under 5×5 its rounding errors would be five times those of the plain sum. Runs pay where
 * few of their lanes are idle.
 */
export function weightGradAlgorithmOf(g: Conv2dGeometry): Algorithm | 'runs' {
  const algorithm = algorithmOf(g);
  if (algorithm === 'tiles' && g.kernelWidth === 5) return 'rows';
  const run = g.kernelWidth * g.inChannels;
  return algorithm === 'sum' && run >= 8 && run / (4 * Math.ceil(run / 4)) > 0.75 ? 'runs' : algorithm;
}
