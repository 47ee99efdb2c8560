/** The sum of shards on vectors. */
import { numberBytes, type SimdBinding } from '../simd/simd-binding';
import type { shardSumSpecs } from './shard-sum';

type Specs = typeof shardSumSpecs;

export const shardSum: SimdBinding<Specs['shardSum']> =
  (g, { x, y }, { functions }) =>
  () =>
    functions.shardSum(x, y, g.shards, g.length, g.stride * numberBytes);
