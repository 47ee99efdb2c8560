/**
 * What a table of cases is: geometries that an operation is tried at, and the kind of numbers to try it with.
 * The same tables serve the tests of every kernel set, the gradient checks and the benchmarks.
 */
import type { Random } from '@longhand/tensor';
import type { GeometryOf } from '../kernel';
import type { KernelName, KernelSpecs } from '../kernel-specs';

/** Draws the numbers of one array. `batch` is the extent of the last axis. */
export type Fill = (random: Random, length: number, batch: number) => number[];

/** One operation: its forward kernel, the kernels of its gradients, and what to try them with. */
export interface OperationCases<Forward extends KernelName = KernelName> {
  readonly forward: Forward;
  readonly gradients: readonly KernelName[];
  /**
   * How to draw an array that is not simply {@link uniform}: away from kinks and ties, or probabilities.
   * A case may narrow it further.
   */
  readonly fills?: Readonly<Record<string, Fill>>;
  readonly cases: readonly OperationCase<GeometryOf<KernelSpecs[Forward]>>[];
}

/** A named geometry. */
export interface OperationCase<Geometry> {
  readonly name: string;
  readonly geometry: Geometry;
  readonly fills?: Readonly<Record<string, Fill>>;
}

/** Numbers from −1 to 1. */
export const uniform: Fill = (random, length) => Array.from({ length }, () => random.uniform(-1, 1));

/** Numbers from −1 to 1, but at least 0.05 from zero: a small step does not cross a kink there. */
export const awayFromZero: Fill = (random, length) =>
  Array.from({ length }, () => random.uniform(0.05, 1) * (random.integer(2) === 0 ? 1 : -1));

/** Numbers that differ from each other by at least 0.01: no two tie for a maximum. */
export const distinct: Fill = (random, length) =>
  random.shuffle(Array.from({ length }, (_, index) => (index - length / 2) * 0.01));

/** Probabilities from 0.2 to 0.8: nearer to 0 and 1 the derivatives of log are too large to be found by trying. */
export const probabilities: Fill = (random, length) => Array.from({ length }, () => random.uniform(0.2, 0.8));

/** For each image, non-negative numbers that add up to one over its features. */
export const distributions: Fill = (random, length, batch) => {
  const drawn = Array.from({ length }, () => random.uniform(0.01, 1));
  return drawn.map((value, at) => {
    let sum = 0;
    for (let k = at % batch; k < length; k += batch) sum += drawn[k];
    return value / sum;
  });
};

/** One part in the number of images each; the last lane of several is spare and weighs nothing. */
export const imageWeights: Fill = (_random, length) => {
  const images = length > 1 ? length - 1 : 1;
  return Array.from({ length }, (_, n) => (n < images ? 1 / images : 0));
};
