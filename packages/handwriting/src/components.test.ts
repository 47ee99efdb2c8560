import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-images';
import { connectedComponents, framesOf, groupStrokes, plausibleComponents, strokesOf } from './components';

test('boxes and areas, in the order of the first pixels', () => {
  const image = drawn('..#..#', '.#...#', '#.....', '...##.');
  const { list, labels } = connectedComponents(image, { low: 1, high: 1 });
  expect(list).toEqual([
    { box: { left: 0, top: 0, right: 3, bottom: 3 }, area: 3 },
    { box: { left: 5, top: 0, right: 6, bottom: 2 }, area: 2 },
    { box: { left: 3, top: 3, right: 5, bottom: 4 }, area: 2 },
  ]);
  expect([...labels]).toEqual([0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 0]);
});

test('a pixel above the low threshold counts where it is connected to one above the high threshold', () => {
  const pixels = Uint8Array.of(50, 50, 90, 50, 0, 50, 50);
  const { list } = connectedComponents({ width: 7, height: 1, channels: 1, pixels }, { low: 40, high: 80 });
  expect(list).toEqual([{ box: { left: 0, top: 0, right: 4, bottom: 1 }, area: 4 }]);
});

test('neighbors have the same label, and each label its area', () => {
  const pixels = fc.array(fc.constantFrom(0, 0, 50, 90), { minLength: 48, maxLength: 48 });
  fc.assert(
    fc.property(pixels, (values) => {
      const { list, labels } = connectedComponents(
        { width: 8, height: 6, channels: 1, pixels: Uint8Array.from(values) },
        { low: 40, high: 80 },
      );
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

/** A component that covers half of its box. */
const component = (left: number, top: number, width: number, height: number) => ({
  box: { left, top, right: left + width, bottom: top + height },
  area: Math.ceil((width * height) / 2),
});
const page = { width: 300, height: 200, name: 'a.png' };
type Listed = ReturnType<typeof component>[];
const strokes = (components: Listed): number[] =>
  strokesOf({ ...page, components, labels: components.map((_, index) => index + 1) });

test('specks go, bits of a broken stroke stay', () => {
  const components = [
    component(40, 40, 60, 90),
    component(60, 10, 50, 8),
    component(200, 30, 4, 4),
    component(50, 140, 16, 12),
  ];
  expect(strokes(components)).toEqual([1, 2, 4]);
});

test('the edge of the sheet goes, unless there is nothing else', () => {
  const table = component(0, 0, 30, 200);
  expect(strokes([table, component(100, 60, 40, 60)])).toEqual([2]);
  expect(strokes([table, component(100, 60, 2, 2)])).toEqual([1]);
});

test('what the border cuts off goes where something whole is about as long', () => {
  expect(strokes([component(0, 60, 30, 60), component(100, 60, 40, 60)])).toEqual([2]);
  // A large digit that runs over the border stays beside specks.
  expect(strokes([component(0, 60, 60, 90), component(100, 60, 8, 12)])).toEqual([1]);
});

test('a box around a digit is a frame; a loop around nothing, or with something in its middle, is none', () => {
  const framed = connectedComponents(
    drawn(
      '##########..#####',
      '#........#..#...#',
      '#...##...#..#...#',
      '#...#....#..#...#',
      '#...##...#..#...#',
      '#....#...#..#####',
      '#...##...#.......',
      '#........#.......',
      '##########.......',
    ),
    { low: 1, high: 1 },
  );
  expect(framesOf(framed, 17)).toEqual([1]);
});

test('what lies beside the sheet, or where a printed line was, is no stroke', () => {
  const image = drawn('#..##', '#..##', '.....', '####.');
  const components = connectedComponents(image, { low: 1, high: 1 });
  const isSheet = Uint8Array.from({ length: 20 }, (_, k) => (k % 5 > 0 ? 1 : 0));
  const isRule = Uint8Array.from({ length: 20 }, (_, k) => (k >= 15 ? 1 : 0));
  expect(components.list.length).toBe(3);
  expect(plausibleComponents({ components, isSheet, isRule })).toEqual([2]);
});

test('specks alone are no digit', () => {
  expect(() => strokes([component(40, 40, 5, 4), component(90, 90, 3, 5)])).toThrow(
    'a.png: expected a digit of at least 6 of 300 pixels, got only specks; write one, or come closer',
  );
});

test('strokes above each other are a digit, beside each other several', () => {
  const five = [component(100, 30, 40, 70), component(110, 20, 45, 6)];
  const [one, seven] = [component(30, 20, 10, 80), component(170, 20, 40, 80)];
  expect(groupStrokes([seven, ...five, one], [1, 2, 3, 4])).toEqual([[4], [3, 2], [1]]);
});

test('commas and dashes are left out, and digits that lean over each other stay apart', () => {
  const components = [
    component(10, 20, 50, 80),
    component(50, 20, 50, 80),
    component(105, 90, 8, 20),
    component(120, 60, 30, 6),
  ];
  expect(groupStrokes(components, [1, 2, 3, 4])).toEqual([[1], [2]]);
});
