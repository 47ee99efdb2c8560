/** Reading order against PyTorch's: channel, row, column. */
import { expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { type ImageShape, keepsMemoryOrder, reshapeGeometry } from './reshape';

test('flattening reads channel by channel, row by row', () => {
  const geometry = reshapeGeometry('test', 1, [2, 2, 3], [1, 12, 1]);
  // Entry (row, column, channel) holds the number 100 · channel + 10 · row + column.
  const x = Float64Array.from([0, 100, 200, 1, 101, 201, 10, 110, 210, 11, 111, 211]);
  const y = new Float64Array(12);
  referenceKernels.prepare('reshape', geometry, { x, y })();
  expect([...y]).toEqual([0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211]);
});

test('two maps of two pixels, end to end: first the one, then the other', () => {
  const geometry = reshapeGeometry('test', 1, [1, 2, 2], [1, 4, 1]);
  const y = new Float64Array(4);
  referenceKernels.prepare('reshape', geometry, { x: Float64Array.from([0.04, 0.08, 0.07, 0.05]), y })();
  expect([...y]).toEqual([0.04, 0.07, 0.08, 0.05]);
});

test('invalid shapes are refused, though their size would fit', () => {
  expect(() => reshapeGeometry('reshape', 1, [2, 2, 1], [-2, -2, 1])).toThrow(
    'reshape: expected whole numbers of at least 1 as the shape, got [-2, -2, 1]',
  );
  expect(() => reshapeGeometry('reshape', 1, [0.5, 4, 1], [1, 2, 1])).toThrow('as the shape, got [0.5, 4, 1]');
});

test('shapes of different size are refused', () => {
  expect(() => reshapeGeometry('flatten', 1, [2, 2, 3], [1, 11, 1])).toThrow(
    'flatten: expected a shape of 12 entries for the input [2, 2, 3], got [1, 11, 1] with 11',
  );
});

test.each<[ImageShape, ImageShape, boolean]>([
  [[28, 28, 1], [1, 784, 1], true],
  [[1, 1, 12], [1, 12, 1], true],
  [[1, 6, 1], [2, 3, 1], true],
  [[2, 2, 3], [1, 12, 1], false],
  [[1, 2, 2], [2, 1, 2], false],
  [[2, 2, 3], [2, 2, 3], true],
])('%j as %j: %s that nothing moves', (input, output, stays) => {
  const geometry = reshapeGeometry('test', 1, input, output);
  expect(keepsMemoryOrder(geometry)).toBe(stays);
  if (!stays) return;
  const x = Float64Array.from({ length: 784 }, (_, at) => at).subarray(0, input[0] * input[1] * input[2]);
  const y = new Float64Array(x.length);
  referenceKernels.prepare('reshape', geometry, { x, y })();
  expect(y).toEqual(x);
});
