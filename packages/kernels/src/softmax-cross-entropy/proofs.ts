/** What one entry of softmax with cross-entropy is made of; see `softmax-cross-entropy.ts`. */
import { distributions, imageWeights, type KernelCases, uniform } from '../contract/cases';
import { call, constant, difference, entry, type KernelTerms, negative, product, sum } from '../contract/terms';
import { columnOf, featuresCases, softmaxExpression } from '../softmax/proofs';
import type { softmaxCrossEntropySpecs } from './softmax-cross-entropy';

export const terms: KernelTerms<typeof softmaxCrossEntropySpecs> = {
  softmaxCrossEntropy: {
    y: softmaxExpression,
    loss(g, index, { target }) {
      // A class whose target is zero adds nothing.
      const terms = columnOf(g, index)
        .filter((at) => target[at] !== 0)
        .map((at) => product([entry('target', at), call('log', entry('y', at))]));
      return negative(sum(terms));
    },
  },
  softmaxCrossEntropyInputGrad: {
    dx(g, index, { target, imageWeight }) {
      const mass = columnOf(g, index).reduce((total, at) => total + target[at], 0);
      const outputGrad = difference(product([entry('y', index), constant(mass)]), entry('target', index));
      return product([constant(imageWeight[index % g.batch]), outputGrad]);
    },
  },
};

/** Softmax with cross-entropy, against one-hot-like and soft targets. */
export const cases: KernelCases<typeof softmaxCrossEntropySpecs> = () => [
  {
    forward: 'softmaxCrossEntropy',
    gradients: ['softmaxCrossEntropyInputGrad'],
    fills: { target: distributions, imageWeight: imageWeights },
    cases: [
      ...featuresCases(),
      // Targets need not add up to one: the gradient has their sum as a factor.
      { name: 'targets of any sum', geometry: { batch: 3, features: 4 }, fills: { target: uniform } },
    ],
  },
];
