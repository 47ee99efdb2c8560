/** Dense layers on pixels: by hand, the same bits by lists as with all pixels, and what is refused. */
import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '../operations';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import {
  type PixelDenseGeometry,
  pixelDenseBatchGradGeometry,
  pixelDenseGeometry,
  pixelValues,
  takesNormalization,
} from './pixel-dense';

const digits = { mean: 0.1307, std: 0.3081 };
const inverted = { mean: 0.8693, std: 0.3081 };

/** Numbers from −1 to 1, every tenth a zero of either sign. */
function numbers(what: string, length: number): number[] {
  const random = seededRandom(what);
  return Array.from({ length }, () => {
    const value = random.uniform(-1, 1);
    return random.integer(10) === 0 ? value * 0 : value;
  });
}

/** An image of which so many in a hundred pixels are other than background. */
function drawing(what: string, { pixels, percent, background }: Record<'pixels' | 'percent' | 'background', number>) {
  const random = seededRandom(what);
  return Uint8Array.from({ length: pixels }, () => (random.integer(100) < percent ? random.integer(256) : background));
}

/** y of images, `[image][output]`. */
function outputsOf(
  kernels: Kernels,
  sizes: Omit<PixelDenseGeometry, 'batch'>,
  images: readonly Uint8Array[],
  weight = numbers('weight', sizes.outFeatures * sizes.pixels),
): number[][] {
  const batch = images.length;
  const geometry = pixelDenseGeometry('test', { ...sizes, batch });
  const { pixels, outFeatures, bias } = geometry;
  const floats = (values: readonly number[]) => {
    const array = kernels.allocate('float32', values.length);
    array.set(values);
    return array;
  };
  const x = kernels.allocateBytes(batch * pixels);
  for (const [n, image] of images.entries()) x.set(image, n * pixels);
  const y = kernels.allocate('float32', outFeatures * batch).fill(Number.NaN);
  const of = { x, weight: floats(weight), bias: floats(bias ? numbers('bias', outFeatures) : []), y };
  kernels.prepare('pixelDense', geometry, of)();
  return images.map((_, n) => Array.from({ length: outFeatures }, (_, o) => y[o * batch + n]));
}

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test('by hand: bias + Σ weight · (byte / 255 − mean) / std', () => {
    const sizes = { pixels: 3, outFeatures: 2, bias: true, normalization: { mean: 0.5, std: 0.5 } };
    const geometry = pixelDenseGeometry('test', { ...sizes, batch: 1 });
    const [weight, bias, y] = [6, 2, 2].map((length) => kernels.allocate('float32', length));
    const x = kernels.allocateBytes(3);
    x.set([0, 255, 0]);
    weight.set([1, 10, 100, 2, 0, 0]);
    bias.set([3, 4]);
    kernels.prepare('pixelDense', geometry, { x, weight, bias, y })();
    expect([...y].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-88, 2]);
  });

  test('weights that are not finite show in every image, wherever they lie', () => {
    for (const normalization of [digits, { mean: 0, std: 1 }]) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const sizes = { pixels: 20, outFeatures: 3, bias: true, normalization };
        const weight = numbers('weight', 60).with(20 + 7, value);
        for (const percent of [0, 20, 100]) {
          const image = drawing('image', { pixels: 20, percent, background: 0 });
          const [[first, second, third]] = outputsOf(kernels, sizes, [image], weight);
          expect([first, second, third].map(Number.isFinite), `${value}, ${percent} %`).toEqual([true, false, true]);
        }
      }
    }
  });
});

const upTo = (max: number) => fc.integer({ min: 1, max });
/** Images from nothing but background to none of it. */
const shares = (most: number) => fc.array(fc.constantFrom(0, 10, 40, 90, 100), { minLength: 1, maxLength: most });
const anySizes = fc.record({
  pixels: upTo(70),
  outFeatures: fc.oneof(upTo(20), upTo(70)),
  bias: fc.boolean(),
  normalization: fc.constantFrom(digits, inverted),
});

describe('the same bits', () => {
  const kernels = simdKernels('strict');

  test('of an image alone and among others, by lists and with all pixels', () => {
    const property = fc.property(anySizes, shares(33), (sizes, percents) => {
      const { background } = pixelValues(sizes.normalization);
      const images = percents.map((percent, n) => drawing(`${n}`, { pixels: sizes.pixels, percent, background }));
      const together = outputsOf(kernels, sizes, images);
      const nothing = new Uint8Array(sizes.pixels).fill(background);
      for (const [n, image] of images.entries()) {
        const lists = outputsOf(kernels, sizes, [image, ...Array.from({ length: 20 }, () => nothing)])[0];
        expect(together[n], `image ${n}`).toEqual(lists);
        expect(together[n].some((value) => Object.is(value, -0))).toBe(false);
        expect(outputsOf(kernels, sizes, [image])[0]).toEqual(lists);
        kernels.reset();
      }
    });
    fc.assert(property, { seed: 1, numRuns: 60 });
  });

  test('of sums that would begin with −0: by lists nothing is added to them', () => {
    const geometry = pixelDenseGeometry('test', {
      batch: 1,
      pixels: 9,
      outFeatures: 1,
      bias: true,
      normalization: digits,
    });
    const [weight, bias, y] = [9, 1, 1].map((length) => kernels.allocate('float32', length));
    const x = kernels.allocateBytes(9);
    bias.fill(-0);
    for (const byte of [0, 200]) {
      x.fill(byte);
      kernels.prepare('pixelDense', geometry, { x, weight, bias, y })();
      expect(y[0], `${byte}`).toBe(0);
    }
  });

  test('of a gradient in any pieces, whatever other pixels are', () => {
    const sizes = fc.record({
      images: fc.constantFrom(8, 16, 7),
      microBatches: upTo(4),
      pixels: upTo(50),
      outFeatures: upTo(40),
      continued: fc.boolean(),
      normalization: fc.constantFrom(digits, inverted),
    });
    const property = fc.property(sizes, fc.nat(40), shares(50), (drawn, anyCut, percents) => {
      const { images, microBatches, pixels, outFeatures, continued } = drawn;
      const { background } = pixelValues(drawn.normalization);
      const all = images * microBatches;
      // Each pixel has a share of its own.
      const bytes = new Uint8Array(all * pixels);
      for (let i = 0; i < pixels; i++) {
        const percent = percents[i % percents.length];
        const column = drawing(`${i}`, { pixels: all, percent, background });
        for (const [n, byte] of column.entries()) bytes[n * pixels + i] = byte;
      }
      const gradientOf = (x: Uint8Array, from: number, to: number): number[] => {
        const given = kernels.allocateBytes(x.length);
        given.set(x);
        const dy = kernels.allocate('float32', all * outFeatures);
        dy.set(numbers('dy', dy.length));
        const dWeight = kernels.allocate('float32', (to - from) * pixels);
        if (continued) dWeight.set(numbers('before', outFeatures * pixels).slice(from * pixels, to * pixels));
        const before = continued ? dWeight : dWeight.subarray(0, 0);
        const geometry = pixelDenseBatchGradGeometry('test', { ...drawn, from, to });
        kernels.prepare('pixelDenseBatchWeightGrad', geometry, { x: given, dy, before, dWeight })();
        return [...dWeight];
      };
      const whole = gradientOf(bytes, 0, outFeatures);
      const cut = anyCut % (outFeatures + 1);
      const pieces = [
        [0, cut],
        [cut, outFeatures],
      ].flatMap(([from, to]) => (from < to ? gradientOf(bytes, from, to) : []));
      expect(pieces).toEqual(whole);
      // One pixel, while all others are background, or none is.
      const pixel = percents.length % pixels;
      for (const other of [background, background ^ 1]) {
        const changed = bytes.map((byte, at) => (at % pixels === pixel ? byte : other));
        const gradient = gradientOf(changed, 0, outFeatures);
        for (let o = 0; o < outFeatures; o++) {
          expect(gradient[o * pixels + pixel], `${o}`).toBe(whole[o * pixels + pixel]);
        }
      }
      kernels.reset();
    });
    fc.assert(property, { seed: 1, numRuns: 80 });
  });
});

test('the background is black where images are dark in the mean, otherwise white, and exactly nothing beyond it', () => {
  expect(pixelValues(digits)).toEqual({ background: 0, atBackground: -0.1307 / 0.3081, scale: 1 / (255 * 0.3081) });
  const { background, atBackground } = pixelValues(inverted);
  expect([background, atBackground]).toEqual([255, (1 - 0.8693) / 0.3081]);
});

test('sizes and normalizations that there is no room for are refused', () => {
  const sizes = { batch: 1, pixels: 4, outFeatures: 2, bias: true, normalization: digits };
  expect(() => pixelDenseGeometry('fc', { ...sizes, pixels: 65536 })).toThrow(
    'fc: expected at most 65535 pixels, got 65536',
  );
  expect(() => pixelDenseGeometry('fc', { ...sizes, outFeatures: 0 })).toThrow(
    'fc: expected a whole number of at least 1 as output features, got 0',
  );
  const narrow = { mean: 0.1, std: 1e-39 };
  expect([takesNormalization(digits), takesNormalization(narrow)]).toEqual([true, false]);
  expect(() => pixelDenseGeometry('fc', { ...sizes, normalization: narrow })).toThrow(
    'fc: expected a mean and a std that float32 has room for, got 0.1 and 1e-39',
  );
  const batch = { images: 16, microBatches: 1, pixels: 4, outFeatures: 4, continued: false, normalization: digits };
  expect(() => pixelDenseBatchGradGeometry('fc', { ...batch, from: 0, to: 5 })).toThrow(
    'fc: expected outputs out of 4, got those from 0 to 5',
  );
});
