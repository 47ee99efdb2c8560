/** What one clipped gradient is made of; see `gradient-clipping.ts`. */
import type { Fill, KernelCases } from '../contract/cases';
import { call, type Expression, entry, type KernelTerms, max, negative, product, square, sum } from '../contract/terms';
import { clippingGeometry, type gradientClippingSpecs, normsGeometry } from './gradient-clipping';

const gradient = (i: number): Expression => entry('gradients', i);

export const terms: KernelTerms<typeof gradientClippingSpecs> = {
  gradientNorms: {
    norms({ bounds }, u) {
      const length = bounds[u + 1] - bounds[u];
      return call('sqrt', sum(Array.from({ length }, (_, k) => square(gradient(bounds[u] + k)))));
    },
  },
  scaleGradients: { scaled: (_, i) => product([gradient(i), entry('factor', 0)]) },
  limitGradients: {
    limited(_, i) {
      const limit = entry('limit', 0);
      // min(a, b) = −max(−a, −b)
      const atMost = negative(max([negative(gradient(i)), negative(limit)]));
      return max([atMost, negative(limit)]);
    },
  },
};

const third: Fill = () => [1 / 3];
const lengths = [1, 8, 19].map((length) => ({
  name: `${length} ${length === 1 ? 'gradient' : 'gradients'}`,
  geometry: clippingGeometry('case', length),
}));

/** Stretches of one number, of whole vectors and of others; gradients within and beyond a limit. */
export const cases: KernelCases<typeof gradientClippingSpecs> = () => [
  {
    forward: 'gradientNorms',
    gradients: [],
    cases: [
      { name: 'one number', geometry: normsGeometry('case', [0, 1]) },
      { name: 'several stretches', geometry: normsGeometry('case', [0, 16, 17, 40, 45]) },
    ],
  },
  { forward: 'scaleGradients', gradients: [], cases: lengths },
  { forward: 'limitGradients', gradients: [], fills: { limit: third }, cases: lengths },
];
