/** e^x, log x, σ(x) and tanh x of the vector kernels against the true values, over the whole of float32. */
import { exp, log, sigmoid, tanh } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { numberBytes } from '../contract/simd-binding';
import { simdInstance } from '../simd/simd-kernels';

const { functions, simdMemory } = simdInstance('strict');
const allocate = (length: number) => simdMemory.floats(simdMemory.reserve(length * numberBytes), length);
/** Every 1009th number of float32, of both signs and all sizes, infinities and NaN among them. */
const step = 1009;
const count = Math.ceil(2 ** 32 / step);
const [x, y] = [allocate(count), allocate(count)];
const bits = new Uint32Array(x.buffer, x.byteOffset, count);
for (let k = 0; k < count; k++) bits[k] = k * step;

describe('against the true values', () => {
  test('e^x errs by less than one unit in the last place', () => {
    functions.exponentials(x.byteOffset, y.byteOffset, count);
    expect(largestError(exp)).toBeLessThan(1);
  });

  test('log x errs by less than one unit in the last place', () => {
    functions.logarithms(x.byteOffset, y.byteOffset, count);
    expect(largestError(log)).toBeLessThan(1);
  });

  // Smaller ones than float32 has with all its digits are 0.
  test('σ(x) errs by less than three units in the last place', () => {
    functions.sigmoids(x.byteOffset, y.byteOffset, count);
    expect(largestError(sigmoid, 2 ** -126)).toBeLessThan(3);
  });

  test('tanh x errs by less than three units in the last place', () => {
    functions.hyperbolicTangents(x.byteOffset, y.byteOffset, count);
    expect(largestError(tanh)).toBeLessThan(3);
  });
});

test('the ends of the range', () => {
  const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
  expect(values('exponentials', [0, -0, infinity, -infinity, nan, 89, -104])).toEqual([
    1,
    1,
    infinity,
    0,
    nan,
    infinity,
    0,
  ]);
  expect(values('logarithms', [1, 0, -0, infinity, -infinity, nan, -1])).toEqual([
    0,
    -infinity,
    -infinity,
    infinity,
    nan,
    nan,
    nan,
  ]);
  expect(values('sigmoids', [0, infinity, -infinity, nan, 18, -89])).toEqual([0.5, 1, 0, nan, 1, 0]);
  expect(values('hyperbolicTangents', [0, infinity, -infinity, nan, 9.1, -9.1])).toEqual([0, 1, -1, nan, 1, -1]);
});

test('σ and tanh stay within their limits, and fall by no more than rounding where x rises', () => {
  const length = 1 << 20;
  const from = allocate(length);
  const to = allocate(length);
  // Neighboring numbers around where n changes, ½ log 2 and its odd multiples.
  for (const center of [0.34657359, 1.0397208, 1.732868, 3.1191623, 8.6643398]) {
    for (let k = 0; k < length; k++) from[k] = center + (k - length / 2) * 2 ** -22;
    for (const name of ['sigmoids', 'hyperbolicTangents'] as const) {
      functions[name](from.byteOffset, to.byteOffset, length);
      let falls = 0;
      for (let k = 1; k < length; k++) falls = Math.max(falls, to[k - 1] - to[k]);
      expect(falls).toBeLessThanOrEqual(2 ** -23);
      expect(to[length - 1]).toBeLessThanOrEqual(1);
    }
  }
});

function values(
  name: 'exponentials' | 'logarithms' | 'sigmoids' | 'hyperbolicTangents',
  numbers: readonly number[],
): number[] {
  const from = allocate(numbers.length);
  const to = allocate(numbers.length);
  from.set(numbers);
  functions[name](from.byteOffset, to.byteOffset, numbers.length);
  return [...to];
}

/** In units of the last place of the true value; the units of the smallest numbers are all alike. */
function largestError(truth: (x: number) => number, least = 0): number {
  let largest = 0;
  // Of those whose true values are smaller than `least`, a million: to expect something of each takes seconds.
  let largestOfSmall = 0;
  for (let k = 0; k < count; k++) {
    const expected = truth(x[k]);
    if (Math.abs(expected) < least) {
      largestOfSmall = Math.max(largestOfSmall, Math.abs(y[k]));
      continue;
    }
    if (Object.is(y[k], Math.fround(expected))) continue;
    if (Number.isNaN(expected)) {
      expect(y[k], `at ${x[k]}`).toBeNaN();
      continue;
    }
    // Beyond the largest number of float32 there is only infinity.
    if (Math.abs(expected) > 3.4028235e38) expect(Math.abs(y[k])).toBeGreaterThan(3.402823e38);
    else largest = Math.max(largest, Math.abs(y[k] - expected) / unitOf(expected));
  }
  expect(largestOfSmall).toBeLessThanOrEqual(least);
  return largest;
}

function unitOf(value: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -126);
  return 2 ** (exponent - 23);
}
