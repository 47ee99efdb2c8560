/** What one entry of the squared error is made of; see `mean-squared-error.ts`. */

import { columnOf } from '../softmax/softmax.terms';
import { constant, difference, type Expression, entry, product, square, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { meanSquaredErrorSpecs } from './mean-squared-error';

type Specs = typeof meanSquaredErrorSpecs;

/** How far output and target are apart, written as the notes do: the target first, its sign carried by the factor. */
const apart = (at: number): Expression => difference(entry('target', at), entry('x', at));

export const meanSquaredErrorTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  meanSquaredError: {
    loss: (g, index) => product([constant(g.factor), sum(columnOf(g, index).map((at) => square(apart(at))))]),
  },
  meanSquaredErrorInputGrad: {
    dx: (g, index, { imageWeight }) => product([constant(-2 * g.factor * imageWeight[index % g.batch]), apart(index)]),
  },
};
