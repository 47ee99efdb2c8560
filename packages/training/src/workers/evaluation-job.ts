/** A worker's part in evaluation: every so many shards of the data set. */
import type { ImageDataset, Normalization } from '@longhand/datasets';
import { type LossKind, lossFrom, type NetworkDescription, networkFrom, Parameters } from '@longhand/layers';
import type { FloatArray } from '@longhand/tensor';
import { prepareShardPass } from '../shard-pass';
import { shardSize } from '../shard-size';
import { openSpace, type SpaceSource } from './shared-space';
import type { Membership } from './training-job';

/** All that an evaluation is; it can be posted as a message. */
export interface EvaluationSetup {
  readonly space: SpaceSource;
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
  /** The class read for each image, `shardSize` a shard. */
  readonly predicted: Uint8Array;
  /** How sure the network was of it. */
  readonly probability: Float32Array;
}

/** Runs shard `member`, `member + members`, … of the data set. */
export function evaluationJob(setup: EvaluationSetup, { member, members }: Membership): EvaluationResult {
  const { dataset, normalization } = setup;
  const space = openSpace(setup.space);
  const network = networkFrom(setup.network);
  const parameters = new Parameters(network.parameterEntries, space.adopt(setup.values));
  const loss = lossFrom(setup.loss);
  const { kernels } = space;
  const pass = prepareShardPass({ network, parameters, dataset, normalization, loss, kernels, training: false });
  const order = Uint32Array.from({ length: dataset.count }, (_, index) => index);
  const shards = Math.ceil(dataset.count / shardSize);
  const own = Math.ceil((shards - member) / members);
  const lossSums = new Float64Array(own);
  const predicted = new Uint8Array(own * shardSize);
  const probability = new Float32Array(own * shardSize);
  for (let k = 0; k < own; k++) {
    const from = (member + k * members) * shardSize;
    lossSums[k] = pass.run(order, from, Math.min(from + shardSize, dataset.count), dataset.count).lossSum;
    predicted.set(pass.predicted, k * shardSize);
    probability.set(pass.probability, k * shardSize);
  }
  return { lossSums, predicted, probability };
}
