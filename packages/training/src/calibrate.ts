/**
 * Fits a {@link Calibration} on images that a model was not trained on.
 *
 *   temperature   the least mean of −ln p_label(T), by golden-section search over ln T
 *   threshold     no lower than the usual one; and so high that 2.5 % of the correct predictions lie below it
 *   similarity    directions are means over the correct predictions of each class; of all of these, 2.5 % lie below the least
 *
 * No random number is drawn, so it changes nothing in a run.
 */
import { type ImageDataset, subset } from '@longhand/datasets';
import { type Loss, meanSquaredError, type Network, outputRange, softmaxCrossEntropy } from '@longhand/layers';
import { exp, log } from '@longhand/tensor';
import {
  type Calibration,
  calibratedProbabilities,
  centeredLogRatios,
  cosine,
  doubtOf,
  mostDirections,
  mostProbable,
  usualThreshold,
} from './calibration';
import { type EvaluationOptions, evaluate } from './evaluate';
import { turn } from './workers/turn';

/** Of the correct predictions, the part that each of the two conditions may call not sure. */
const LEFT_OUT = 0.025;
/** From fewer correct predictions nothing is fitted. */
const LEAST_CORRECT = 40;
/** Temperatures are searched from 1/8 to 8. */
const WIDEST = log(8);

/** The probabilities of images whose classes are known. */
export interface LabeledProbabilities {
  /** `[image, class]`, of the network, before any calibration. */
  readonly probabilities: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * The calibration of a model by images that it was not trained on; undefined where too few of them are classified correctly.
 *
 * @throws what `evaluate` throws
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const parameters = await train({ ...options, epochs: 2 }).result;
 * const calibration = await calibrate({ network, parameters, normalization, dataset });
 * (calibration?.temperature ?? 0) > 0; // true
 */
export async function calibrate(
  options: Omit<EvaluationOptions, 'loss' | 'metrics' | 'probabilities'>,
): Promise<Calibration | undefined> {
  const { name, labels } = options.dataset;
  const input = { ...(await classProbabilities(options)), labels };
  const temperature = fitTemperature(input);
  // Each half takes about a frame of a page.
  await turn();
  return calibrationAt(temperature, input, name);
}

/**
 * The probabilities of every image of a data set, as a classifier gives them before calibration: `[image, class]`.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { seededRandom } from '@longhand/tensor';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 100 });
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const { probabilities, classes } = await classProbabilities({ network, parameters, normalization, dataset });
 * [probabilities.length, classes]; // [ 1000, 10 ]
 */
export async function classProbabilities(
  options: Omit<EvaluationOptions, 'loss' | 'metrics' | 'probabilities'>,
): Promise<Pick<LabeledProbabilities, 'probabilities' | 'classes'>> {
  const loss = classifierLoss(options.network);
  const { probabilities } = await evaluate({ ...options, loss, probabilities: true });
  return { probabilities, classes: options.network.outputShape[0] };
}

/**
 * The loss whose predictions are a classifier's probabilities: softmax, or the output of a network that ends with it or with a sigmoid.
 *
 * @example
 * import { lenet5 } from '@longhand/layers';
 * classifierLoss(lenet5()).description.kind; // 'softmax-cross-entropy'
 */
export function classifierLoss(network: Network): Loss {
  const range = outputRange(network)?.range;
  return range === 'softmax' || range === 'sigmoid' ? meanSquaredError() : softmaxCrossEntropy();
}

/**
 * The calibration by probabilities; undefined where too few of them are correct.
 *
 * @param data what the images are called
 */
export function fitCalibration(input: LabeledProbabilities, data: string): Calibration | undefined {
  return calibrationAt(fitTemperature(input), input, data);
}

function calibrationAt(temperature: number, input: LabeledProbabilities, data: string): Calibration | undefined {
  const { classes, labels } = input;
  const images = labels.length;
  const correct: { readonly label: number; readonly probabilities: Float32Array }[] = [];
  for (let image = 0; image < images; image++) {
    const probabilities = calibratedProbabilities(rowOf(input, image), { temperature });
    if (mostProbable(probabilities) === labels[image]) correct.push({ label: labels[image], probabilities });
  }
  if (correct.length < LEAST_CORRECT) return undefined;
  const own = correct.map(({ label, probabilities }) => probabilities[label]);
  const threshold = Math.max(usualThreshold, floored(lowQuantile(own)));
  const fitted = { version: 1, temperature, threshold, images, data } as const;
  if (classes > mostDirections) return fitted;
  const ratios = correct.map(({ label, probabilities }) => ({ label, ratios: centeredLogRatios(probabilities) }));
  const directions = directionsOf(ratios, classes);
  const similarities = ratios.map(({ label, ratios }) => cosine(ratios, directions[label]));
  return { ...fitted, similarity: { least: floored(lowQuantile(similarities)), directions } };
}

function rowOf({ probabilities, classes }: LabeledProbabilities, image: number): Float32Array {
  return probabilities.subarray(image * classes, (image + 1) * classes);
}

/** T with the least mean loss. A weak preference for 1 decides where there are no errors, and T could be anything small. */
function fitTemperature(input: LabeledProbabilities): number {
  const { labels } = input;
  const rows = Array.from(labels, (label, image) => {
    const ratios = centeredLogRatios(rowOf(input, image));
    const most = Math.max(...ratios);
    return { label, below: ratios.map((value) => value - most) };
  });
  const lossAt = (logT: number): number => {
    const scale = exp(-logT);
    let sum = (logT * logT) / 2;
    for (const { label, below } of rows) {
      let powers = 0;
      for (const value of below) powers += exp(value * scale);
      sum += log(powers) - below[label] * scale;
    }
    return sum;
  };
  // The golden section: each step keeps 0.618 of the interval.
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-WIDEST, WIDEST];
  let [one, other] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossOfOne, lossOfOther] = [lossAt(one), lossAt(other)];
  while (high - low > 1e-4) {
    if (lossOfOne < lossOfOther) {
      [high, other, lossOfOther] = [other, one, lossOfOne];
      one = high - golden * (high - low);
      lossOfOne = lossAt(one);
    } else {
      [low, one, lossOfOne] = [one, other, lossOfOther];
      other = low + golden * (high - low);
      lossOfOther = lossAt(other);
    }
  }
  return rounded(exp((low + high) / 2));
}

/** The mean direction of each class, and of one that nothing correct was seen of that of certainty. */
function directionsOf(
  correct: readonly { readonly label: number; readonly ratios: readonly number[] }[],
  classes: number,
): number[][] {
  const sums = Array.from({ length: classes }, (_, label) =>
    Array.from({ length: classes }, (__, k) => (k === label ? 1 : 0) - 1 / classes),
  );
  for (const { label, ratios } of correct) {
    const length = lengthOf(ratios);
    for (const [k, value] of ratios.entries()) sums[label][k] += length === 0 ? 0 : value / length;
  }
  return sums.map((sum) => sum.map((value) => rounded(value / lengthOf(sum))));
}

function lengthOf(vector: readonly number[]): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** The number below which {@link LEFT_OUT} of the others lie. */
function lowQuantile(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.floor(LEFT_OUT * sorted.length)];
}

/** Four digits after the point are enough. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function floored(value: number): number {
  return Math.floor(value * 1e4) / 1e4;
}

/** How many predictions of a data set are sure, and how many of those correct. */
export interface Coverage {
  /** The number of images. */
  readonly images: number;
  /** The images whose prediction is sure. */
  readonly sure: number;
  /** The images whose prediction is sure and correct. */
  readonly sureAndCorrect: number;
}

/**
 * The coverage of predictions under a calibration. Default: none, which leaves the usual threshold.
 *
 * @example coverageOf({ probabilities: Float32Array.of(0.9, 0.1, 0.6, 0.4), labels: [0, 0], classes: 2 }); // { images: 2, sure: 1, sureAndCorrect: 1 }
 */
export function coverageOf(input: LabeledProbabilities, calibration?: Calibration): Coverage {
  const { labels } = input;
  let [sure, sureAndCorrect] = [0, 0];
  for (let image = 0; image < labels.length; image++) {
    const row = rowOf(input, image);
    const probabilities = calibration === undefined ? row : calibratedProbabilities(row, calibration);
    if (doubtOf(probabilities, calibration) !== undefined) continue;
    sure++;
    if (mostProbable(probabilities) === labels[image]) sureAndCorrect++;
  }
  return { images: labels.length, sure, sureAndCorrect };
}

/**
 * The images that a calibration is fitted on where a run has no validation images: a fifth of the test images, 2,000 at most. Undefined
 * where there are too few for any.
 *
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * calibrationPart(loadMnist({ split: 'test' }))?.count; // 2000
 */
export function calibrationPart(testing: ImageDataset): ImageDataset | undefined {
  const chosen = evenlySpread(testing.count, Math.min(2000, Math.floor(testing.count / 5)));
  return chosen.length === 0 ? undefined : { ...subset(testing, chosen), name: `${testing.name}, a part` };
}

/** Indices over all of a data set: many are sorted. */
function evenlySpread(count: number, wanted: number): number[] {
  return Array.from({ length: wanted }, (_, k) => Math.floor((k * count) / wanted));
}
