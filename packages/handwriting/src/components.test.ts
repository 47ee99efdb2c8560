import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-pictures';
import { componentsOf } from './components';

test('boxes and areas, in the order of the first pixels', () => {
  const picture = drawn('..#..#', '.#...#', '#.....', '...##.');
  const { list, labels } = componentsOf({ ...picture, low: 1, high: 1 });
  expect(list).toEqual([
    { box: { left: 0, top: 0, right: 3, bottom: 3 }, area: 3 },
    { box: { left: 5, top: 0, right: 6, bottom: 2 }, area: 2 },
    { box: { left: 3, top: 3, right: 5, bottom: 4 }, area: 2 },
  ]);
  expect([...labels]).toEqual([0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 0]);
});

test('probable ink counts where it hangs together with certain ink', () => {
  const pixels = Uint8Array.of(50, 50, 90, 50, 0, 50, 50);
  const { list } = componentsOf({ width: 7, height: 1, pixels, low: 40, high: 80 });
  expect(list).toEqual([{ box: { left: 0, top: 0, right: 4, bottom: 1 }, area: 4 }]);
});

test('neighbours have the same label, and each label its area', () => {
  const pixels = fc.array(fc.constantFrom(0, 0, 50, 90), { minLength: 48, maxLength: 48 });
  fc.assert(
    fc.property(pixels, (values) => {
      const { list, labels } = componentsOf({
        width: 8,
        height: 6,
        pixels: Uint8Array.from(values),
        low: 40,
        high: 80,
      });
      const near = (k: number, other: number): boolean =>
        Math.abs((k % 8) - (other % 8)) <= 1 && Math.abs(Math.floor(k / 8) - Math.floor(other / 8)) <= 1;
      labels.forEach((label, k) => {
        if (values[k] === 90) expect(label).toBeGreaterThan(0);
        if (values[k] === 0) expect(label).toBe(0);
        labels.forEach((other, at) => {
          if (values[k] > 0 && values[at] > 0 && near(k, at)) expect(other).toBe(label);
        });
      });
      expect(list.map(({ area }) => area)).toEqual(
        list.map((_, k) => labels.filter((label) => label === k + 1).length),
      );
    }),
    { seed: 1, numRuns: 200 },
  );
});
