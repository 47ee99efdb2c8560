/** What one entry of the squared error is made of; see `mean-squared-error.ts`. */
import { imageWeights, type KernelCases } from '../contract/cases';
import {
  constant,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  product,
  square,
  sum,
} from '../contract/terms';
import { columnOf } from '../softmax/proofs';
import type { meanSquaredErrorSpecs } from './mean-squared-error';

/** How far output and target are apart, written as the notes do: the target first, its sign carried by the factor. */
const apart = (at: number): Expression => difference(entry('target', at), entry('x', at));

export const terms: KernelTerms<typeof meanSquaredErrorSpecs> = {
  meanSquaredError: {
    loss: (g, index) => product([constant(g.factor), sum(columnOf(g, index).map((at) => square(apart(at))))]),
  },
  meanSquaredErrorInputGrad: {
    dx: (g, index, { imageWeight }) => product([constant(-2 * g.factor * imageWeight[index % g.batch]), apart(index)]),
  },
};

/** Squared error in its two usual forms. */
export const cases: KernelCases<typeof meanSquaredErrorSpecs> = () => [
  {
    forward: 'meanSquaredError',
    gradients: ['meanSquaredErrorInputGrad'],
    fills: { imageWeight: imageWeights },
    cases: [
      { name: 'mean of one output', geometry: { batch: 1, features: 1, factor: 1 } },
      { name: 'mean of four outputs', geometry: { batch: 3, features: 4, factor: 1 / 4 } },
      { name: 'half the sum', geometry: { batch: 3, features: 4, factor: 1 / 2 } },
    ],
  },
];
