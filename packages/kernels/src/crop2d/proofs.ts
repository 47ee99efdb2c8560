/** A cropping changes no number: an entry is that of one pixel of the other side, or zero at the border; see `crop2d.ts`. */
import type { KernelCases } from '../contract/cases';
import { constant, entry, type KernelTerms } from '../contract/terms';
import { type CropBorder, crop2dGeometry, type crop2dSpecs, offsetOfRow } from './crop2d';

export const terms: KernelTerms<typeof crop2dSpecs> = {
  crop2d: {
    y(g, index) {
      const row = g.outWidth * g.channels * g.batch;
      return entry('x', offsetOfRow(g, Math.floor(index / row)) + (index % row));
    },
  },
  crop2dInputGrad: {
    dx(g, index) {
      const pixel = g.channels * g.batch;
      const at = Math.floor(index / pixel);
      const [i, j] = [Math.floor(at / g.inWidth) - g.top, (at % g.inWidth) - g.left];
      const kept = i >= 0 && i < g.outHeight && j >= 0 && j < g.outWidth;
      return kept ? entry('dy', (i * g.outWidth + j) * pixel + (index % pixel)) : constant(0);
    },
  },
};

const cropped = (batch: number, input: readonly [number, number, number], border: CropBorder) =>
  crop2dGeometry('case', { batch, input, border });

/** Borders on all sides, on one, on none, and all but one pixel. */
export const cases: KernelCases<typeof crop2dSpecs> = () => [
  {
    forward: 'crop2d',
    gradients: ['crop2dInputGrad'],
    cases: [
      { name: 'border of one', geometry: cropped(3, [5, 4, 2], [1, 1, 1, 1]) },
      { name: 'one side', geometry: cropped(2, [4, 3, 1], [0, 2, 0, 0]) },
      { name: 'nothing', geometry: cropped(1, [2, 3, 2], [0, 0, 0, 0]) },
      { name: 'one pixel of 16 images', geometry: cropped(16, [5, 5, 3], [1, 3, 3, 1]) },
    ],
  },
];
