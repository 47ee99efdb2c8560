/** What one entry of a dense weight gradient over a whole batch is made of; see `dense-batch-grad.ts`. */
import type { KernelCases } from '../contract/cases';
import { constant, entry, type KernelTerms, product, sum } from '../contract/terms';
import {
  denseBatchGradGeometry,
  type denseBatchGradSpecs,
  denseTilesGeometry,
  denseTilesLength,
  tileInputs,
} from './dense-batch-grad';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

export const terms: KernelTerms<typeof denseBatchGradSpecs> = {
  denseTiles: {
    xTiles({ images, inFeatures }, index) {
      const tile = Math.floor(index / (images * tileInputs));
      const [n, i] = [Math.floor(index / tileInputs) % images, tile * tileInputs + (index % tileInputs)];
      return i < inFeatures ? entry('x', i * images + n) : constant(0);
    },
  },
  denseBiasGrad: {
    dBias: ({ images }, index) => sum(range(images).map((n) => entry('dy', index * images + n))),
  },
  denseBatchWeightGrad: {
    dWeight(g, index) {
      const { images, inFeatures, outFeatures, microBatches, from, continued } = g;
      const [o, i] = [from + Math.floor(index / inFeatures), index % inFeatures];
      const tile = Math.floor(i / tileInputs) * images * tileInputs + (i % tileInputs);
      const products = range(microBatches).flatMap((m) =>
        range(images).map((n) =>
          product([
            entry('dy', (m * outFeatures + o) * images + n),
            entry('xTiles', m * denseTilesLength(g) + tile + n * tileInputs),
          ]),
        ),
      );
      return sum(continued ? [entry('before', index), ...products] : products);
    },
  },
};

/** Inputs that fill no whole tile, an odd number of outputs, some of all, sums that begin and sums that go on. */
export const cases: KernelCases<typeof denseBatchGradSpecs> = () => [
  ...(['denseTiles', 'denseBiasGrad'] as const).map((forward) => ({
    forward,
    gradients: [],
    cases: [
      { name: 'one of each', geometry: denseTilesGeometry('case', { images: 1, inFeatures: 1, outFeatures: 1 }) },
      { name: 'seven images', geometry: denseTilesGeometry('case', { images: 7, inFeatures: 22, outFeatures: 3 }) },
      { name: '37 inputs', geometry: denseTilesGeometry('case', { images: 16, inFeatures: 37, outFeatures: 5 }) },
      { name: 'whole tiles', geometry: denseTilesGeometry('case', { images: 16, inFeatures: 32, outFeatures: 4 }) },
    ],
  })),
  {
    forward: 'denseBatchWeightGrad',
    gradients: [],
    cases: [
      {
        name: 'one of each',
        images: 1,
        inFeatures: 1,
        outFeatures: 1,
        microBatches: 1,
        from: 0,
        to: 1,
        continued: false,
      },
      {
        name: 'some outputs',
        images: 16,
        inFeatures: 37,
        outFeatures: 9,
        microBatches: 3,
        from: 2,
        to: 7,
        continued: false,
      },
      {
        name: 'continued',
        images: 16,
        inFeatures: 37,
        outFeatures: 9,
        microBatches: 2,
        from: 2,
        to: 7,
        continued: true,
      },
      {
        name: 'whole tiles',
        images: 16,
        inFeatures: 48,
        outFeatures: 4,
        microBatches: 4,
        from: 0,
        to: 4,
        continued: true,
      },
      {
        name: 'seven images',
        images: 7,
        inFeatures: 18,
        outFeatures: 2,
        microBatches: 2,
        from: 0,
        to: 2,
        continued: false,
      },
    ].map(({ name, ...sizes }) => ({ name, geometry: denseBatchGradGeometry('case', sizes) })),
  },
];
