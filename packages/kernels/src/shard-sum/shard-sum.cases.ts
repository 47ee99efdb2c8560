/** Sums of shards: one, several, with gaps, of lengths that fill no whole vectors. */
import type { OperationCases } from '../cases/operation-cases';

export const shardSumCases: OperationCases<'shardSum'> = {
  forward: 'shardSum',
  gradients: [],
  cases: [
    { name: 'one shard', geometry: { shards: 1, length: 5, stride: 5 } },
    { name: 'four shards side by side', geometry: { shards: 4, length: 16, stride: 16 } },
    { name: 'three shards with gaps', geometry: { shards: 3, length: 7, stride: 10 } },
    { name: 'sixteen shards, nineteen numbers', geometry: { shards: 16, length: 19, stride: 24 } },
  ],
};
