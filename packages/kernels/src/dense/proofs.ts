/** What one entry of a dense layer and of its gradients is made of; see `dense.ts`. */
import type { KernelCases } from '../contract/cases';
import { entry, type KernelTerms, product, sum } from '../contract/terms';
import { denseGeometry, type denseSpecs } from './dense';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

export const terms: KernelTerms<typeof denseSpecs> = {
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

/** Sizes to test. */
export const cases: KernelCases<typeof denseSpecs> = () => [
  {
    forward: 'dense',
    gradients: ['denseInputGrad', 'denseWeightGrad'],
    cases: [
      {
        name: '1 → 1, one image',
        geometry: denseGeometry('case', { batch: 1, inFeatures: 1, outFeatures: 1, bias: true }),
      },
      { name: '5 → 3', geometry: denseGeometry('case', { batch: 2, inFeatures: 5, outFeatures: 3, bias: true }) },
      {
        name: '3 → 5 without bias',
        geometry: denseGeometry('case', { batch: 3, inFeatures: 3, outFeatures: 5, bias: false }),
      },
      {
        name: '7 → 67, a row of outputs left over',
        geometry: denseGeometry('case', { batch: 2, inFeatures: 7, outFeatures: 67, bias: true }),
      },
      {
        name: '512 → 70, rows that map to the same cache sets',
        geometry: denseGeometry('case', { batch: 1, inFeatures: 512, outFeatures: 70, bias: false }),
      },
      {
        name: '37 → 23, eight images',
        geometry: denseGeometry('case', { batch: 8, inFeatures: 37, outFeatures: 23, bias: true }),
      },
      {
        name: '37 → 23, sixteen images',
        geometry: denseGeometry('case', { batch: 16, inFeatures: 37, outFeatures: 23, bias: true }),
      },
      {
        name: '192 → 10, one image',
        geometry: denseGeometry('case', { batch: 1, inFeatures: 192, outFeatures: 10, bias: true }),
      },
    ],
  },
];
