/**
 * A convolution with the maximum over windows behind it, and with ReLU or without, as one operation.
 *
 *   z = convolution of x                                (`conv2d/conv2d.ts`)
 *   y = max(0, max over each window of z)               (`pool2d/pool2d.ts`)
 *
 * Without ReLU there is no 0 in the maximum, and no condition y > 0 below.
 *
 * Backward, only one entry of each window's dz can be other than zero: the one of its maximum. So the weight gradient is
 * a sum over windows, which for windows of 2×2 is a quarter of the work:
 *
 *   dWeight[o, c, p, q] = Σ_{windows w, images n} dy[w, o, n] · x[argmax(w, o, n) + (p, q), c, n]   where y[w, o, n] > 0
 *   dBias[o]            = Σ_{windows w, images n} dy[w, o, n]                                      where y[w, o, n] > 0
 *   dx                  = the convolution's input gradient of dz
 */
import { ShapeError } from '@longhand/tensor';
import { kernelSpec } from '../contract/spec';
import { type Conv2dGeometry, conv2dSpecs } from '../conv2d/conv2d';
import { type Pool2dGeometry, pool2dSpecs } from '../pool2d/pool2d';

/** All sizes of both parts: of the convolution those rows and columns alone that some window reaches. */
export interface PooledConv2dGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The convolution. */
  readonly conv: Conv2dGeometry;
  /** The pooling of what it gives. */
  readonly pool: Pool2dGeometry;
  /** Whether ReLU is between the two. */
  readonly rectified: boolean;
}

/**
 * A convolution and the pooling of what it gives. Rows and columns at its end that fill no window are not computed: of 9×9
 * outputs under windows of 2×2 the last of each, so that 8×8 remain.
 *
 * @param rectified whether ReLU is between the two. Default: true
 * @throws ShapeError when the pooling does not take what the convolution gives
 * @example
 * const conv = conv2dGeometry('conv1', { batch: 16, input: [13, 13, 1], outChannels: 6, kernel: [5, 5] });
 * const pool = pool2dGeometry('pool1', { batch: 16, input: [9, 9, 6], window: [2, 2] });
 * pooledConv2dGeometry('conv1', conv, pool).conv.outHeight; // 8
 */
export function pooledConv2dGeometry(
  where: string,
  conv: Conv2dGeometry,
  pool: Pool2dGeometry,
  rectified = true,
): PooledConv2dGeometry {
  const given = [conv.outHeight, conv.outWidth, conv.outChannels, conv.batch];
  const taken = [pool.inHeight, pool.inWidth, pool.channels, pool.batch];
  if (given.join() !== taken.join()) {
    throw new ShapeError(`${where}: expected a pooling of [${given.join(', ')}], got one of [${taken.join(', ')}]`);
  }
  const height = Math.min(conv.outHeight, (pool.outHeight - 1) * pool.strideHeight + pool.windowHeight - pool.padTop);
  const width = Math.min(conv.outWidth, (pool.outWidth - 1) * pool.strideWidth + pool.windowWidth - pool.padLeft);
  return {
    batch: conv.batch,
    conv: { ...conv, outHeight: height, outWidth: width },
    pool: { ...pool, inHeight: height, inWidth: width },
    rectified,
  };
}

const inConv = (length: (g: Conv2dGeometry) => number) => (g: PooledConv2dGeometry) => length(convOf(g));
const inPool = (length: (g: Pool2dGeometry) => number) => (g: PooledConv2dGeometry) => length(poolOf(g));

/** The parts, with the batch of the whole: code that pads the batch need not know of them. */
export const convOf = (g: PooledConv2dGeometry): Conv2dGeometry => ({ ...g.conv, batch: g.batch });
export const poolOf = (g: PooledConv2dGeometry): Pool2dGeometry => ({ ...g.pool, batch: g.batch });

const reads = conv2dSpecs.conv2d.reads;
const x = inConv(reads.x);
const z = inConv(conv2dSpecs.conv2d.writes.y);
const y = inPool(pool2dSpecs.maxPool2d.writes.y);
const parameters = { weight: inConv(reads.weight), bias: inConv(reads.bias) };
const taps = ({ conv }: PooledConv2dGeometry): number =>
  (conv.inChannels / conv.groups) * conv.kernelHeight * conv.kernelWidth;

const spec = kernelSpec<PooledConv2dGeometry>();

export const pooledConv2dSpecs = {
  pooledConv2d: spec({ x, ...parameters }, { z, y }, { multiplyAdds: inConv(conv2dSpecs.conv2d.multiplyAdds) }),
  pooledConv2dInputGrad: spec(
    { z, y, dy: y, weight: parameters.weight },
    { dx: x },
    { multiplyAdds: inConv(conv2dSpecs.conv2dInputGrad.multiplyAdds) },
  ),
  pooledConv2dWeightGrad: spec(
    { x, z, y, dy: y },
    { dWeight: parameters.weight, dBias: parameters.bias },
    { multiplyAdds: (g) => y(g) * taps(g) },
  ),
};
