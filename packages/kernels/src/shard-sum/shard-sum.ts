/**
 * The sum of equally long stretches of one array, added in their order: what the shards of a batch have left.
 *
 *   y[k] = x[k] + x[stride + k] + … + x[(shards − 1) · stride + k]
 */
import { checkCounts } from '../check-counts';
import { kernelSpec } from '../kernel';

/** How many stretches there are, how long each is, and how far apart they begin. */
export interface ShardSumGeometry {
  readonly shards: number;
  readonly length: number;
  readonly stride: number;
}

/** @throws ShapeError when a number is not a whole one of at least one, or the stretches overlap */
export function shardSumGeometry(where: string, geometry: ShardSumGeometry): ShardSumGeometry {
  const { shards, length, stride } = geometry;
  checkCounts(where, { shards, length });
  checkCounts(where, { stride }, length);
  return geometry;
}

const spec = kernelSpec<ShardSumGeometry>();

export const shardSumSpecs = {
  shardSum: spec({ x: (g) => (g.shards - 1) * g.stride + g.length }, { y: (g) => g.length }),
};
