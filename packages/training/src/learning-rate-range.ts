/**
 * The learning rate finder: a short run whose rate grows exponentially from step to step. While the rate is too low the loss hardly
 * falls; then it falls, the faster the higher the rate; and where the rate is too high it rises. Smith, "Cyclical learning rates for
 * training neural networks", 2017, section 3.3, calls it the LR range test.
 *
 *   rate of step k = from · (to / from)^(k / (steps − 1)),   k = 0 … steps − 1
 */
import { batchCount } from '@longhand/datasets';
import type { Schedule } from '@longhand/optimizers';
import { count, type Entries, optional, positive } from '@longhand/schema';
import { OptionError, pow } from '@longhand/tensor';
import { DivergenceError } from './divergence';
import { checkRunOptions } from './run-schemas';
import { type TrainingOptions, trainingEntries } from './training-options';
import { TrainingRun } from './training-run';

/** The options of a run, but for those that say how long it is and how its rate changes. */
export interface LearningRateRangeOptions
  extends Omit<TrainingOptions, 'epochs' | 'schedule' | 'closeAugmentation' | 'hardExamples'> {
  /** The rate of the first step. Default: 1e-5. */
  readonly from?: number;
  /** The rate of the last step, unless the loss rises too far before. Default: 10. */
  readonly to?: number;
  /** How many steps the run has, one for each rate. Default: 300. */
  readonly steps?: number;
}

/** The schemas of training, without those of the options that are left out here. */
function runEntries({ epochs, schedule, closeAugmentation, hardExamples, ...rest } = trainingEntries) {
  return rest;
}

/** A schema for each option. */
const rangeEntries = {
  ...runEntries(),
  from: optional(positive),
  to: optional(positive),
  steps: optional(count),
} satisfies Entries<LearningRateRangeOptions>;

/** One step of the test. */
export interface RangePoint {
  /** The rate of the step. */
  readonly learningRate: number;
  /** The mean loss of the batch, before its update. */
  readonly loss: number;
  /** The mean of it and of its neighbors on both sides, so that it neither trails nor leads. */
  readonly smoothed: number;
}

/** What the test of a range of learning rates has found. */
export interface LearningRateRange {
  /** The steps, from the lowest rate up. */
  readonly points: readonly RangePoint[];
  /**
   * A rate for the top of a schedule: a third of the one with the lowest smoothed loss, where the loss still falls. Undefined where
   * it has never fallen.
   */
  readonly suggestion: number | undefined;
}

/** The test ends where the loss has come to this multiple of its lowest. */
const tooHigh = 4;

/** How slowly the mean forgets that this is judged by. */
const decay = 0.9;

/**
 * Tests the learning rates of a range in one short run, which changes nothing but its own parameters. The same options give the same
 * figures with any number of threads.
 *
 * @throws OptionError, DatasetError or ShapeError when options, data and network do not fit, WorkerError when a worker fails
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, batchSize: 64, seed: 1, steps: 20 };
 * const { points } = await learningRateRange(options);
 * points.length > 10; // true
 */
export async function learningRateRange(options: LearningRateRangeOptions): Promise<LearningRateRange> {
  checkRunOptions<LearningRateRangeOptions>('learningRateRange', rangeEntries, options);
  const { from = 1e-5, to = 10, steps = 300, ...rest } = options;
  if (!(from < to) || steps < 2) {
    throw new OptionError(
      `learningRateRange: expected at least two steps from a rate to a higher one, got ${steps} from ${from} to ${to}`,
    );
  }
  const { optimizer, dataset, batchSize } = options;
  const rateAt = (step: number): number => from * pow(to / from, step / (steps - 1));
  const schedule: Schedule = {
    description: { kind: 'exponential' },
    factor: ({ step }) => rateAt(step) / optimizer.learningRate,
  };
  const epochs = Math.ceil(steps / batchCount(dataset.count, batchSize));
  const run = new TrainingRun({ ...rest, epochs, schedule });
  const losses: number[] = [];
  try {
    let [mean, lowest] = [0, Number.POSITIVE_INFINITY];
    for await (const { batchLoss } of run.steps(steps)) {
      losses.push(batchLoss);
      mean = decay * mean + (1 - decay) * batchLoss;
      // A mean that begins at 0 is too low by this factor: Kingma and Ba, "Adam", 2015.
      const corrected = mean / (1 - pow(decay, losses.length));
      lowest = Math.min(lowest, corrected);
      if (corrected > tooHigh * lowest) break;
    }
  } catch (error) {
    // It is what the test is for. Up to there the figures are good.
    if (!(error instanceof DivergenceError)) throw error;
  } finally {
    await run.end();
  }
  const smoothed = centeredMeans(losses, Math.max(1, Math.round(steps / 40)));
  const points = losses.map((loss, at) => ({ learningRate: rateAt(at), loss, smoothed: smoothed[at] }));
  return { points, suggestion: suggestionOf(points) };
}

/** Each value the mean of it and of `reach` before and after; fewer at the ends, as many on both sides. */
function centeredMeans(values: readonly number[], reach: number): number[] {
  return values.map((_value, at) => {
    const near = Math.min(reach, at, values.length - 1 - at);
    const around = values.slice(at - near, at + near + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

function suggestionOf(points: readonly RangePoint[]): number | undefined {
  const lowest = points.reduce((least, { smoothed }, at) => (smoothed < points[least].smoothed ? at : least), 0);
  const first = points[0];
  // Less than that is noise.
  if (first === undefined || points[lowest].smoothed > 0.95 * first.smoothed) return undefined;
  return points[lowest].learningRate / 3;
}
