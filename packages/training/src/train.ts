/** The training run: epochs of shuffled batches, gradients summed shard by shard, one update for each batch. */
import { batchCount, checkNormalization, type ImageDataset, type Normalization } from '@longhand/datasets';
import { describeNetwork, type Loss, type Network, type Parameters, softmaxCrossEntropy } from '@longhand/layers';
import { constant, type Optimizer, type Schedule } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, OptionError, seededRandom } from '@longhand/tensor';
import { checkFit } from './shard-pass';
import { shardSize } from './shard-size';
import { Engine, type EngineOptions } from './workers/engine';
import { sharedBytes } from './workers/shared-space';
import { type StepsResult, shardsAtATime, type TrainingSetup } from './workers/training-job';

export interface TrainingOptions extends EngineOptions {
  readonly network: Network;
  readonly dataset: ImageDataset;
  /** How pixels become numbers. */
  readonly normalization: Normalization;
  readonly optimizer: Optimizer;
  /** What becomes of the learning rate; constant unless said. */
  readonly schedule?: Schedule;
  /** Softmax with cross-entropy unless said. */
  readonly loss?: Loss;
  /** How many times every image is seen. */
  readonly epochs: number;
  /** How many images make one step; the last batch of an epoch may be short. */
  readonly batchSize: number;
  /** First values and the order of the images follow from it. */
  readonly seed: number;
  /** Where to start; values drawn from the seed unless given. They are changed in place when the run is done. */
  readonly parameters?: Parameters;
  /** Workers that stand ready; unless given, some are started with the other options, and ended after the run. */
  readonly engine?: Engine;
}

/** Where a run stands after a step. */
export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** How many images this epoch has seen. */
  readonly images: number;
  /** The rate that the step was made with. */
  readonly learningRate: number;
  /** The mean loss of the step's batch. */
  readonly batchLoss: number;
  /** The mean loss of this epoch's images so far, each as it was seen. */
  readonly loss: number;
  /** The part of this epoch's images so far that were read right, each as it was seen. */
  readonly accuracy: number;
}

/** A loss or a parameter that is no longer a number: the run has failed. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

/** Workers make so many milliseconds' worth of steps before they are asked for more: often enough to look alive. */
const legMilliseconds = 30;

/**
 * Trains a network, step by step. The work is done by other threads, ahead of the caller by a few hundredths of a second
 * at most; the caller draws progress between steps, or stops.
 * The same options give the same parameters, byte for byte, on any number of threads.
 *
 * @returns the trained parameters, when the last step is done
 * @throws OptionError when an option is out of range, ShapeError when the data do not fit the network, DivergenceError
 *   when the loss or a parameter is no longer a number, WorkerError when a worker fails, UnsupportedKernelsError when
 *   the engine lacks what the kernels need
 * @example
 * for await (const { epoch, loss } of train({ network, dataset, ...rest })) console.log(epoch, loss);
 */
export async function* train(options: TrainingOptions): AsyncGenerator<TrainingProgress, Parameters, undefined> {
  const { network, dataset, optimizer, epochs, batchSize, seed, schedule = constant() } = options;
  checkCount('epochs', epochs);
  checkCount('batch size', batchSize);
  checkFit(network, dataset);
  checkNormalization('train', options.normalization);
  const parameters = options.parameters ?? network.initialize(seededRandom(seed).fork('initial'));
  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const totalSteps = epochs * stepsPerEpoch;
  const rateAt = (step: number): number =>
    optimizer.learningRate * schedule.factor({ step, totalSteps, stepsPerEpoch });

  const engine = options.engine ?? new Engine(options);
  try {
    const setup = trainingSetup(engine, options, parameters);
    const shards = Math.ceil(Math.min(batchSize, dataset.count) / shardSize);
    const members = engine.warmUp(shards);
    await engine.together(members, 'train', setup);
    const legs = new Legs(engine, members, totalSteps, rateAt);
    let [epochLoss, epochCorrect] = [0, 0];
    for (let made = 0; made < totalSteps; ) {
      const { lossSums, correct } = await legs.next();
      for (let k = 0; k < lossSums.length; k++, made++) {
        const epoch = Math.floor(made / stepsPerEpoch) + 1;
        const step = (made % stepsPerEpoch) + 1;
        if (step === 1) [epochLoss, epochCorrect] = [0, 0];
        const images = Math.min(step * batchSize, dataset.count);
        const batchLoss = lossSums[k] / (images - (step - 1) * batchSize);
        if (!Number.isFinite(batchLoss)) {
          throw divergence(`the loss became ${batchLoss} at step ${step} of epoch ${epoch}`, optimizer.learningRate);
        }
        epochLoss += lossSums[k];
        epochCorrect += correct[k];
        const learningRate = rateAt(made);
        const [loss, accuracy] = [epochLoss / images, epochCorrect / images];
        yield { epoch, epochs, step, stepsPerEpoch, images, learningRate, batchLoss, loss, accuracy };
      }
    }
    const [state] = await engine.ask(members, 'state', undefined);
    parameters.values.set((engine.sharing ? setup : state).values);
    await engine.ask(members, 'forget', undefined);
  } finally {
    // One that was lent is left alone, unless the caller stopped in the middle of a job.
    if (options.engine === undefined) await engine.end();
  }
  if (!parameters.values.every(Number.isFinite)) {
    throw divergence('a parameter became infinite in the last step', optimizer.learningRate);
  }
  return parameters;
}

/** Asks for steps ahead of those that are told: one leg is under way while the next one waits its turn. */
class Legs {
  readonly #engine: Engine;
  readonly #members: number;
  readonly #totalSteps: number;
  readonly #rateAt: (step: number) => number;
  readonly #asked: Promise<StepsResult[]>[] = [];
  #next = 0;
  #length = 1;
  #since = 0;

  constructor(engine: Engine, members: number, totalSteps: number, rateAt: (step: number) => number) {
    this.#engine = engine;
    this.#members = members;
    this.#totalSteps = totalSteps;
    this.#rateAt = rateAt;
    this.#since = now();
  }

  async next(): Promise<StepsResult> {
    while (this.#asked.length < 2 && this.#next < this.#totalSteps) this.#ask();
    const [first] = (await this.#asked.shift()) as StepsResult[];
    // The length follows the speed; it decides when steps are told, never what they do.
    const taken = Math.max(now() - this.#since, 0.1);
    this.#since = now();
    const perStep = taken / first.lossSums.length;
    this.#length = Math.max(1, Math.min(2 * this.#length, Math.round(legMilliseconds / perStep)));
    return first;
  }

  #ask(): void {
    const from = this.#next;
    const length = Math.min(this.#length, this.#totalSteps - from);
    const learningRates = Float64Array.from({ length }, (_, k) => this.#rateAt(from + k));
    const answer = this.#engine.ask(this.#members, 'steps', { from, learningRates });
    // A failure is thrown where the leg is awaited; until then it is not forgotten.
    answer.catch(() => {});
    this.#asked.push(answer);
    this.#next += length;
  }
}

// biome-ignore lint/plugin: how many steps are asked for at a time follows the clock; what they do does not.
const now = (): number => performance.now();

/** Lays everything that workers need into memory that they see. */
function trainingSetup(engine: Engine, options: TrainingOptions, parameters: Parameters): TrainingSetup {
  const { network, dataset, normalization, optimizer, batchSize, seed, loss = softmaxCrossEntropy() } = options;
  const space = engine.space();
  const dtype = dtypeOf(parameters.values);
  const { length } = parameters.values;
  const copyOf = (values: FloatArray): FloatArray => {
    const copy = space.allocate(dtype, values.length);
    copy.set(values);
    return copy;
  };
  const shards = Math.min(shardsAtATime, Math.ceil(Math.min(batchSize, dataset.count) / shardSize));
  const buffer = (bytes: number): ArrayBufferLike =>
    engine.sharing ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return {
    space: space.source,
    network: describeNetwork(network),
    dataset: { ...dataset, images: sharedBytes(dataset.images), labels: sharedBytes(dataset.labels) },
    normalization,
    loss: loss.kind,
    optimizer: optimizer.description,
    batchSize,
    seed,
    values: copyOf(parameters.values),
    slots: Object.fromEntries(optimizer.slotNames.map((name) => [name, space.allocate(dtype, length)])),
    shardGradients: space.allocate(dtype, shards * length),
    shardLosses: new Float64Array(buffer(shards * Float64Array.BYTES_PER_ELEMENT)),
    shardCorrect: new Int32Array(buffer(shards * Int32Array.BYTES_PER_ELEMENT)),
  };
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new OptionError(`train: expected a whole number of at least 1 as ${name}, got ${value}`);
  }
}

function divergence(what: string, learningRate: number): DivergenceError {
  return new DivergenceError(
    `train: ${what}. Try a learning rate below ${learningRate}, such as ${Number((learningRate / 10).toPrecision(2))}`,
  );
}
