import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exp, sin } from '.';
import { numericalDerivative } from './numerical-derivative';

describe('numericalDerivative', () => {
  test('is exact for polynomials up to the fourth degree, but for rounding', () => {
    const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coefficient, coefficient, coefficient, coefficient), coefficient, ([a, b, c, d], at) => {
        const values = Float64Array.of(at);
        const polynomial = (x: number): number => x * (a + x * (b + x * (c + x * d)));
        const derivative = a + at * (2 * b + at * (3 * c + at * 4 * d));
        const { value } = numericalDerivative(() => polynomial(values[0] as number), values, 0);
        // The polynomial is below 60, an ulp of it below 8e-15, and divided by the step that is 8e-12.
        expect(Math.abs(value - derivative)).toBeLessThan(3e-11);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('finds the derivative of one variable among others, and puts it back', () => {
    const values = Float64Array.of(0.3, -0.7, 1.1);
    const objective = (): number => exp(values[0] as number) * sin((values[1] as number) * (values[2] as number));
    const { value, disagreement } = numericalDerivative(objective, values, 1);
    expect(value).toBeCloseTo(Math.exp(0.3) * Math.cos(-0.7 * 1.1) * 1.1, 11);
    expect(disagreement).toBeLessThan(1e-6);
    expect([...values]).toEqual([0.3, -0.7, 1.1]);
  });

  test('errs as the fourth power of the step', () => {
    const values = Float64Array.of(1);
    const error = (step: number): number =>
      Math.abs(numericalDerivative(() => exp(values[0] as number), values, 0, step).value - Math.E);
    expect(error(0.2) / error(0.1)).toBeCloseTo(16, 0);
  });

  test('is not led astray by the rounding of x ± h', () => {
    const values = Float64Array.of(1e9 + 0.1);
    expect(numericalDerivative(() => values[0] as number, values, 0).value).toBe(1);
  });

  test('disagrees with itself near a kink', () => {
    const values = Float64Array.of(6e-4);
    const relu = (): number => Math.max(0, values[0] as number);
    expect(numericalDerivative(relu, values, 0).disagreement).toBeGreaterThan(0.1);
    values[0] = 2e-3;
    expect(numericalDerivative(relu, values, 0).disagreement).toBeLessThan(1e-12);
  });

  test.each([-1, 3, 0.5])('refuses the index %d of three values', (index) => {
    expect(() => numericalDerivative(() => 0, new Float64Array(3), index)).toThrow(
      new RangeError(`numericalDerivative: expected an index from 0 to 2, got ${index}`),
    );
  });
});
