import { expect, test } from 'vitest';
import { digitGroupsOf } from './digit-groups';
import { strokesOf } from './strokes';

/** A piece of ink, half of its box covered. */
const piece = (left: number, top: number, width: number, height: number) => ({
  box: { left, top, right: left + width, bottom: top + height },
  area: Math.ceil((width * height) / 2),
});
const picture = { width: 300, height: 200, name: 'a.png' };

test('specks go, bits of a broken stroke stay', () => {
  const components = [piece(40, 40, 60, 90), piece(60, 10, 50, 8), piece(200, 30, 4, 4), piece(50, 140, 16, 12)];
  expect(strokesOf({ ...picture, components })).toEqual([1, 2, 4]);
});

test('the edge of the sheet goes, unless there is nothing else', () => {
  const table = piece(0, 0, 30, 200);
  expect(strokesOf({ ...picture, components: [table, piece(100, 60, 40, 60)] })).toEqual([2]);
  expect(strokesOf({ ...picture, components: [table, piece(100, 60, 2, 2)] })).toEqual([1]);
  // A stroke that only ends at the border is none.
  expect(strokesOf({ ...picture, components: [piece(0, 60, 60, 60), piece(100, 60, 40, 60)] })).toEqual([1, 2]);
});

test('specks alone are no digit', () => {
  expect(() => strokesOf({ ...picture, components: [piece(40, 40, 5, 4), piece(90, 90, 3, 5)] })).toThrow(
    'a.png: expected a digit of at least 6 of 300 pixels, got only specks; write one, or come closer',
  );
});

test('strokes above each other are a digit, beside each other several', () => {
  const five = [piece(100, 30, 40, 70), piece(110, 20, 45, 6)];
  const [one, seven] = [piece(30, 20, 10, 80), piece(170, 20, 40, 80)];
  expect(digitGroupsOf([seven, ...five, one], [1, 2, 3, 4])).toEqual([[4], [3, 2], [1]]);
});

test('commas and dashes are left out, and digits that lean over each other stay apart', () => {
  const components = [piece(10, 20, 50, 80), piece(50, 20, 50, 80), piece(105, 90, 8, 20), piece(120, 60, 30, 6)];
  expect(digitGroupsOf(components, [1, 2, 3, 4])).toEqual([[1], [2]]);
});
