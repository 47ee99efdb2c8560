/** What one entry of a sum of shards is made of; see `shard-sum.ts`. */
import { entry, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { shardSumSpecs } from './shard-sum';

type Specs = typeof shardSumSpecs;

export const shardSumTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  shardSum: {
    y: (g, index) => sum(Array.from({ length: g.shards }, (_, shard) => entry('x', shard * g.stride + index))),
  },
};
