/** What one entry of a batch normalization, of its statistics and of its gradients is made of; see `batch-norm.ts`. */
import { type Fill, type KernelCases, type OperationCase, uniform } from '../contract/cases';
import type { Arrays } from '../contract/spec';
import {
  constant,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  product,
  quotient,
  square,
  sum,
} from '../contract/terms';
import { type BatchNormGeometry, batchNormGeometry, type batchNormSpecs } from './batch-norm';

const channelOf = (g: BatchNormGeometry, index: number): number => Math.floor(index / g.batch) % g.channels;

/** The indices of a channel's entries in the images that the mask has. */
function entriesOfChannel(g: BatchNormGeometry, c: number, { imageMask }: Arrays): number[] {
  const pixels = Array.from({ length: g.pixels }, (_, i) => (i * g.channels + c) * g.batch);
  const images = [...Array(g.batch).keys()].filter((n) => imageMask[n] !== 0);
  return pixels.flatMap((first) => images.map((n) => first + n));
}

/** x̂ */
function normalized(g: BatchNormGeometry, index: number): Expression {
  const c = channelOf(g, index);
  return product([difference(entry('x', index), entry('mean', c)), entry('invStd', c)]);
}

export const terms: KernelTerms<typeof batchNormSpecs> = {
  batchNormStatistics: {
    statistics(g, index, arrays) {
      if (index === 2 * g.channels) {
        const images = Array.from({ length: g.batch }, (_, n) => entry('imageMask', n));
        return product([constant(g.pixels), sum(images)]);
      }
      const own = entriesOfChannel(g, index % g.channels, arrays).map((at) => entry('x', at));
      if (own.length === 0) return constant(0);
      const count = constant(own.length);
      if (index < g.channels) return quotient(sum(own), count);
      // Σ (x − mean)² without its parentheses: an expression over x alone.
      return difference(sum(own.map(square)), quotient(square(sum(own)), count));
    },
  },
  batchNorm: {
    y(g, index) {
      const c = channelOf(g, index);
      return sum([product([normalized(g, index), entry('weight', c)]), entry('bias', c)]);
    },
  },
  batchNormGradientSums: {
    dWeight: (g, c, arrays) =>
      sum(entriesOfChannel(g, c, arrays).map((at) => product([entry('dy', at), normalized(g, at)]))),
    dBias: (g, c, arrays) => sum(entriesOfChannel(g, c, arrays).map((at) => entry('dy', at))),
  },
  batchNormEvaluationInputGrad: {
    dx(g, index) {
      const c = channelOf(g, index);
      return product([entry('weight', c), entry('invStd', c), entry('dy', index)]);
    },
  },
  batchNormInputGrad: {
    dx(g, index, { imageMask }) {
      if (imageMask[index % g.batch] === 0) return constant(0);
      const c = channelOf(g, index);
      const through = difference(
        difference(entry('dy', index), entry('meanDy', c)),
        product([normalized(g, index), entry('meanDyXhat', c)]),
      );
      return product([entry('weight', c), entry('invStd', c), through]);
    },
  },
};

/** Of several images the last is missing, and of more than four the second too. */
const hasImage = (n: number, batch: number): boolean => batch === 1 || (n !== batch - 1 && !(batch > 4 && n === 1));

const imageMasks: Fill = (_random, length) => Array.from({ length }, (_, n) => (hasImage(n, length) ? 1 : 0));

/** Losses have no gradient where there is no image. */
const gradientsOfImages: Fill = (random, length, batch) =>
  uniform(random, length, batch).map((value, index) => (hasImage(index % batch, batch) ? value : 0));

const fills = {
  imageMask: imageMasks,
  dy: gradientsOfImages,
  invStd: ((random, length) => Array.from({ length }, () => random.uniform(0.5, 2))) satisfies Fill,
};

const geometries = (): OperationCase<BatchNormGeometry>[] => [
  { name: 'one number', geometry: batchNormGeometry('case', { batch: 1, input: [1] }) },
  { name: 'features', geometry: batchNormGeometry('case', { batch: 5, input: [7] }) },
  { name: 'one channel', geometry: batchNormGeometry('case', { batch: 2, input: [3, 4, 1] }) },
  { name: '3 channels', geometry: batchNormGeometry('case', { batch: 3, input: [4, 2, 3] }) },
  { name: 'a whole cache line of images', geometry: batchNormGeometry('case', { batch: 16, input: [3, 3, 2] }) },
];

/** Batch normalizations of images and of features, with lanes that hold no image. */
export const cases: KernelCases<typeof batchNormSpecs> = () => [
  { forward: 'batchNormStatistics', gradients: [], fills, cases: geometries() },
  {
    forward: 'batchNorm',
    gradients: ['batchNormGradientSums', 'batchNormEvaluationInputGrad'],
    fills,
    cases: geometries(),
  },
  // The gradient through mean and variance is compared with central differences in `batch-norm.test.ts`.
  { forward: 'batchNormInputGrad', gradients: [], fills, cases: geometries() },
];
