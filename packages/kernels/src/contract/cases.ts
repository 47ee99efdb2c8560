/**
 * What a table of cases is: geometries that an operation is tested at, and the numbers to test it with.
 * The same tables serve the tests of every kernel set, the gradient checks and the benchmarks.
 */
import type { Random } from '@longhand/tensor';
import type { GeometryOf, Specs } from './spec';

/** Draws the numbers of one array. `batch` is the number of images. */
export type Fill = (random: Random, length: number, batch: number) => number[];

/** A forward kernel of an operation, the kernels of its gradients, and the numbers to test them with. */
export interface OperationCases<Table extends Specs, Forward extends keyof Table & string = keyof Table & string> {
  readonly forward: Forward;
  readonly gradients: readonly (keyof Table & string)[];
  /**
   * How to draw an array that is not simply {@link uniform}: away from kinks and ties, or probabilities.
   * A case may narrow it further.
   */
  readonly fills?: Readonly<Record<string, Fill>>;
  readonly cases: readonly OperationCase<GeometryOf<Table[Forward]>>[];
}

/**
 * The cases of an operation, one entry for each of its forward kernels. A function, so that they are only made where
 * they are asked for: a page that shows derivations loads terms but tries no cases.
 */
export type KernelCases<Table extends Specs> = () => readonly OperationCases<Table>[];

/** A named geometry. */
export interface OperationCase<Geometry> {
  readonly name: string;
  readonly geometry: Geometry;
  readonly fills?: Readonly<Record<string, Fill>>;
}

/** Numbers from −1 to 1, what floats are drawn from by default. */
export const uniform: Fill = (random, length) => Array.from({ length }, () => random.uniform(-1, 1));

/** Bytes from 0 to 255, what images are drawn from by default. */
export const anyBytes: Fill = (random, length) => Array.from({ length }, () => random.integer(256));

/** Numbers from −1 to 1, but at least 0.05 from zero: a small step does not cross a kink there. */
export const awayFromZero: Fill = (random, length) =>
  Array.from({ length }, () => random.uniform(0.05, 1) * (random.integer(2) === 0 ? 1 : -1));

/** Numbers that differ from each other by at least 0.01: no two tie for a maximum. */
export const distinct: Fill = (random, length) =>
  random.shuffle(Array.from({ length }, (_, index) => (index - length / 2) * 0.01));

/** Probabilities from 0.2 to 0.8: nearer to 0 and 1 the derivatives of log are too large for central differences. */
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

/** 1 / images for each image; the last of several lanes is spare and has the weight zero. */
export const imageWeights: Fill = (_random, length) => {
  const images = length > 1 ? length - 1 : 1;
  return Array.from({ length }, (_, n) => (n < images ? 1 / images : 0));
};
