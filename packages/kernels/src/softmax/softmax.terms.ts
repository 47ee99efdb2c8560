/** What one entry of a softmax and of its input gradient is made of; see `softmax.ts`. */
import { call, difference, type Expression, entry, product, quotient, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { FeaturesGeometry, softmaxSpecs } from './softmax';

type Specs = typeof softmaxSpecs;

/** The places of all features of the image that an entry belongs to. */
export function columnOf({ batch, features }: FeaturesGeometry, index: number): number[] {
  return Array.from({ length: features }, (_, k) => k * batch + (index % batch));
}

/** e^x over the sum of e^x over all features: the textbook form, without the shift that keeps large numbers finite. */
export function softmaxExpression(g: FeaturesGeometry, index: number): Expression {
  const powers = columnOf(g, index).map((at) => call('exp', entry('x', at)));
  return quotient(call('exp', entry('x', index)), sum(powers));
}

export const softmaxTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  softmax: { y: softmaxExpression },
  softmaxInputGrad: {
    dx(g, index) {
      const mean = sum(columnOf(g, index).map((at) => product([entry('dy', at), entry('y', at)])));
      return product([entry('y', index), difference(entry('dy', index), mean)]);
    },
  },
};
