/**
 * A training run that can be halted between any two steps, saved, and resumed: it makes the same steps with the same
 * bytes as a run that was never halted.
 *
 * The main thread holds the figures and the shared memory; the workers make the steps (`workers/training-job.ts`). The
 * result does not depend on the number of workers, see there. Steps are requested ahead (`step-pipeline.ts`), so the workers
 * are always a few steps further than the caller.
 *
 * Where memory cannot be shared, as in a page that is not cross-origin isolated, there is one worker with copies of its own.
 */
import { NetworkParameters, softmaxCrossEntropy } from '@longhand/layers';
import { constant } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, OptionError, seededRandom } from '@longhand/tensor';
import { type DivergenceError, divergence, NonFiniteLoss } from './divergence';
import { isWithinHardRound, notSeen } from './hard-examples';
import { lanesFor, microBatchSize } from './micro-batch-input';
import { StepPipeline } from './step-pipeline';
import { lossWith, teacherSetup } from './teacher';
import { checkTraining, type TrainingOptions, type TrainingProgress, type TrainingState } from './training-options';
import { checkBatchMemory, checkSmallestBatch, type MicroBatchNeeds, microBatchNeeds } from './whole-batch-checks';
import { type Engine, engineOf, poolOf } from './workers/engine';
import { firstOf, nonFiniteParameter } from './workers/findings';
import { gradientLayout } from './workers/gradient-layout';
import { describeTraining, type TrainingObjects } from './workers/job-objects';
import type { JobPool } from './workers/job-pool';
import { unitsOf } from './workers/parameter-partition';
import type { StepsResult, TrainingSetup } from './workers/protocol';
import { mostOfRound } from './workers/round-sizes';
import type { SharedMemory } from './workers/shared-memory';

/** A run that the workers have: launched by the first call that needs them. */
interface Job {
  readonly memory: SharedMemory;
  readonly setup: TrainingSetup;
  readonly worldSize: number;
  readonly pipeline: StepPipeline;
}

/**
 * A training run that can be halted after any step and resumed to the same bytes. {@link fit} and {@link train} do
 * more for less.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const run = new TrainingRun(options);
 * for await (const { step } of run.steps(2)) console.log(step); // 1
 * const state = await run.state();
 * await run.end();
 * const resumed = new TrainingRun(options, state);
 * for await (const { step } of resumed.steps(3)) console.log(step); // 3
 * await resumed.end();
 */
export class TrainingRun {
  /** The steps of the whole run. */
  readonly totalSteps: number;
  /** The steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** The learning rate of a step, counted from 0 over the whole run. */
  readonly learningRateAt: (step: number) => number;
  readonly #options: TrainingOptions;
  readonly #engine: Engine;
  readonly #pool: JobPool;
  readonly #objects: TrainingObjects;
  readonly #needs: MicroBatchNeeds;
  readonly #resumedFrom: TrainingState | undefined;
  /** Steps made and recorded. */
  #steps: number;
  /** Of the current epoch's images so far: the sum of their losses, and how many were classified correctly. */
  #lossSum: number;
  #correct: number;
  #job: Job | undefined;
  #halted = false;
  #ended = false;
  #failure: DivergenceError | undefined;

  /**
   * @param state the state of a run with the same options, to be resumed. Default: a run from its beginning.
   * @throws OptionError or DatasetError when an option is out of range, the state belongs to other options or a batch is too large or too
   *   small for batch normalization, ShapeError when data or parameters do not fit the network
   */
  constructor(options: TrainingOptions, state?: TrainingState) {
    const { stepsPerEpoch, totalSteps } = checkTraining(options, state);
    const { network, optimizer, augmentation, teacher, schedule = constant() } = options;
    const { loss = teacher === undefined ? softmaxCrossEntropy() : lossWith(teacher) } = options;
    this.stepsPerEpoch = stepsPerEpoch;
    this.totalSteps = totalSteps;
    this.#options = options;
    this.#resumedFrom = state;
    this.#steps = state?.steps ?? 0;
    this.#lossSum = state?.lossSum ?? 0;
    this.#correct = state?.correct ?? 0;
    this.learningRateAt = (step) => optimizer.learningRate * schedule.factor({ step, totalSteps, stepsPerEpoch });
    this.#engine = engineOf(options);
    const { dataset, batchSize } = options;
    this.#needs = microBatchNeeds(network);
    const largestBatch = Math.min(batchSize, dataset.count);
    checkBatchMemory(this.#needs, { batchSize: largestBatch, kernels: this.#engine.kernels });
    checkSmallestBatch(network, { count: dataset.count, batchSize });
    this.#pool = poolOf(this.#engine);
    this.#objects = {
      network,
      loss,
      optimizer,
      ...(augmentation === undefined || augmentation.isIdle ? {} : { augmentation }),
      ...(teacher === undefined ? {} : { teachers: teacher.models.map((model) => model.network) }),
    };
    if (this.#engine.threads > 0) describeTraining('train', this.#objects);
  }

  /** The number of steps made. */
  get stepsMade(): number {
    return this.#steps;
  }

  /**
   * Makes steps. Workers make them ahead of the caller, by a few hundredths of a second at most, so that the caller can
   * draw progress between steps. A caller that leaves the loop early, or calls {@link halt}, halts the run a few steps
   * later, between two steps; {@link stepsMade} is where.
   *
   * @param until the number of steps made at which to halt. Default: the last step of the run.
   * @throws DivergenceError when the loss or a parameter becomes NaN or infinite, WorkerError when a worker fails,
   *   UnsupportedKernelsError when the engine lacks what the kernels need
   */
  steps(until = this.totalSteps): AsyncGenerator<TrainingProgress, void, undefined> {
    // A halt counts from here on, also while the workers are being launched.
    this.#halted = false;
    return this.#stepsUntil(until);
  }

  async *#stepsUntil(until: number): AsyncGenerator<TrainingProgress, void, undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      yield* this.#requestedSteps(until);
    } catch (error) {
      if (!(error instanceof NonFiniteLoss)) throw error;
      this.#failure = await this.#divergence(error.batchLoss);
      throw this.#failure;
    }
    // The loss of a step is that before its update: what the last update did shows only here.
    if (nonFiniteParameter(await this.#parameters()) === undefined) return;
    this.#failure = await this.#divergence();
    throw this.#failure;
  }

  async *#requestedSteps(until: number): AsyncGenerator<TrainingProgress, void, undefined> {
    const { pipeline } = await this.#launched();
    // After a halt the steps already requested are still made.
    const lastStep = (): number => (this.#halted ? pipeline.requested : Math.min(until, this.totalSteps));
    try {
      while (this.#steps < lastStep()) yield* this.#record(await pipeline.next(lastStep()));
    } finally {
      // A caller that left the loop does not see the steps under way, but they are made, and the next call goes on after them.
      // After a failed worker no answers come. After a divergence the run has failed, whatever they say.
      for (const result of await pipeline.drain().catch(() => [])) this.#record(result);
    }
  }

  /** The parameters and buffers as they are now. */
  async #parameters(): Promise<NetworkParameters> {
    const { setup, worldSize } = await this.#launched();
    if (this.#pool.sharesMemory) return new NetworkParameters(this.#options.network, setup.values, setup.buffers);
    const [copied] = await this.#pool.request(worldSize, 'state', { run: setup.run });
    return new NetworkParameters(this.#options.network, copied.values, copied.buffers);
  }

  /** @param batchLoss the loss of the next step, if it was made and is not finite */
  async #divergence(batchLoss?: number): Promise<DivergenceError> {
    const { setup, worldSize } = await this.#launched();
    const { stepsPerEpoch, learningRateAt } = this;
    return divergence({
      step: this.#steps,
      stepsPerEpoch,
      ...(batchLoss !== undefined && { batchLoss }),
      learningRateAt,
      learningRate: this.#options.optimizer.learningRate,
      parameters: await this.#parameters(),
      findings: firstOf(await this.#pool.request(worldSize, 'findings', { run: setup.run })),
      loss: this.#objects.loss,
    });
  }

  /**
   * Makes {@link steps} end soon: the steps under way are finished and reported, those of a few hundredths of a second, and
   * no further ones are requested. Leaving the loop halts the run too, but then the last steps are not reported.
   */
  halt(): void {
    this.#halted = true;
  }

  /** A copy of the run's state; not to be called while steps are being made. */
  async state(): Promise<TrainingState> {
    const { setup, worldSize } = await this.#launched();
    // Also where memory is shared: all ranks answer once they have made their steps. Where it is not, rank 0 is the only one.
    const [copied] = await this.#pool.request(worldSize, 'state', { run: setup.run });
    const { values, buffers, slots, average, averageBuffers, hardExamples } = this.#pool.sharesMemory ? setup : copied;
    const hasBuffers = buffers.length > 0;
    const isWithinRound = isWithinHardRound(this.#options.hardExamples, this, this.#steps);
    return {
      steps: this.#steps,
      lossSum: this.#lossSum,
      correct: this.#correct,
      values: values.slice(),
      slots: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.slice()])),
      ...(average === undefined ? {} : { average: average.slice() }),
      ...(hasBuffers ? { buffers: buffers.slice() } : {}),
      ...(hasBuffers && averageBuffers !== undefined ? { averageBuffers: averageBuffers.slice() } : {}),
      ...(hardExamples && { imageLosses: hardExamples.imageLosses.slice() }),
      ...(hardExamples && isWithinRound && { roundLosses: hardExamples.roundLosses.slice() }),
    };
  }

  /**
   * A copy of the parameters and buffers as they are now, to be looked at while steps are being made. It may be of the middle of
   * one: {@link state} is what a run is saved by.
   */
  async snapshot(): Promise<NetworkParameters> {
    const { values, buffers } = await this.#parameters();
    return new NetworkParameters(this.#options.network, values.slice(), buffers.slice());
  }

  /**
   * Releases the workers and the memory; an engine from the options stays usable. The run cannot continue after that, and
   * its {@link state} is gone.
   */
  async end(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    this.#ended = true;
    if (this.#options.engine === undefined) await this.#engine.end();
    else if (job !== undefined) await this.#release(job);
  }

  async #release({ memory, setup, worldSize }: Job): Promise<void> {
    try {
      await this.#pool.request(worldSize, 'release', { run: setup.run });
      this.#pool.recycle(memory);
    } catch {
      // Workers that failed or ended hold no memory any more, and their failure was thrown before.
    }
  }

  /**
   * Launches the run on the workers with the first call.
   *
   * @throws Error when the run has been ended
   */
  async #launched(): Promise<Job> {
    if (this.#ended) throw new Error('train: expected a run under way, got one that has been ended');
    if (this.#job !== undefined) return this.#job;
    const { dataset, batchSize } = this.#options;
    const run = this.#pool.newRunNumber();
    const memory = this.#pool.allocateMemory();
    const setup = this.#setup(run, memory);
    // No more workers than a batch has micro-batches.
    const worldSize = this.#pool.start(Math.ceil(Math.min(batchSize, dataset.count) / microBatchSize));
    await this.#pool.launch(worldSize, 'train', { setup, objects: this.#objects });
    const { learningRateAt } = this;
    const pipeline = new StepPipeline({ pool: this.#pool, run, worldSize, learningRateAt }, this.#steps);
    this.#job = { memory, setup, worldSize, pipeline };
    return this.#job;
  }

  /**
   * All that the workers need, in memory that they see. The arrays of a state are copied: the parameters of the options, or of the
   * state that the run is resumed from, stay as they are.
   */
  #setup(run: number, memory: SharedMemory): TrainingSetup {
    const { network, dataset, normalization, optimizer, averaging, teacher, batchSize, seed } = this.#options;
    const { gradientClipping, labelSmoothing = 0, closeAugmentation = 0, hardExamples } = this.#options;
    const resumed = this.#resumedFrom;
    const initial =
      resumed === undefined
        ? (this.#options.parameters ?? network.initialize(seededRandom(seed).fork('initial')))
        : new NetworkParameters(network, resumed.values, resumed.buffers);
    const found = nonFiniteParameter(initial);
    if (found !== undefined) {
      throw new OptionError(
        `train: expected finite numbers to start from, got ${found.value} in '${found.path}'; check the parameters or the state`,
      );
    }
    const dtype = dtypeOf(initial.values);
    const { length } = initial.values;
    const copyOf = (values: FloatArray): FloatArray => {
      const copy = memory.allocate(dtype, values.length);
      copy.set(values);
      return copy;
    };
    const { partialCount } = this.#needs;
    // At a reduction all micro-batches of a batch meet, so there each needs its own memory.
    const rows = mostOfRound({ count: dataset.count, batchSize, together: partialCount > 0 });
    const { teachers = [], augmentation } = this.#objects;
    const lanes = lanesFor([network, ...teachers], Math.min(batchSize, dataset.count));
    const { summedCount, leftCount, overBatch } = gradientLayout(network, optimizer, normalization, lanes);
    const rowsOf = new Map(overBatch.map(({ entry, gradient }) => [entry.path, gradient.rows]));
    // Only clipping by norm needs them.
    const units =
      gradientClipping?.norm === undefined ? 0 : unitsOf(network.parameterEntries, optimizer, { rowsOf }).costs.length;
    const buffer = (bytes: number): ArrayBufferLike => this.#pool.allocateBuffer(bytes);
    const closeAugmentationFrom = Math.round((1 - closeAugmentation) * this.totalSteps);
    const floats = (length: number): FloatArray =>
      dtype === 'float64' ? new Float64Array(buffer(8 * length)) : new Float32Array(buffer(4 * length));
    const lossesOf = (resumedFrom: FloatArray | undefined): Float32Array => {
      const losses = new Float32Array(buffer(dataset.count * Float32Array.BYTES_PER_ELEMENT)).fill(notSeen);
      losses.set(resumedFrom ?? []);
      return losses;
    };
    const plainSteps = this.totalSteps - (augmentation === undefined ? 0 : closeAugmentationFrom);
    return {
      run,
      memory: memory.source,
      dataset: { ...dataset, images: this.#pool.place(dataset.images), labels: this.#pool.place(dataset.labels) },
      normalization,
      labelSmoothing,
      closeAugmentationFrom,
      ...(teacher && {
        teacher: {
          ...teacherSetup(teacher, copyOf),
          ...(plainSteps > this.stepsPerEpoch && {
            kept: {
              // In the same precision: a run that is resumed computes them again.
              probabilities: floats(dataset.count * network.outputShape[0]),
              known: new Uint8Array(buffer(dataset.count)),
            },
          }),
        },
      }),
      ...(hardExamples && {
        hardExamples: {
          ...hardExamples,
          totalSteps: this.totalSteps,
          imageLosses: lossesOf(resumed?.imageLosses),
          roundLosses: lossesOf(resumed?.roundLosses),
        },
      }),
      ...(gradientClipping === undefined ? {} : { gradientClipping }),
      batchSize,
      seed,
      values: copyOf(initial.values),
      buffers: copyOf(initial.buffers),
      slots: Object.fromEntries(
        optimizer.slotNames.map((name) => [
          name,
          resumed ? copyOf(resumed.slots[name]) : memory.allocate(dtype, length),
        ]),
      ),
      ...(averaging === undefined
        ? {}
        : {
            averaging,
            average: copyOf(resumed?.average ?? initial.values),
            averageBuffers: copyOf(resumed?.averageBuffers ?? initial.buffers),
          }),
      ...(partialCount > 0 ? { partials: memory.allocate(dtype, rows * partialCount) } : {}),
      microBatchGradients: memory.allocate(dtype, rows * summedCount),
      left: memory.allocate(dtype, rows * leftCount),
      microBatchLosses: new Float64Array(buffer(rows * Float64Array.BYTES_PER_ELEMENT)),
      microBatchCorrect: new Int32Array(buffer(rows * Int32Array.BYTES_PER_ELEMENT)),
      unitSquares: new Float64Array(buffer(units * Float64Array.BYTES_PER_ELEMENT)),
    };
  }

  /** Records all steps of an answer before any is reported: the caller may leave the loop at the first. */
  #record({ lossSums, correct }: StepsResult): TrainingProgress[] {
    const { dataset, batchSize, epochs } = this.#options;
    const { stepsPerEpoch } = this;
    return lossSums.map((lossSum, k) => {
      const epoch = Math.floor(this.#steps / stepsPerEpoch) + 1;
      const step = (this.#steps % stepsPerEpoch) + 1;
      if (step === 1) [this.#lossSum, this.#correct] = [0, 0];
      const images = Math.min(step * batchSize, dataset.count);
      const batchLoss = lossSum / (images - (step - 1) * batchSize);
      if (!Number.isFinite(batchLoss)) throw new NonFiniteLoss(batchLoss);
      this.#lossSum += lossSum;
      this.#correct += correct[k];
      const learningRate = this.learningRateAt(this.#steps++);
      const [loss, accuracy] = [this.#lossSum / images, this.#correct / images];
      return { epoch, epochs, step, stepsPerEpoch, images, learningRate, batchLoss, loss, accuracy };
    });
  }
}
