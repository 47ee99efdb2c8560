/** One rank's part of an evaluation: every `worldSize`-th micro-batch of the data set. */
import { labelArray } from '@longhand/datasets';
import { NetworkParameters } from '@longhand/layers';
import type { FloatArray } from '@longhand/tensor';
import { lanesFor, microBatchSize } from '../micro-batch-input';
import { prepareMicroBatchPass } from '../micro-batch-pass';
import type { EvaluationObjects } from './job-objects';
import type { EvaluationResult, EvaluationSetup, RankOfJob } from './protocol';
import { attachMemory } from './shared-memory';

/** After how many micro-batches there is a pause. */
const microBatchesPerPart = 8;

/** Runs the micro-batches `rank`, `rank + worldSize`, … of the data set forward; yields now and then, for those who want a pause. */
export function* evaluationJob(
  setup: EvaluationSetup,
  { network, loss }: EvaluationObjects,
  { rank, worldSize }: RankOfJob,
): Generator<undefined, EvaluationResult, undefined> {
  const { dataset, normalization } = setup;
  const memory = attachMemory(setup.memory);
  const values = memory.attach(setup.values);
  const steady = { values, version: 0 };
  const lanes = lanesFor([network], dataset.count);
  const pass = prepareMicroBatchPass({
    network,
    lanes,
    parameters: new NetworkParameters(network, values, memory.attach(setup.buffers)),
    dataset,
    normalization,
    loss,
    kernels: memory.kernels.withSteadyParameters?.(steady) ?? memory.kernels,
    mode: 'evaluate',
  });
  const order = new Uint32Array(dataset.count);
  for (let index = 0; index < order.length; index++) order[index] = index;
  const microBatches = Math.ceil(dataset.count / microBatchSize);
  const own = Math.ceil((microBatches - rank) / worldSize);
  const lossSums = new Float64Array(own);
  const probability = new Float32Array(own * microBatchSize);
  const outputs = network.outputShape[0];
  const predicted = labelArray(outputs, own * microBatchSize);
  const probabilities = new Float32Array(setup.wantsProbabilities ? own * microBatchSize * outputs : 0);
  for (let k = 0; k < own; k++) {
    if (k > 0 && k % microBatchesPerPart === 0) {
      yield;
      // Whoever has had the pause may have changed them.
      steady.version++;
    }
    const from = (rank + k * worldSize) * microBatchSize;
    const to = Math.min(from + microBatchSize, dataset.count);
    lossSums[k] = pass.run({ indices: order, from, to, batchSize: dataset.count, step: 0 }).lossSum;
    // Loops: `set` takes longer for so few numbers.
    for (let n = 0, at = k * microBatchSize; n < lanes; n++, at++) {
      predicted[at] = pass.predicted[n];
      probability[at] = pass.probability[n];
    }
    if (setup.wantsProbabilities) {
      copyTransposed(pass.prediction, outputs, probabilities.subarray(k * microBatchSize * outputs));
    }
  }
  return { lossSums, predicted, probability, probabilities };
}

/** From `[output, lane]` to `[image, output]`. */
function copyTransposed(from: FloatArray, outputs: number, into: Float32Array): void {
  const lanes = from.length / outputs;
  for (let n = 0; n < lanes; n++) {
    for (let k = 0; k < outputs; k++) into[n * outputs + k] = from[k * lanes + n];
  }
}
