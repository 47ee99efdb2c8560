/** A worker's part in evaluation: every so many shards of the data set. */
import type { ImageDataset, Normalization } from '@longhand/datasets';
import { type LossKind, lossFrom, type NetworkDescription, networkFrom, Parameters } from '@longhand/layers';
import type { FloatArray } from '@longhand/tensor';
import { microBatchSize } from '../micro-batch-input';
import { prepareMicroBatchPass } from '../micro-batch-pass';
import { attachMemory, type MemorySource } from './shared-memory';
import type { WorkerRank } from './training-job';

/** All that an evaluation is; it can be posted as a message. */
export interface EvaluationSetup {
  readonly memory: MemorySource;
  readonly network: NetworkDescription;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly loss: LossKind;
  readonly values: FloatArray;
}

/** What this worker's shards gave, for each of them in turn. */
export interface EvaluationResult {
  /** The sum of the losses of each shard. */
  readonly lossSums: Float64Array;
  /** The class read for each image, `microBatchSize` a shard. */
  readonly predicted: Uint8Array;
  /** How sure the network was of it. */
  readonly probability: Float32Array;
}

/** Runs shard `rank`, `rank + worldSize`, … of the data set. */
export function evaluationJob(setup: EvaluationSetup, { rank, worldSize }: WorkerRank): EvaluationResult {
  const { dataset, normalization } = setup;
  const memory = attachMemory(setup.memory);
  const network = networkFrom(setup.network);
  const parameters = new Parameters(network.parameterEntries, memory.attach(setup.values));
  const loss = lossFrom(setup.loss);
  const { kernels } = memory;
  const pass = prepareMicroBatchPass({ network, parameters, dataset, normalization, loss, kernels, training: false });
  const order = Uint32Array.from({ length: dataset.count }, (_, index) => index);
  const shards = Math.ceil(dataset.count / microBatchSize);
  const own = Math.ceil((shards - rank) / worldSize);
  const lossSums = new Float64Array(own);
  const predicted = new Uint8Array(own * microBatchSize);
  const probability = new Float32Array(own * microBatchSize);
  for (let k = 0; k < own; k++) {
    const from = (rank + k * worldSize) * microBatchSize;
    lossSums[k] = pass.run(order, from, Math.min(from + microBatchSize, dataset.count), dataset.count).lossSum;
    predicted.set(pass.predicted, k * microBatchSize);
    probability.set(pass.probability, k * microBatchSize);
  }
  return { lossSums, predicted, probability };
}
