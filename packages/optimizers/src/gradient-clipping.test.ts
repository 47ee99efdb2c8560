/** Clipping against values worked out by hand; against PyTorch it is tested in `@longhand/training`. */
import { OptionError } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { clipByNorm, clipByValue, type GradientClipping, gradientClipping, sumOfSquares } from './gradient-clipping';

test('by norm: (3, −4) has norm 5, and keeps its direction', () => {
  const gradients = Float64Array.of(3, -4);
  expect(clipByNorm(gradients, 1)).toBe(5);
  expect(gradients[0]).toBeCloseTo(3 / 5.000001, 14);
  expect(gradients[1]).toBeCloseTo(-4 / 5.000001, 14);
});

test('by norm: a smaller gradient stays as it is', () => {
  const gradients = Float64Array.of(3, -4);
  expect(clipByNorm(gradients, 6)).toBe(5);
  expect([...gradients]).toEqual([3, -4]);
});

test('by norm: a slice is scaled by the norm of all', () => {
  const all = Float32Array.of(3, 0, -4);
  const slice = all.subarray(2);
  expect(sumOfSquares(all, 1, 3)).toBe(16);
  expect(clipByNorm(slice, 1, sumOfSquares(all))).toBe(5);
  expect([...all]).toEqual([3, 0, Math.fround(-4 / 5.000001)]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('by norm: %d is not hidden', (value) => {
  const gradients = Float32Array.of(1, value);
  clipByNorm(gradients, 1);
  expect(gradients[1]).toBeNaN();
});

test('by value: each gradient by itself, NaN included', () => {
  const gradients = Float64Array.of(3, -4, 0.25, Number.NaN);
  clipByValue(gradients, 0.5);
  expect([...gradients]).toEqual([0.5, -0.5, 0.25, Number.NaN]);
});

test.each<[object, string]>([
  [{}, 'gradient clipping: expected a norm or a value, got neither'],
  [{ norm: 1, value: 1 }, 'gradient clipping: expected a norm or a value, got both; leave one of them out'],
  [{ value: -1 }, 'gradient clipping: expected a number above 0 as value, got -1'],
  [{ max: 1 }, "gradient clipping: expected one of the options norm, value, got 'max'"],
])('%o is refused', (clipping, message) => {
  expect(() => gradientClipping(clipping as GradientClipping)).toThrow(new OptionError(message));
});
