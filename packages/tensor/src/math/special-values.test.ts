/**
 * Where the functions have no ordinary value: zeros with their signs, infinities, NaN, overflow and underflow.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { erf, erfc } from './error-function';
import { exp, expm1 } from './exp';
import { log, log1p } from './log';
import { pow } from './pow';
import { tanh } from './tanh';
import { cos, sin } from './trigonometric';

const LEAST = Number.MIN_VALUE;
const LEAST_NORMAL = 2.2250738585072014e-308;
const GREATEST = Number.MAX_VALUE;

// [argument, value]: toBe compares with Object.is, so the sign of zero counts.
describe.each<{ name: string; of: (x: number) => number; values: readonly (readonly [number, number])[] }>([
  {
    name: 'exp',
    of: exp,
    values: [
      [0, 1],
      [-0, 1],
      [Infinity, Infinity],
      [-Infinity, 0],
      [NaN, NaN],
      [LEAST, 1],
      [-LEAST, 1],
      [709.7827128933841, Infinity],
      [710, Infinity],
      [GREATEST, Infinity],
      [-745.1332191019411, LEAST],
      [-745.1332191019412, 0],
      [-746, 0],
      [-GREATEST, 0],
    ],
  },
  {
    name: 'expm1',
    of: expm1,
    values: [
      [0, 0],
      [-0, -0],
      [Infinity, Infinity],
      [-Infinity, -1],
      [NaN, NaN],
      [LEAST, LEAST],
      [-LEAST, -LEAST],
      [LEAST_NORMAL, LEAST_NORMAL],
      [-40, -1],
      [709.7827128933841, Infinity],
      [GREATEST, Infinity],
      [-GREATEST, -1],
    ],
  },
  {
    name: 'log',
    of: log,
    values: [
      [1, 0],
      [0, -Infinity],
      [-0, -Infinity],
      [-1, NaN],
      [-LEAST, NaN],
      [-Infinity, NaN],
      [Infinity, Infinity],
      [NaN, NaN],
      [LEAST, -744.4400719213812],
      [GREATEST, 709.782712893384],
    ],
  },
  {
    name: 'log1p',
    of: log1p,
    values: [
      [0, 0],
      [-0, -0],
      [-1, -Infinity],
      [-1.0000000000000002, NaN],
      [-Infinity, NaN],
      [Infinity, Infinity],
      [NaN, NaN],
      [LEAST, LEAST],
      [-LEAST, -LEAST],
      [LEAST_NORMAL, LEAST_NORMAL],
      [GREATEST, 709.782712893384],
    ],
  },
  {
    name: 'tanh',
    of: tanh,
    values: [
      [0, 0],
      [-0, -0],
      [Infinity, 1],
      [-Infinity, -1],
      [NaN, NaN],
      [LEAST, LEAST],
      [-LEAST, -LEAST],
      [LEAST_NORMAL, LEAST_NORMAL],
      [20, 1],
      [-21, -1],
    ],
  },
  {
    name: 'erf',
    of: erf,
    values: [
      [0, 0],
      [-0, -0],
      [Infinity, 1],
      [-Infinity, -1],
      [NaN, NaN],
      [LEAST, LEAST],
      [-LEAST, -LEAST],
      [6, 1],
      [-6, -1],
      [GREATEST, 1],
    ],
  },
  {
    name: 'erfc',
    of: erfc,
    values: [
      [0, 1],
      [-0, 1],
      [Infinity, 0],
      [-Infinity, 2],
      [NaN, NaN],
      [LEAST, 1],
      [-6, 2],
      [-GREATEST, 2],
      [27.226017111108362, LEAST],
      [27.3, 0],
      [GREATEST, 0],
    ],
  },
  {
    name: 'sin',
    of: sin,
    values: [
      [0, 0],
      [-0, -0],
      [NaN, NaN],
      [Infinity, NaN],
      [-Infinity, NaN],
      [LEAST, LEAST],
      [-LEAST, -LEAST],
      [LEAST_NORMAL, LEAST_NORMAL],
    ],
  },
  {
    name: 'cos',
    of: cos,
    values: [
      [0, 1],
      [-0, 1],
      [NaN, NaN],
      [Infinity, NaN],
      [-Infinity, NaN],
      [LEAST, 1],
    ],
  },
])('$name', ({ of, values }) => {
  test.each(values)('of %d is %d', (x, value) => {
    expect(of(x)).toBe(value);
  });
});

describe('angles that are too great', () => {
  const limit = 2 ** 20;

  test('the limit itself still has a sine and a cosine', () => {
    expect(sin(-limit)).toBeCloseTo(Math.sin(-limit), 12);
    expect(cos(limit)).toBeCloseTo(Math.cos(limit), 12);
  });

  test('beyond it the error says what to do', () => {
    const beyond = limit + 1;
    expect(() => sin(beyond)).toThrow(
      new RangeError('sin: expected an angle from -1048576 to 1048576, got 1048577; take off whole turns first'),
    );
    expect(() => cos(-beyond)).toThrow(RangeError);
  });
});

describe('pow', () => {
  // Every power of these is exact or special, so the engine's own is a sound measure.
  const bases = [NaN, -Infinity, -GREATEST, -2, -1, -0.5, -LEAST, -0, 0, LEAST, 0.5, 1, 2, GREATEST, Infinity];
  const exponents = [NaN, -Infinity, -GREATEST, -3, -2, -1, -0, 0, 1, 2, 3, GREATEST, Infinity];
  const pairs = bases.flatMap((x) => exponents.map((y) => [x, y] as const));
  const negative = bases.filter((x) => x < 0 && x > -Infinity);

  test.each(pairs)('of %d and %d is what the language has', (x, y) => {
    // The one rounded value among them: a division is the sounder measure.
    if (Math.abs(x) === GREATEST && y === -1) expect(pow(x, y)).toBe(1 / x);
    else expect(pow(x, y)).toBe(x ** y);
  });

  test.each(negative)('of %d has no value at broken exponents', (x) => {
    expect(pow(x, 0.5)).toBe(NaN);
    expect(pow(x, -1.5)).toBe(NaN);
    expect(pow(x, LEAST)).toBe(NaN);
  });

  test.each([-0, 0, -Infinity])('of %d has one at broken exponents', (x) => {
    expect(pow(x, 0.5)).toBe(Math.abs(x));
    expect(pow(x, -0.5)).toBe(x === -Infinity ? 0 : Infinity);
  });

  test('keeps the sign of a negative base at odd exponents, up to the last odd float64', () => {
    expect(pow(-1, 2 ** 53 - 1)).toBe(-1);
    expect(pow(-1, 2 ** 53)).toBe(1);
  });

  test('of any number and 1 is that number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => Object.is(pow(x, 1), x)),
      { seed: 1, numRuns: 5000 },
    );
  });

  test('is exact where float64 can hold the power', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1500, max: 1500 }), fc.integer({ min: 0, max: 5 }), (x, n) => {
        const power = Number(BigInt(x) ** BigInt(n));
        return pow(x, n) === power || !Number.isSafeInteger(power);
      }),
      { seed: 1, numRuns: 5000 },
    );
    for (let n = 0; n <= 22; n++) expect(pow(10, n)).toBe(Number(`1e${n}`));
  });

  test('of 2 gives every power of two, subnormal ones and all', () => {
    let power = LEAST;
    for (let k = -1074; k <= 1023; k++, power *= 2) expect(pow(2, k)).toBe(power);
    expect(pow(2, 1024)).toBe(Infinity);
    expect(pow(2, -1076)).toBe(0);
  });
});

test('exp of log gives back what it was given, as far as the logarithm can tell', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      const error = Math.abs(exp(log(x)) - x) / x;
      // An ulp of the logarithm, at most 2⁻⁴³ where it is near 690, is a relative error of the number.
      return error < 2 ** -42;
    }),
    { seed: 1, numRuns: 5000 },
  );
});

test.each([tanh, erf])('%o is odd to the last bit', (of) => {
  fc.assert(
    fc.property(fc.double({ min: -25, max: 25, noNaN: true }), (x) => Object.is(of(-x), -of(x))),
    { seed: 1, numRuns: 5000 },
  );
});
