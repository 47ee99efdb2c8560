/**
 * When a model is sure. Temperature scaling makes probabilities honest (Guo et al., "On calibration of modern neural networks", 2017):
 *
 *   p_k(T) = p_k^(1/T) / Σ_j p_j^(1/T)        for softmax the same as its logits divided by T
 *
 * A prediction is sure if p(T) of its class reaches a threshold and the whole output looks as that class's usually does. For what is no
 * member of any class, such as a scribble, one probability may be high all the same, but seldom beside the usual others. Outputs are
 * compared by their centered log-ratios (Aitchison, "The statistical analysis of compositional data", 1986), whose direction no temperature changes:
 *
 *   v_k = ln p_k − (1/n) Σ_j ln p_j,          similarity = cos(v, d) = v · d / (|v| |d|)
 *
 * with d, the mean direction of the class. All figures are fitted on images that were not trained on: see `calibrate`.
 */
import { exp, log } from '@longhand/tensor';

/** What was fitted on images held out, kept in the model's file. */
export interface Calibration {
  /** The version of the form in files. */
  readonly version: 1;
  /** T: above 1 where the network is too sure of itself. */
  readonly temperature: number;
  /** The least probability of a sure prediction, from 0 to 1. */
  readonly threshold: number;
  /** How outputs of each class look. Absent with more than `mostDirections` classes. */
  readonly similarity?: {
    /** The least similarity of a sure prediction, from −1 to 1. */
    readonly least: number;
    /** The mean direction of each class, of length 1. */
    readonly directions: readonly (readonly number[])[];
  };
  /** How many images it was fitted on, and what these are called. */
  readonly images: number;
  /** The name of the images that it was fitted to. */
  readonly data: string;
}

/** Of more classes the directions would make the file large: they are the square of these numbers. */
export const mostDirections = 100;

/** Where a model's file has no calibration, predictions below this probability are not sure. */
export const usualThreshold = 0.8;

/** The logarithm of the smallest normal float32: what is less has become 0. */
const LEAST_LOG = -87.3365;

/**
 * The probabilities of an image after temperature scaling.
 *
 * @param probabilities those of the network, which sum to 1 where it ends with a softmax
 * @example calibratedProbabilities([0.9, 0.1], { temperature: 2 }); // [ 0.75, 0.25 ]
 */
export function calibratedProbabilities(
  probabilities: ArrayLike<number>,
  { temperature }: Pick<Calibration, 'temperature'>,
): Float32Array {
  const logs = logsOf(probabilities);
  const most = Math.max(...logs);
  const powers = logs.map((value) => exp((value - most) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

/** What speaks against a prediction: its probability, or an output that is not like its class's. */
export type Doubt = 'probability' | 'similarity';

/**
 * Why the most probable class is not sure; undefined if it is.
 *
 * @param probabilities those that {@link calibratedProbabilities} gives
 * @param calibration Default: none, which leaves the {@link usualThreshold}
 * @example doubtOf([0.7, 0.3]); // 'probability'
 */
export function doubtOf(
  probabilities: ArrayLike<number>,
  calibration?: Pick<Calibration, 'threshold' | 'similarity'>,
): Doubt | undefined {
  const predicted = mostProbable(probabilities);
  const { threshold, similarity } = calibration ?? { threshold: usualThreshold };
  if (!(probabilities[predicted] >= threshold)) return 'probability';
  if (similarity === undefined) return undefined;
  const direction = similarity.directions[predicted];
  return cosine(centeredLogRatios(probabilities), direction) >= similarity.least ? undefined : 'similarity';
}

/**
 * The index of the largest of some numbers; of equals, the first.
 *
 * @example mostProbable([0.2, 0.7, 0.1]); // 1
 */
export function mostProbable(probabilities: ArrayLike<number>): number {
  let most = 0;
  for (let k = 1; k < probabilities.length; k++) if (probabilities[k] > probabilities[most]) most = k;
  return most;
}

/** @example centeredLogRatios([0.5, 0.5]) // [0, 0] */
export function centeredLogRatios(probabilities: ArrayLike<number>): number[] {
  const logs = logsOf(probabilities);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return logs.map((value) => value - mean);
}

/** The cosine of the angle between two vectors; 0 where one of them has no direction. */
export function cosine(one: readonly number[], other: readonly number[]): number {
  let [product, oneSquared, otherSquared] = [0, 0, 0];
  for (let k = 0; k < one.length; k++) {
    product += one[k] * other[k];
    oneSquared += one[k] * one[k];
    otherSquared += other[k] * other[k];
  }
  const lengths = Math.sqrt(oneSquared) * Math.sqrt(otherSquared);
  return lengths === 0 ? 0 : product / lengths;
}

function logsOf(probabilities: ArrayLike<number>): number[] {
  return Array.from(probabilities, (p) => (p > 0 ? Math.max(log(p), LEAST_LOG) : LEAST_LOG));
}
