/** What one entry of a softmax and of its input gradient is made of; see `softmax.ts`. */
import type { KernelCases, OperationCase } from '../contract/cases';
import { call, difference, type Expression, entry, type KernelTerms, product, quotient, sum } from '../contract/terms';
import { type FeaturesGeometry, featuresGeometry, type softmaxSpecs } from './softmax';

/** The indices of all features of the image that an entry belongs to. */
export function columnOf({ batch, features }: FeaturesGeometry, index: number): number[] {
  return Array.from({ length: features }, (_, k) => k * batch + (index % batch));
}

/** e^x over the sum of e^x over all features: the textbook form, without the shift that keeps large numbers finite. */
export function softmaxExpression(g: FeaturesGeometry, index: number): Expression {
  const powers = columnOf(g, index).map((at) => call('exp', entry('x', at)));
  return quotient(call('exp', entry('x', index)), sum(powers));
}

export const terms: KernelTerms<typeof softmaxSpecs> = {
  softmax: { y: softmaxExpression },
  softmaxInputGrad: {
    dx(g, index) {
      const mean = sum(columnOf(g, index).map((at) => product([entry('dy', at), entry('y', at)])));
      return product([entry('y', index), difference(entry('dy', index), mean)]);
    },
  },
};

/** Sizes to test for every operation over one column of features per image. */
export const featuresCases = (): OperationCase<FeaturesGeometry>[] => [
  { name: 'one feature, one image', geometry: featuresGeometry('case', { batch: 1, features: 1 }) },
  { name: 'two features', geometry: featuresGeometry('case', { batch: 2, features: 2 }) },
  { name: 'ten features, batch 5', geometry: featuresGeometry('case', { batch: 5, features: 10 }) },
];

/** Sizes to test for every operation over one column of features per image. */
export const cases: KernelCases<typeof softmaxSpecs> = () => [
  {
    forward: 'softmax',
    gradients: ['softmaxInputGrad'],
    cases: featuresCases(),
  },
];
