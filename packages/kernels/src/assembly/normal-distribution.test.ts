/** Φ(x) of the vector kernels against the true values, over the whole of float32. */
import { erfc } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { numberBytes } from '../contract/simd-binding';
import { simdInstance } from '../simd/simd-kernels';

const { functions, simdMemory } = simdInstance('strict');

function normalProbabilities(x: Float32Array): Float32Array {
  const allocate = () => simdMemory.floats(simdMemory.reserve(x.length * numberBytes), x.length);
  const [from, to] = [allocate(), allocate()];
  from.set(x);
  functions.normalProbabilities(from.byteOffset, to.byteOffset, x.length);
  return to;
}

const truth = (x: number): number => 0.5 * erfc(-Math.SQRT1_2 * x);

test('errs by less than 2⁻²², and by less than seven units in the last place', () => {
  // Every 1009th number of float32, of both signs and all sizes, infinities and NaN among them.
  const x = new Float32Array(Uint32Array.from({ length: Math.ceil(2 ** 32 / 1009) }, (_, k) => k * 1009).buffer);
  const y = normalProbabilities(x);
  const worst = { absolute: 0, units: 0 };
  for (let k = 0; k < x.length; k++) {
    const expected = truth(x[k]);
    if (Number.isNaN(expected)) {
      expect(y[k]).toBeNaN();
      continue;
    }
    const error = Math.abs(y[k] - expected);
    const exponent = Math.max(Math.floor(Math.log2(expected)), -126);
    worst.absolute = Math.max(worst.absolute, error);
    worst.units = Math.max(worst.units, error / 2 ** (exponent - 23));
  }
  expect(worst.absolute).toBeLessThan(2 ** -22);
  expect(worst.units).toBeLessThan(7);
  // Were they much smaller, the bounds would be too wide.
  expect(worst.absolute).toBeGreaterThan(2 ** -23);
  expect(worst.units).toBeGreaterThan(5);
});

test('the ends and the middle', () => {
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY, NaN: nan } = Number;
  const x = Float32Array.of(NEGATIVE_INFINITY, -1e30, -15, 15, 1e30, POSITIVE_INFINITY, nan);
  expect([...normalProbabilities(x)]).toEqual([0, 0, 0, 1, 1, 1, nan]);
  expect(Math.abs(normalProbabilities(Float32Array.of(0))[0] - 0.5)).toBeLessThanOrEqual(2 ** -24);
});
