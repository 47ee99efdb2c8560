/**
 * The sum of equally long stretches of one array, added in their order: the gradients of the micro-batches of a batch.
 *
 *   y[k] = x[k] + x[stride + k] + … + x[(microBatches − 1) · stride + k]
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** The number of stretches, their length, and the distance between their beginnings. */
export interface MicroBatchSumGeometry {
  /** The number of stretches that are added. */
  readonly microBatches: number;
  /** How many numbers each stretch has. */
  readonly length: number;
  /** How many numbers lie between the beginnings of two stretches. */
  readonly stride: number;
}

/**
 * The geometry of a sum of several stretches of one array, in their order.
 *
 * @throws ShapeError when a number is not a whole one of at least one, or the stretches overlap
 * @example
 * const [x, y] = [Float32Array.of(1, 2, 10, 20), new Float32Array(2)];
 * referenceKernels.prepare('microBatchSum', microBatchSumGeometry('sum', { microBatches: 2, length: 2, stride: 2 }), { x, y })();
 * y; // [ 11, 22 ]
 */
export function microBatchSumGeometry(where: string, geometry: MicroBatchSumGeometry): MicroBatchSumGeometry {
  const { microBatches, length, stride } = geometry;
  checkCounts(where, { 'micro-batches': microBatches, length });
  checkCounts(where, { stride }, length);
  return geometry;
}

const spec = kernelSpec<MicroBatchSumGeometry>();

export const microBatchSumSpecs = {
  microBatchSum: spec({ x: (g) => (g.microBatches - 1) * g.stride + g.length }, { y: (g) => g.length }),
};
