/** Iterated convolution obeys the laws that make its notation one without parentheses. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convolutionPower, convolve, iteratedConvolution } from './iterated-convolution';

const sequence = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 5 });

test('multiplying polynomials is convolving their coefficients', () => {
  const valueAt = (coefficients: readonly number[], x: number): number =>
    coefficients.reduceRight((sum, c) => sum * x + c, 0);
  fc.assert(
    fc.property(sequence, sequence, fc.integer({ min: -3, max: 3 }), (f, g, x) => {
      expect(valueAt(convolve(f, g), x) - valueAt(f, x) * valueAt(g, x)).toBe(0);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('order and grouping do not matter', () => {
  // A sum may come out as −0 one way and as 0 the other.
  const plain = (values: readonly number[]): number[] => values.map((value) => value + 0);
  fc.assert(
    fc.property(sequence, sequence, sequence, (f, g, h) => {
      expect(plain(iteratedConvolution([f, g, h]))).toEqual(plain(iteratedConvolution([h, f, g])));
      expect(plain(convolve(convolve(f, g), h))).toEqual(plain(convolve(f, convolve(g, h))));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('powers add up', () => {
  expect(convolve(convolutionPower([1, 2], 2), convolutionPower([1, 2], 3))).toEqual(convolutionPower([1, 2], 5));
  expect(convolutionPower([3, 1, 4], 1)).toEqual([3, 1, 4]);
});

test('what has no meaning is refused', () => {
  expect(() => iteratedConvolution([])).toThrow('iteratedConvolution: expected at least one sequence, got none');
  expect(() => convolve([], [1])).toThrow('convolve: expected two sequences of at least one number');
  expect(() => convolutionPower([1], 0)).toThrow(
    'convolutionPower: expected a whole number of at least 1 as the power, got 0',
  );
});
