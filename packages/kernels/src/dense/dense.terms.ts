/** What one entry of a dense layer and of its gradients is made of; see `dense.ts`. */
import { entry, product, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { denseSpecs } from './dense';

type Specs = typeof denseSpecs;

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

export const denseTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  dense: {
    y({ batch, inFeatures, bias }, index) {
      const [o, n] = [Math.floor(index / batch), index % batch];
      const terms = range(inFeatures).map((i) =>
        product([entry('weight', o * inFeatures + i), entry('x', i * batch + n)]),
      );
      return sum(bias ? [...terms, entry('bias', o)] : terms);
    },
  },
  denseInputGrad: {
    dx({ batch, inFeatures, outFeatures }, index) {
      const [i, n] = [Math.floor(index / batch), index % batch];
      return sum(
        range(outFeatures).map((o) => product([entry('dy', o * batch + n), entry('weight', o * inFeatures + i)])),
      );
    },
  },
  denseWeightGrad: {
    dWeight({ batch, inFeatures }, index) {
      const [o, i] = [Math.floor(index / inFeatures), index % inFeatures];
      return sum(range(batch).map((n) => product([entry('dy', o * batch + n), entry('x', i * batch + n)])));
    },
    dBias: ({ batch }, index) => sum(range(batch).map((n) => entry('dy', index * batch + n))),
  },
};
