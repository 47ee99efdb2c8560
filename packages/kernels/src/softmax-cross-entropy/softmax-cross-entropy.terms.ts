/** What one entry of softmax with cross-entropy is made of; see `softmax-cross-entropy.ts`. */

import { columnOf, softmaxExpression } from '../softmax/softmax.terms';
import { call, constant, difference, entry, negative, product, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { softmaxCrossEntropySpecs } from './softmax-cross-entropy';

type Specs = typeof softmaxCrossEntropySpecs;

export const softmaxCrossEntropyTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  softmaxCrossEntropy: {
    y: softmaxExpression,
    loss(g, index, { target }) {
      // A class that is not wanted at all costs nothing.
      const terms = columnOf(g, index)
        .filter((at) => target[at] !== 0)
        .map((at) => product([entry('target', at), call('log', entry('y', at))]));
      return negative(sum(terms));
    },
  },
  softmaxCrossEntropyInputGrad: {
    dx(g, index, { target, imageWeight }) {
      const mass = columnOf(g, index).reduce((total, at) => total + target[at], 0);
      const error = difference(product([entry('y', index), constant(mass)]), entry('target', index));
      return product([constant(imageWeight[index % g.batch]), error]);
    },
  },
};
