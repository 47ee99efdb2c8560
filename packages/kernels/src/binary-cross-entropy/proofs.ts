/** What one entry of binary cross-entropy is made of, away from saturation; see `binary-cross-entropy.ts`. */

import { imageWeights, type KernelCases, probabilities } from '../contract/cases';
import type { Arrays } from '../contract/spec';
import {
  call,
  constant,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  negative,
  product,
  quotient,
  sum,
} from '../contract/terms';
import { columnOf, featuresCases } from '../softmax/proofs';
import type { FeaturesGeometry } from '../softmax/softmax';
import type { binaryCrossEntropySpecs } from './binary-cross-entropy';

const one = constant(1);

/** −(t log p + (1 − t) log(1 − p)), the mean over outputs, with the probabilities in `array`. */
function lossOf(g: FeaturesGeometry, index: number, array: string): Expression {
  const terms = columnOf(g, index).flatMap((at) => {
    const [t, p] = [entry('target', at), entry(array, at)];
    return [product([t, call('log', p)]), product([difference(one, t), call('log', difference(one, p))])];
  });
  return product([constant(1 / g.features), negative(sum(terms))]);
}

/** What each image counts, over the number of outputs that its loss is a mean of. */
const share = (g: FeaturesGeometry, index: number, { imageWeight }: Arrays): Expression =>
  constant(imageWeight[index % g.batch] / g.features);

export const terms: KernelTerms<typeof binaryCrossEntropySpecs> = {
  binaryCrossEntropy: { loss: (g, index) => lossOf(g, index, 'x') },
  binaryCrossEntropyInputGrad: {
    dx(g, index, arrays) {
      const [t, p] = [entry('target', index), entry('x', index)];
      return product([share(g, index, arrays), quotient(difference(p, t), product([p, difference(one, p)]))]);
    },
  },
  sigmoidBinaryCrossEntropy: {
    y: (_g, index) => call('sigmoid', entry('x', index)),
    loss: (g, index) => lossOf(g, index, 'y'),
  },
  sigmoidBinaryCrossEntropyInputGrad: {
    dx: (g, index, arrays) => product([share(g, index, arrays), difference(entry('y', index), entry('target', index))]),
  },
};

/** Binary cross-entropy from probabilities and from logits. */
export const cases: KernelCases<typeof binaryCrossEntropySpecs> = () => [
  {
    forward: 'binaryCrossEntropy',
    gradients: ['binaryCrossEntropyInputGrad'],
    fills: { x: probabilities, target: probabilities, imageWeight: imageWeights },
    cases: featuresCases(),
  },
  {
    forward: 'sigmoidBinaryCrossEntropy',
    gradients: ['sigmoidBinaryCrossEntropyInputGrad'],
    fills: { target: probabilities, imageWeight: imageWeights },
    cases: featuresCases(),
  },
];
