/** Rounding on paper. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalText, roundDecimal } from './rounding';

test.each([
  // Halves, as they come out of binary arithmetic.
  [0.4745, 0.475],
  [0.041499999999999995, 0.042],
  [0.0415, 0.042],
  [0.0265, 0.027],
  [0.026499999999999999, 0.027],
  [-0.4745, -0.475],
  [-0.0005, -0.001],
  // Not quite halves.
  [0.04149, 0.041],
  [0.4744999, 0.474],
  [0.207329, 0.207],
  [-0.0004, 0],
  [1e-9, 0],
  [12345.6785, 12345.679],
])('%d rounds to %d', (value, rounded) => {
  expect(roundDecimal(value, 3)).toBe(rounded);
});

test('every multiple of a thousandth stays, and every half goes away from zero', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (thousandths) => {
      const exact = Number(`${thousandths}e-3`);
      expect(roundDecimal(exact, 3)).toBe(exact);
      const half = Number(`${thousandths}5e-4`);
      expect(roundDecimal(half, 3)).toBe(
        Number(`${thousandths + (thousandths < 0 || Object.is(thousandths, -0) ? -1 : 1)}e-3`),
      );
    }),
    { seed: 11, numRuns: 2000 },
  );
});

test('what is not finite stays, decimals are written', () => {
  expect(roundDecimal(Number.NaN, 3)).toBeNaN();
  expect(roundDecimal(Number.POSITIVE_INFINITY, 3)).toBe(Number.POSITIVE_INFINITY);
  expect(decimalText(-0.06, 3)).toBe('-0.060');
});
