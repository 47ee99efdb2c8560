/** Evaluation: the loss, the accuracy and the predictions of a network on a data set. */
import {
  channelNormalizations,
  type ImageDataset,
  type LabelArray,
  labelArray,
  type Normalization,
} from '@longhand/datasets';
import { type Loss, type Network, type NetworkParameters, softmaxCrossEntropy } from '@longhand/layers';
import { boolean, type Entries, optional, recordOf, shown, where } from '@longhand/schema';
import { dtypeOf, type FloatArray, OptionError } from '@longhand/tensor';
import type { Metrics } from './metric';
import { microBatchSize } from './micro-batch-input';
import { checkDataset, checkParameters } from './micro-batch-pass';
import type { Model } from './model-settings';
import {
  callbackSchema,
  checkRunOptions,
  datasetSchema,
  lossSchema,
  networkSchema,
  normalizationSchema,
  parametersSchema,
} from './run-schemas';
import { checkWithoutTeacher } from './teacher';
import { trainingEntries } from './training-options';
import { Engine, type EngineOptions, engineEntries, engineOf, poolOf } from './workers/engine';
import { describeEvaluation } from './workers/job-objects';
import type { EvaluationResult } from './workers/protocol';

/** The options of {@link evaluate}. */
export interface EvaluationOptions extends EngineOptions {
  /** The network. */
  readonly network: Network;
  /** Its parameters and buffers. */
  readonly parameters: NetworkParameters;
  /** The images, of the network's input shape. */
  readonly dataset: ImageDataset;
  /** The same as in training. */
  readonly normalization: Normalization;
  /** Default: softmax with cross-entropy. */
  readonly loss?: Loss;
  /** Further figures, by name. Default: none. */
  readonly metrics?: Metrics;
  /** Whether the result has the probability of every class. Default: false. */
  readonly probabilities?: boolean;
  /** Workers that outlive the evaluation. Default: it starts its own with the other options, and ends them. */
  readonly engine?: Engine;
}

/** A schema for each option. */
const evaluationEntries = {
  ...engineEntries,
  network: networkSchema,
  parameters: parametersSchema,
  dataset: datasetSchema,
  normalization: normalizationSchema,
  loss: optional(lossSchema),
  metrics: optional(recordOf(callbackSchema, 'functions by name')),
  probabilities: optional(boolean),
  engine: optional(where<Engine>('an Engine', (value) => value instanceof Engine)),
} satisfies Entries<EvaluationOptions>;

/** What may come along where a whole model or the options of a run are given. */
const unused: readonly string[] = [
  ...Object.keys(trainingEntries),
  ...(['classes', 'data', 'calibration', 'training'] satisfies readonly (keyof Model)[]),
].filter((name) => !Object.hasOwn(evaluationEntries, name));

/** What {@link evaluate} finds. */
export interface Evaluation {
  /** The number of images. */
  readonly count: number;
  /** The number of images whose predicted class is their true class. */
  readonly correct: number;
  /** correct / count */
  readonly accuracy: number;
  /**
   * The standard error of the accuracy p over n images, √(p (1 − p) / n): how far it typically lies from the accuracy on
   * another test set of this size.
   */
  readonly standardError: number;
  /** The mean loss. */
  readonly loss: number;
  /** The confusion matrix: the number of images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** The predicted class of each image, in the order of the data set. */
  readonly predicted: LabelArray;
  /**
   * The probability of each predicted class, from 0 to 1: the output of softmax. With another loss, its prediction for that
   * class.
   */
  readonly probability: Float32Array;
  /** `[image, class]`: the prediction for every class, if it was asked for, else empty. */
  readonly probabilities: Float32Array;
  /** The metrics asked for, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Evaluates a network on every image of a data set, in worker threads. The result does not depend on their number.
 *
 * A whole model may be given, `{ ...model, dataset }`, or the options of a run with its parameters: what an evaluation has no use for
 * is left alone.
 *
 * @throws ShapeError when data or parameters do not fit the network, OptionError or DatasetError when an option is missing, unknown
 *   or out of range or a metric gives no finite number, WorkerError when a worker fails, UnsupportedKernelsError when the engine
 *   lacks what the kernels need
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { seededRandom } from '@longhand/tensor';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 100 });
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const { count, accuracy } = await evaluate({ network, parameters, normalization, dataset });
 * [count, accuracy > 0.02 && accuracy < 0.3]; // [ 100, true ] (nothing learned yet)
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  checkRunOptions<EvaluationOptions>('evaluate', evaluationEntries, options, unused);
  const { network, parameters, dataset, normalization, loss = softmaxCrossEntropy() } = options;
  const { metrics = {}, probabilities = false } = options;
  checkDataset(network, dataset);
  checkWithoutTeacher('evaluate', loss);
  loss.checkNetwork?.(network);
  checkParameters('evaluate', network, parameters);
  channelNormalizations('evaluate', normalization, dataset.channels);
  const engine = engineOf(options);
  if (engine.threads > 0) describeEvaluation('evaluate', { network, loss });
  const pool = poolOf(engine);
  try {
    const memory = pool.allocateMemory();
    const copyOf = (array: FloatArray): FloatArray => {
      const copy = memory.allocate(dtypeOf(array), array.length);
      copy.set(array);
      return copy;
    };
    const setup = {
      memory: memory.source,
      dataset: { ...dataset, images: pool.place(dataset.images), labels: pool.place(dataset.labels) },
      normalization,
      values: copyOf(parameters.values),
      buffers: copyOf(parameters.buffers),
      wantsProbabilities: probabilities || Object.keys(metrics).length > 0,
    };
    const worldSize = Math.ceil(dataset.count / microBatchSize);
    const results = await pool.launch(worldSize, 'evaluate', { setup, objects: { network, loss } });
    pool.recycle(memory);
    const wanted = { classes: network.outputShape[0], metrics, hasProbabilities: setup.wantsProbabilities };
    const evaluation = combined(results, dataset, wanted);
    return probabilities ? evaluation : { ...evaluation, probabilities: new Float32Array(0) };
  } finally {
    if (options.engine === undefined) await engine.end();
  }
}

/** @throws OptionError when a metric gives no finite number: no record could keep it */
function checkedFigure(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OptionError(`evaluate: expected a finite number from the metric ${name}, got ${shown(value)}`);
}

interface WantedFigures {
  readonly classes: number;
  readonly metrics: Metrics;
  readonly hasProbabilities: boolean;
}

/** The results of all ranks in the order of the images; micro-batch m is entry ⌊m / worldSize⌋ of rank m mod worldSize. */
function combined(
  results: readonly EvaluationResult[],
  dataset: ImageDataset,
  { classes, metrics, hasProbabilities }: WantedFigures,
): Evaluation {
  const { count, labels } = dataset;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predicted = labelArray(classes, count);
  const probability = new Float32Array(count);
  const wanted = Object.entries(metrics);
  const probabilities = new Float32Array(hasProbabilities ? count * classes : 0);
  let lossSum = 0;
  let correct = 0;
  for (let from = 0, microBatch = 0; from < count; from += microBatchSize, microBatch++) {
    const result = results[microBatch % results.length];
    const entry = Math.floor(microBatch / results.length);
    lossSum += result.lossSums[entry];
    const to = Math.min(from + microBatchSize, count);
    for (let index = from, at = entry * microBatchSize; index < to; index++, at++) {
      const predictedClass = result.predicted[at];
      predicted[index] = predictedClass;
      probability[index] = result.probability[at];
      confusion[labels[index]][predictedClass]++;
      if (predictedClass === labels[index]) correct++;
    }
    if (hasProbabilities) {
      const [row, end] = [entry * microBatchSize, entry * microBatchSize + to - from];
      probabilities.set(result.probabilities.subarray(row * classes, end * classes), from * classes);
    }
  }
  const accuracy = correct / count;
  const standardError = Math.sqrt((accuracy * (1 - accuracy)) / count);
  const loss = lossSum / count;
  const input = { count, labels, outputs: classes, confusion, predicted, probabilities };
  const figures = Object.fromEntries(wanted.map(([name, metric]) => [name, checkedFigure(name, metric(input))]));
  return {
    count,
    correct,
    accuracy,
    standardError,
    loss,
    confusion,
    predicted,
    probability,
    probabilities,
    metrics: figures,
  };
}
