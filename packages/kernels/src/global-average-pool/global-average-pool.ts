/**
 * Global average pooling: each channel of an image becomes one number, its mean.
 *
 *   y[c, n] = Σ_i x[i, c, n] / pixels          dx[i, c, n] = dy[c, n] / pixels
 *
 * for pixel i, channel c, image n. Source: Lin, Chen and Yan, "Network in network", 2014.
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** All sizes of one global average pooling. */
export interface GlobalAveragePoolGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** Pixels of one image. */
  readonly pixels: number;
  /** The number of channels. */
  readonly channels: number;
}

/** The sizes that a global average pooling is made from. */
export interface GlobalAveragePoolSizes {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** `[height, width, channels]` of one image. */
  readonly input: readonly [number, number, number];
}

/**
 * The geometry of a global average pooling.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one
 * @example globalAveragePoolGeometry('pool', { batch: 16, input: [8, 8, 64] }); // { batch: 16, pixels: 64, channels: 64 }
 */
export function globalAveragePoolGeometry(
  where: string,
  { batch, input: [height, width, channels] }: GlobalAveragePoolSizes,
): GlobalAveragePoolGeometry {
  checkCounts(where, { batch, 'input height': height, 'input width': width, channels });
  return { batch, pixels: height * width, channels };
}

const x = (g: GlobalAveragePoolGeometry): number => g.pixels * g.channels * g.batch;
const y = (g: GlobalAveragePoolGeometry): number => g.channels * g.batch;

const spec = kernelSpec<GlobalAveragePoolGeometry>();

export const globalAveragePoolSpecs = {
  globalAveragePool: spec({ x }, { y }, { multiplyAdds: x }),
  globalAveragePoolInputGrad: spec({ dy: y }, { dx: x }),
};
