/** Pooling against windows looked at by hand. */
import { expect, test } from 'vitest';
import { referenceKernels } from '../reference';
import { pool2dGeometry } from './pool2d';

const geometry = pool2dGeometry('test', { batch: 1, input: [3, 4, 1], window: [2, 2], stride: [1, 2] });
const x = Float64Array.from([1, 2, 8, 3, 4, 2, 8, 8, 0, 4, 1, 1]);

test('maximum, and its gradient at the first place that holds it', () => {
  const y = new Float64Array(4);
  referenceKernels.prepare('maxPool2d', geometry, { x, y })();
  expect([...y]).toEqual([4, 8, 4, 8]);
  const dx = new Float64Array(12);
  const dy = Float64Array.from([1, 10, 100, 1000]);
  referenceKernels.prepare('maxPool2dInputGrad', geometry, { x, y, dy, dx })();
  // The lower windows overlap the upper ones: the 4 at the second row's start gets 1 and 100.
  expect([...dx]).toEqual([0, 0, 10, 0, 101, 0, 1000, 0, 0, 0, 0, 0]);
});

test('mean, and its gradient shared out', () => {
  const y = new Float64Array(4);
  referenceKernels.prepare('meanPool2d', geometry, { x, y })();
  expect([...y]).toEqual([9 / 4, 27 / 4, 10 / 4, 18 / 4]);
  const dx = new Float64Array(12);
  referenceKernels.prepare('meanPool2dInputGrad', geometry, { dy: Float64Array.from([4, 8, 12, 16]), dx })();
  expect([...dx]).toEqual([1, 1, 2, 2, 4, 4, 6, 6, 3, 3, 4, 4]);
});

test('a value that is not a number shows', () => {
  const y = new Float64Array(4);
  referenceKernels.prepare('maxPool2d', geometry, { x: x.with(5, Number.NaN), y })();
  expect(y[0]).toBeNaN();
});

test('a window that does not fit is said in one line', () => {
  expect(() => pool2dGeometry('pool2', { batch: 1, input: [1, 4, 2], window: [2, 2] })).toThrow(
    'pool2: expected an image of at least [2, 2] for the window, got [1, 4]',
  );
});
