/** The sum of `shard-sum.ts`; every partial sum is rounded to the array's precision, as when shards are added one by one. */
import type { Kernel } from '../kernel';
import type { shardSumSpecs } from './shard-sum';

type Specs = typeof shardSumSpecs;

export const shardSum: Kernel<Specs['shardSum']> = (g, { x, y }) => {
  y.fill(0);
  for (let shard = 0; shard < g.shards; shard++) {
    for (let k = 0; k < g.length; k++) y[k] += x[shard * g.stride + k];
  }
};
