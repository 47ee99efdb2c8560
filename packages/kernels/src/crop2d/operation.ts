/** The formulas of `crop2d.ts`, row by row: the pixels of a row lie side by side. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { crop2dSpecs, offsetOfRow } from './crop2d';
import { crop2d, crop2dInputGrad } from './crop2d.simd';

export { crop2dSpecs as specs };

export const reference: KernelsOf<typeof crop2dSpecs> = {
  crop2d(g, { x, y }) {
    const row = g.outWidth * g.channels * g.batch;
    for (let i = 0; i < g.outHeight; i++) {
      const from = offsetOfRow(g, i);
      y.set(x.subarray(from, from + row), i * row);
    }
  },

  crop2dInputGrad(g, { dy, dx }) {
    const row = g.outWidth * g.channels * g.batch;
    dx.fill(0);
    for (let i = 0; i < g.outHeight; i++) dx.set(dy.subarray(i * row, (i + 1) * row), offsetOfRow(g, i));
  },
};

export const simd: SimdBindingsOf<typeof crop2dSpecs> = { crop2d, crop2dInputGrad };
