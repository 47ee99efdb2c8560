/**
 * A training run that can be halted between any two steps, looked at, written down, and taken up again: the same steps
 * are made, and the same bytes come out, as if it had never been halted.
 */
import {
  type Augmentation,
  batchCount,
  checkNormalization,
  type ImageDataset,
  type Normalization,
} from '@longhand/datasets';
import { describeNetwork, type Loss, type Network, Parameters, softmaxCrossEntropy } from '@longhand/layers';
import { constant, type Optimizer, type Schedule, type WeightAverage } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, OptionError, seededRandom } from '@longhand/tensor';
import { microBatchSize } from './micro-batch-input';
import { checkDataset, checkParameters } from './micro-batch-pass';
import { StepPipeline } from './step-pipeline';
import { Engine, type EngineOptions } from './workers/engine';
import { type SharedMemory, sharedBytes } from './workers/shared-memory';
import { microBatchesPerRound, type StepsResult, type TrainingSetup } from './workers/training-job';

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
  /** How images are changed, each time another way, whenever they are seen; not at all unless said. */
  readonly augmentation?: Augmentation;
  /** In which last part of the run images are seen as they are all the same, from 0 to 1; 0 unless said. */
  readonly closeAugmentation?: number;
  /** What part of each target is spread over all classes, from 0 to below 1; 0 unless said. */
  readonly labelSmoothing?: number;
  /** A moving average of the weights, which is the run's result then; none unless said. */
  readonly averaging?: WeightAverage;
  /** How many times every image is seen. */
  readonly epochs: number;
  /** How many images make one step; the last batch of an epoch may be short. */
  readonly batchSize: number;
  /** First values and the order of the images follow from it. */
  readonly seed: number;
  /** Where to start; values drawn from the seed unless given. */
  readonly parameters?: Parameters;
  /** Workers that stand ready; unless given, some are started with the other options, and ended with the run. */
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

/**
 * All that a halted run needs to go on, besides its options. Chance needs no place here: every order and every first
 * value follows from the seed and the step alone.
 */
export interface TrainingState {
  /** How many steps were made, over the whole run. */
  readonly steps: number;
  /** Of the epoch that is under way, so far: the sum of the images' losses, and how many were read right. */
  readonly lossSum: number;
  readonly correct: number;
  /** The weights, in the order of the network's parameters. */
  readonly values: FloatArray;
  /** What the optimizer remembers, by name, as long as the weights each. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /** The moving average of the weights; absent without one. */
  readonly average?: FloatArray;
}

/** A loss or a parameter that is no longer a number: the run has failed. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

/** What the workers are doing for a run. */
interface Job {
  readonly memory: SharedMemory;
  readonly setup: TrainingSetup;
  readonly worldSize: number;
  readonly pipeline: StepPipeline;
}

/**
 * @example
 * const run = new TrainingRun({ network, dataset, ...rest });
 * for await (const { loss } of run.steps(100)) console.log(loss); // the first hundred
 * const state = await run.state(); // to be written down …
 * await run.end();
 * const again = new TrainingRun({ network, dataset, ...rest }, state); // … and taken up
 */
export class TrainingRun {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** The rate of a step, counted from 0 over the whole run. */
  readonly learningRateAt: (step: number) => number;
  readonly #options: TrainingOptions;
  readonly #engine: Engine;
  readonly #start: Parameters;
  #steps: number;
  #lossSum: number;
  #correct: number;
  #job: Job | undefined;
  #halted = false;
  #ended = false;
  readonly #from: TrainingState | undefined;

  /**
   * @param state where an earlier run with the same options was halted; from the beginning unless given
   * @throws OptionError or DatasetError when an option is out of range, or the state is of a run with others, ShapeError when data or
   *   parameters do not fit the network
   */
  constructor(options: TrainingOptions, state?: TrainingState) {
    const { network, dataset, optimizer, epochs, batchSize, seed, schedule = constant() } = options;
    checkCount('epochs', epochs);
    checkCount('batch size', batchSize);
    checkDataset(network, dataset);
    if (options.parameters !== undefined) checkParameters('train', network, options.parameters);
    checkNormalization('train', options.normalization);
    const { labelSmoothing = 0, closeAugmentation = 0 } = options;
    if (!(closeAugmentation >= 0 && closeAugmentation <= 1)) {
      throw new OptionError(`train: expected a number from 0 to 1 as close augmentation, got ${closeAugmentation}`);
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new OptionError(`train: expected a number from 0 to below 1 as label smoothing, got ${labelSmoothing}`);
    }
    const stepsPerEpoch = batchCount(dataset.count, batchSize);
    const totalSteps = epochs * stepsPerEpoch;
    if (state !== undefined) checkState(options, state, totalSteps);
    this.stepsPerEpoch = stepsPerEpoch;
    this.totalSteps = totalSteps;
    this.#options = options;
    this.#from = state;
    this.#start =
      state === undefined
        ? (options.parameters ?? network.initialize(seededRandom(seed).fork('initial')))
        : new Parameters(network.parameterEntries, state.values);
    this.#steps = state?.steps ?? 0;
    this.#lossSum = state?.lossSum ?? 0;
    this.#correct = state?.correct ?? 0;
    this.learningRateAt = (step) => optimizer.learningRate * schedule.factor({ step, totalSteps, stepsPerEpoch });
    this.#engine = options.engine ?? new Engine(options);
  }

  /** How many steps were made. */
  get stepsMade(): number {
    return this.#steps;
  }

  /**
   * Makes steps. The work is done by other threads, ahead of the caller by a few hundredths of a second at most; the
   * caller draws progress between steps. Who leaves early, or calls {@link halt}, halts the run a few steps later, between
   * two steps: {@link stepsMade} tells where.
   *
   * @param until the number of steps made at which to halt; the last of the run unless given
   * @throws DivergenceError when the loss or a parameter is no longer a number, WorkerError when a worker fails,
   *   UnsupportedKernelsError when the engine lacks what the kernels need
   */
  async *steps(until = this.totalSteps): AsyncGenerator<TrainingProgress, void, undefined> {
    const { pipeline, setup } = await this.#begun();
    this.#halted = false;
    const end = (): number => (this.#halted ? pipeline.asked : Math.min(until, this.totalSteps));
    try {
      while (this.#steps < end()) yield* this.#counted(await pipeline.next(end()));
    } finally {
      // Not where a worker failed: its answers never come.
      for (const result of await pipeline.rest().catch(() => [])) this.#counted(result);
    }
    const { values } = this.#engine.sharing ? setup : await this.state();
    if (!values.every(Number.isFinite)) {
      throw divergence('a parameter became infinite', this.#options.optimizer.learningRate);
    }
  }

  /**
   * Has {@link steps} end soon: the steps under way are made and told, a few hundredths of a second's, and none is begun.
   * For who wants to hear of each step; who leaves the loop does not hear of those.
   */
  halt(): void {
    this.#halted = true;
  }

  /** A copy of all that the run has come to; not while steps are being made. */
  async state(): Promise<TrainingState> {
    const { setup, worldSize } = await this.#begun();
    const [state] = await this.#engine.ask(worldSize, 'state', { run: setup.run });
    const { values, slots, average } = this.#engine.sharing ? setup : state;
    return {
      steps: this.#steps,
      lossSum: this.#lossSum,
      correct: this.#correct,
      values: values.slice(),
      slots: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.slice()])),
      ...(average === undefined ? {} : { average: average.slice() }),
    };
  }

  /**
   * Lets workers and memory go; workers that were lent go on with what else they are asked. Nothing can be had of the run
   * after that: who wants its {@link state} asks before.
   */
  async end(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    this.#ended = true;
    if (this.#options.engine === undefined) await this.#engine.end();
    else if (job !== undefined) await this.#forget(job);
  }

  /** Has the workers let the job go. */
  async #forget({ memory, setup, worldSize }: Job): Promise<void> {
    try {
      await this.#engine.ask(worldSize, 'forget', { run: setup.run });
      this.#engine.recycle(memory);
    } catch {
      // Workers that failed or ended hold nothing any more; what they failed of was told before.
    }
  }

  /**
   * Gives the job to the workers, once.
   *
   * @throws Error when the run has been ended: where it stood went with it
   */
  async #begun(): Promise<Job> {
    if (this.#ended) throw new Error('train: expected a run under way, got one that has been ended');
    if (this.#job !== undefined) return this.#job;
    const { dataset, batchSize } = this.#options;
    const closeAugmentationFrom = Math.round((1 - (this.#options.closeAugmentation ?? 0)) * this.totalSteps);
    const run = this.#engine.runNumber();
    const memory = this.#engine.memory();
    const laidOut = trainingSetup({ engine: this.#engine, memory }, this.#options, this.#start, this.#from);
    const setup = { ...laidOut, closeAugmentationFrom, run };
    const worldSize = this.#engine.warmUp(Math.ceil(Math.min(batchSize, dataset.count) / microBatchSize));
    await this.#engine.together(worldSize, 'train', setup);
    const pipeline = new StepPipeline(
      { engine: this.#engine, run, worldSize, rateAt: this.learningRateAt },
      this.#steps,
    );
    this.#job = { memory, setup, worldSize, pipeline };
    return this.#job;
  }

  /** Counts all steps of a leg before any is told: the caller may leave at the first. */
  #counted({ lossSums, correct }: StepsResult): TrainingProgress[] {
    const { dataset, batchSize, epochs, optimizer } = this.#options;
    const { stepsPerEpoch } = this;
    return lossSums.map((lossSum, k) => {
      const epoch = Math.floor(this.#steps / stepsPerEpoch) + 1;
      const step = (this.#steps % stepsPerEpoch) + 1;
      if (step === 1) [this.#lossSum, this.#correct] = [0, 0];
      const images = Math.min(step * batchSize, dataset.count);
      const batchLoss = lossSum / (images - (step - 1) * batchSize);
      if (!Number.isFinite(batchLoss)) {
        throw divergence(`the loss became ${batchLoss} at step ${step} of epoch ${epoch}`, optimizer.learningRate);
      }
      this.#lossSum += lossSum;
      this.#correct += correct[k];
      const learningRate = this.learningRateAt(this.#steps++);
      const [loss, accuracy] = [this.#lossSum / images, this.#correct / images];
      return { epoch, epochs, step, stepsPerEpoch, images, learningRate, batchLoss, loss, accuracy };
    });
  }
}

/** Lays everything that workers need into memory that they see. */
function trainingSetup(
  { engine, memory }: { readonly engine: Engine; readonly memory: SharedMemory },
  options: TrainingOptions,
  start: Parameters,
  state: TrainingState | undefined,
): Omit<TrainingSetup, 'closeAugmentationFrom' | 'run'> {
  const { network, dataset, normalization, optimizer, averaging, batchSize, seed } = options;
  const { loss = softmaxCrossEntropy(), labelSmoothing = 0, augmentation } = options;
  const dtype = dtypeOf(start.values);
  const { length } = start.values;
  const copyOf = (values: FloatArray | undefined): FloatArray => {
    const copy = memory.allocate(dtype, length);
    if (values !== undefined) copy.set(values);
    return copy;
  };
  const shards = Math.min(microBatchesPerRound, Math.ceil(Math.min(batchSize, dataset.count) / microBatchSize));
  const buffer = (bytes: number): ArrayBufferLike =>
    engine.sharing ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return {
    memory: memory.source,
    network: describeNetwork(network),
    dataset: { ...dataset, images: sharedBytes(dataset.images), labels: sharedBytes(dataset.labels) },
    normalization,
    loss: loss.kind,
    labelSmoothing,
    ...(augmentation === undefined || augmentation.isIdle ? {} : { augmentation: augmentation.description }),
    optimizer: optimizer.description,
    batchSize,
    seed,
    values: copyOf(start.values),
    slots: Object.fromEntries(optimizer.slotNames.map((name) => [name, copyOf(state?.slots[name])])),
    ...(averaging === undefined ? {} : { averaging, average: copyOf(state?.average ?? start.values) }),
    microBatchGradients: memory.allocate(dtype, shards * length),
    microBatchLosses: new Float64Array(buffer(shards * Float64Array.BYTES_PER_ELEMENT)),
    microBatchCorrect: new Int32Array(buffer(shards * Int32Array.BYTES_PER_ELEMENT)),
  };
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new OptionError(`train: expected a whole number of at least 1 as ${name}, got ${value}`);
  }
}

/** @throws OptionError unless the state is one of a run with these options */
function checkState(
  { network, optimizer, averaging }: TrainingOptions,
  state: TrainingState,
  totalSteps: number,
): void {
  const { steps, values, slots, average } = state;
  const fail = (expected: string, got: string): never => {
    throw new OptionError(`train: expected a state with ${expected}, got ${got}; give the options of the run it is of`);
  };
  if (!Number.isSafeInteger(steps) || steps < 0 || steps > totalSteps) {
    fail(`0 to ${totalSteps} steps made`, `${steps}`);
  }
  const names = Object.keys(slots).toSorted().join(', ') || 'none';
  const expectedNames = [...optimizer.slotNames].toSorted().join(', ') || 'none';
  if (names !== expectedNames) fail(`the memory of ${optimizer.description.kind} (${expectedNames})`, names);
  if ((average !== undefined) !== (averaging !== undefined)) {
    fail(averaging === undefined ? 'no average of the weights' : 'an average of the weights', average ? 'one' : 'none');
  }
  const arrays = { weights: values, ...slots, ...(average === undefined ? {} : { average }) };
  for (const [name, { length }] of Object.entries(arrays)) {
    if (length !== network.parameterCount) fail(`${network.parameterCount} numbers as ${name}`, `${length}`);
  }
}

function divergence(what: string, learningRate: number): DivergenceError {
  return new DivergenceError(
    `train: ${what}. Try a learning rate below ${learningRate}, such as ${Number((learningRate / 10).toPrecision(2))}`,
  );
}
