/**
 * The sum of equally long stretches of one array, added in their order: the gradients of the micro-batches of a batch.
 *
 *   y[k] = x[k] + x[stride + k] + … + x[(microBatches − 1) · stride + k]
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** The number of stretches, their length, and the distance between their beginnings. */
export interface MicroBatchSumGeometry {
  readonly microBatches: number;
  readonly length: number;
  readonly stride: number;
}

/** @throws ShapeError when a number is not a whole one of at least one, or the stretches overlap */
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
