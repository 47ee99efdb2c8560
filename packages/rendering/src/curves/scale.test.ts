import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracyScale, lossScale } from './scale';

const labels = ({ ticks }: ReturnType<typeof lossScale>): string[] => ticks.map(({ label }) => label);

describe('the scale of losses', () => {
  test.each([
    [
      [2.3, 0.04],
      ['0.05', '0.1', '0.2', '0.5', '1', '2'],
    ],
    [
      [2.3, 0.0001],
      ['0.0001', '0.001', '0.01', '0.1', '1'],
    ],
    [
      [0.5, 0.3],
      ['0.3', '0.4', '0.5'],
    ],
    [[0.25], ['0.25', '0.3']],
    [[], ['0.1', '0.2', '0.5', '1']],
    [
      [0, Number.NaN, Number.POSITIVE_INFINITY],
      ['0.1', '0.2', '0.5', '1'],
    ],
  ])('of %j has %j', (values, expected) => expect(labels(lossScale(values))).toEqual(expected));

  test('gives every halving the same room', () => {
    const { at } = lossScale([8, 1]);
    expect([1, 2, 4, 8].map(at)).toEqual([0, 1 / 3, 2 / 3, 1].map((place) => expect.closeTo(place, 12)));
    expect([0, 0.5, 9].map(at)).toEqual([0, 0, 1]);
  });
});

describe('the scale of accuracies', () => {
  test.each([
    [
      [0.1, 0.99],
      ['50 %', '80 %', '90 %', '95 %', '98 %', '99 %'],
    ],
    [
      [0.1, 0.9995],
      ['50 %', '80 %', '90 %', '95 %', '98 %', '99 %', '99.5 %', '99.8 %', '99.9 %', '99.95 %'],
    ],
    [
      [0.986, 0.9907],
      ['98.6 %', '98.8 %', '99 %'],
    ],
    [[1], ['0 %', '50 %', '80 %', '90 %', '95 %', '98 %', '99 %']],
  ])('of %j has %j', (values, expected) => expect(labels(accuracyScale(values))).toEqual(expected));

  test('widens toward 100 %, which is its upper end', () => {
    const { at } = accuracyScale([0, 0.9, 0.99, 1]);
    expect([0, 0.9, 0.99, 1].map(at)).toEqual([0, 0.5, 1, 1].map((place) => expect.closeTo(place, 12)));
  });
});

test('places are from 0 to 1 and rise, and ticks lie between, whatever the values', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1 })), fc.double({ min: 0, max: 1 }), (values, value) => {
      for (const { at, ticks } of [lossScale(values), accuracyScale(values)]) {
        expect(at(value)).toBeGreaterThanOrEqual(0);
        expect(at(value)).toBeLessThanOrEqual(1);
        const places = ticks.map((tick) => at(tick.value));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        expect(ticks.length).toBeLessThanOrEqual(10);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
