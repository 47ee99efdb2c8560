/** What one entry of a dense layer on pixels and of its gradients is made of; see `pixel-dense.ts`. */
import { anyBytes, type Fill, type KernelCases } from '../contract/cases';
import {
  constant,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  product,
  quotient,
  sum,
} from '../contract/terms';
import type { ChannelNormalization } from '../normalize/normalize';
import { pixelDenseBatchGradGeometry, pixelDenseGeometry, type pixelDenseSpecs } from './pixel-dense';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** A pixel, normalized. */
const normalized = ({ mean, std }: ChannelNormalization, at: number): Expression =>
  quotient(difference(quotient(entry('x', at), constant(255)), constant(mean)), constant(std));

export const terms: KernelTerms<typeof pixelDenseSpecs> = {
  pixelDense: {
    y({ batch, pixels, bias, normalization }, index) {
      const [o, n] = [Math.floor(index / batch), index % batch];
      const terms = range(pixels).map((i) =>
        product([entry('weight', o * pixels + i), normalized(normalization, n * pixels + i)]),
      );
      return sum(bias ? [...terms, entry('bias', o)] : terms);
    },
  },
  pixelDenseWeightGrad: {
    dWeight({ batch, pixels, normalization }, index) {
      const [o, i] = [Math.floor(index / pixels), index % pixels];
      return sum(
        range(batch).map((n) => product([entry('dy', o * batch + n), normalized(normalization, n * pixels + i)])),
      );
    },
    dBias: ({ batch }, index) => sum(range(batch).map((n) => entry('dy', index * batch + n))),
  },
  pixelDenseBatchWeightGrad: {
    dWeight({ images, microBatches, pixels, outFeatures, from, continued, normalization }, index) {
      const [o, i] = [from + Math.floor(index / pixels), index % pixels];
      const products = range(microBatches).flatMap((m) =>
        range(images).map((n) =>
          product([
            entry('dy', (m * outFeatures + o) * images + n),
            normalized(normalization, (m * images + n) * pixels + i),
          ]),
        ),
      );
      return sum(continued ? [entry('before', index), ...products] : products);
    },
  },
};

/** Bytes of which so many in a hundred are other than the background. */
export const drawing =
  (percent: number, background: number): Fill =>
  (random, length) =>
    Array.from({ length }, () => (random.integer(100) < percent ? random.integer(256) : background));

const digits = { mean: 0.1307, std: 0.3081 };
const inverted = { mean: 0.8693, std: 0.3081 };

/** Drawings on black and on white, images without a background, outputs that fill no vector, some of all, sums that go on. */
export const cases: KernelCases<typeof pixelDenseSpecs> = () => [
  {
    forward: 'pixelDense',
    gradients: ['pixelDenseWeightGrad'],
    cases: [
      { name: 'one of each', batch: 1, pixels: 1, outFeatures: 1, bias: true, normalization: { mean: 0.5, std: 0.5 } },
      {
        name: 'a drawing on black',
        batch: 3,
        pixels: 36,
        outFeatures: 10,
        bias: true,
        normalization: digits,
        x: drawing(20, 0),
      },
      {
        name: 'a drawing on white',
        batch: 16,
        pixels: 49,
        outFeatures: 37,
        bias: false,
        normalization: inverted,
        x: drawing(20, 255),
      },
      { name: 'any bytes', batch: 2, pixels: 25, outFeatures: 5, bias: true, normalization: inverted },
      {
        name: 'background alone',
        batch: 8,
        pixels: 20,
        outFeatures: 3,
        bias: true,
        normalization: digits,
        x: drawing(0, 0),
      },
      {
        name: 'many outputs',
        batch: 8,
        pixels: 100,
        outFeatures: 70,
        bias: true,
        normalization: digits,
        x: drawing(30, 0),
      },
    ].map(({ name, x = anyBytes, ...sizes }) => ({ name, geometry: pixelDenseGeometry('case', sizes), fills: { x } })),
  },
  {
    forward: 'pixelDenseBatchWeightGrad',
    gradients: [],
    cases: [
      {
        name: 'one of each',
        images: 1,
        pixels: 1,
        outFeatures: 1,
        microBatches: 1,
        from: 0,
        to: 1,
        continued: false,
        normalization: digits,
      },
      {
        name: 'some outputs',
        images: 16,
        pixels: 37,
        outFeatures: 9,
        microBatches: 3,
        from: 2,
        to: 7,
        continued: false,
        normalization: digits,
        x: drawing(20, 0),
      },
      {
        name: 'continued, on white',
        images: 16,
        pixels: 37,
        outFeatures: 45,
        microBatches: 2,
        from: 2,
        to: 44,
        continued: true,
        normalization: inverted,
        x: drawing(20, 255),
      },
      {
        name: 'any bytes, continued',
        images: 8,
        pixels: 40,
        outFeatures: 20,
        microBatches: 4,
        from: 0,
        to: 19,
        continued: true,
        normalization: digits,
      },
      {
        name: 'seven images',
        images: 7,
        pixels: 18,
        outFeatures: 2,
        microBatches: 2,
        from: 0,
        to: 2,
        continued: false,
        normalization: inverted,
      },
    ].map(({ name, x = anyBytes, ...sizes }) => ({
      name,
      geometry: pixelDenseBatchGradGeometry('case', sizes),
      fills: { x },
    })),
  },
];
