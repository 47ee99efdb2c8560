/**
 * The gradient of a dense layer's weights over a whole batch, after all its micro-batches, for some of the outputs: what sharing
 * the work by rows of the weights needs, and a gradient as large as the weights is written once, not once for each micro-batch.
 *
 *   dWeight[o, i] = Σ_m Σ_n dy[m, o, n] · x[m, i, n]         for `from` ≤ o < `to`
 *   dBias[o]      = Σ_n dy[o, n]                             of one micro-batch
 *
 * The sum goes over micro-batches m and their images n in order, whoever computes which rows. Each micro-batch leaves its x in
 * tiles of sixteen inputs, each of which the sum reads from one end to the other, and its dy as it is:
 *
 *   xTiles[⌊i / 16⌋, n, i mod 16] = x[i, n]                  0 beyond the last input
 */
import { ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** The inputs of one tile. */
export const tileInputs = 16;

/** What one micro-batch leaves. */
export interface DenseTilesGeometry {
  /** The images of the micro-batch. */
  readonly images: number;
  /** The length of an input. */
  readonly inFeatures: number;
  /** The length of an output. */
  readonly outFeatures: number;
}

/** The gradient of the outputs from `from` to before `to`. */
export interface DenseBatchGradGeometry extends DenseTilesGeometry {
  /** The number of micro-batches that have left their part. */
  readonly microBatches: number;
  /** The first of the outputs. */
  readonly from: number;
  /** The first output that is not among them. */
  readonly to: number;
  /** Whether the sum goes on from what earlier micro-batches gave. */
  readonly continued: boolean;
}

/**
 * What a micro-batch of a dense layer leaves for the gradient of the whole batch.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one
 * @example denseTilesGeometry('fc', { images: 16, inFeatures: 784, outFeatures: 256 }).inFeatures; // 784
 */
export function denseTilesGeometry(where: string, geometry: DenseTilesGeometry): DenseTilesGeometry {
  const { images, inFeatures, outFeatures } = geometry;
  checkCounts(where, { images, 'input features': inFeatures, 'output features': outFeatures });
  return { images, inFeatures, outFeatures };
}

/**
 * The gradient of some outputs' weights from what micro-batches have left, one after another.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, or there are no such outputs
 * @example
 * const sizes = { images: 16, inFeatures: 784, outFeatures: 256, microBatches: 4 };
 * denseBatchGradGeometry('fc', { ...sizes, from: 0, to: 128, continued: false }).to; // 128
 */
export function denseBatchGradGeometry(where: string, geometry: DenseBatchGradGeometry): DenseBatchGradGeometry {
  const { microBatches, from, to, continued, outFeatures } = geometry;
  checkCounts(where, { 'micro-batches': microBatches });
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= outFeatures)) {
    throw new ShapeError(`${where}: expected outputs out of ${outFeatures}, got those from ${from} to ${to}`);
  }
  return { ...denseTilesGeometry(where, geometry), microBatches, from, to, continued };
}

/**
 * The numbers of all tiles of one micro-batch.
 *
 * @example denseTilesLength({ images: 16, inFeatures: 784 }) >= 16 * 784; // true
 */
export function denseTilesLength({ images, inFeatures }: Omit<DenseTilesGeometry, 'outFeatures'>): number {
  return Math.ceil(inFeatures / tileInputs) * tileInputs * images;
}

const x = (g: DenseTilesGeometry): number => g.inFeatures * g.images;
const dy = (g: DenseTilesGeometry): number => g.outFeatures * g.images;
const rows = (g: DenseBatchGradGeometry): number => (g.to - g.from) * g.inFeatures;

const tilesSpec = kernelSpec<DenseTilesGeometry>();
const gradSpec = kernelSpec<DenseBatchGradGeometry>();

export const denseBatchGradSpecs = {
  denseTiles: tilesSpec({ x }, { xTiles: denseTilesLength }),
  denseBiasGrad: tilesSpec({ dy }, { dBias: (g) => g.outFeatures }),
  /** `before` is what earlier micro-batches gave, of length zero unless the sum is continued; it may be `dWeight` itself. */
  denseBatchWeightGrad: gradSpec(
    {
      xTiles: (g) => g.microBatches * denseTilesLength(g),
      dy: (g) => g.microBatches * dy(g),
      before: (g) => (g.continued ? rows(g) : 0),
    },
    { dWeight: rows },
    { multiplyAdds: (g) => rows(g) * g.microBatches * g.images },
  ),
};
