/** The moving average of the weights against its formula, written out. */
import { expect, test } from 'vitest';
import { updateAverage, weightAverage } from './weight-average';

test('moves toward the weights: at first almost all the way, later by one part in the decay', () => {
  const average = Float64Array.of(0, 8);
  updateAverage(weightAverage({ decay: 0.99 }), { average, values: Float64Array.of(10, -2), step: 1 });
  expect([...average]).toEqual([9, -1]);
  updateAverage(weightAverage({ decay: 0.99 }), { average, values: Float64Array.of(19, -1), step: 100_000 });
  expect(average[0]).toBeCloseTo(9.1, 12);
  expect(average[1]).toBe(-1);
});

test('a decay of zero follows the weights', () => {
  const average = Float32Array.of(1);
  updateAverage(weightAverage({ decay: 0 }), { average, values: Float32Array.of(5), step: 7 });
  expect(average[0]).toBe(5);
});

test.each([-0.1, 1, Number.NaN])('a decay of %f is refused', (decay) => {
  expect(() => weightAverage({ decay })).toThrow(
    `weight average: expected a number from 0 to below 1 as decay, got ${decay}`,
  );
});
