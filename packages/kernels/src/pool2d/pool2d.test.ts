/** Pooling against windows looked at by hand. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { pool2dGeometry } from './pool2d';

const geometry = pool2dGeometry('test', { batch: 1, input: [3, 4, 1], window: [2, 2], stride: [1, 2] });
const x = Float64Array.from([1, 2, 8, 3, 4, 2, 8, 8, 0, 4, 1, 1]);

test('maximum, and its gradient at the first entry that equals it', () => {
  const y = new Float64Array(4);
  referenceKernels.prepare('maxPool2d', geometry, { x, y })();
  expect([...y]).toEqual([4, 8, 4, 8]);
  const dx = new Float64Array(12);
  const dy = Float64Array.from([1, 10, 100, 1000]);
  referenceKernels.prepare('maxPool2dInputGrad', geometry, { x, y, dy, dx })();
  // The lower windows overlap the upper ones: the 4 at the second row's start gets 1 and 100.
  expect([...dx]).toEqual([0, 0, 10, 0, 101, 0, 1000, 0, 0, 0, 0, 0]);
});

test('mean, and its gradient divided among the entries of the window', () => {
  const y = new Float64Array(4);
  referenceKernels.prepare('meanPool2d', geometry, { x, y })();
  expect([...y]).toEqual([9 / 4, 27 / 4, 10 / 4, 18 / 4]);
  const dx = new Float64Array(12);
  referenceKernels.prepare('meanPool2dInputGrad', geometry, { dy: Float64Array.from([4, 8, 12, 16]), dx })();
  expect([...dx]).toEqual([1, 1, 2, 2, 4, 4, 6, 6, 3, 3, 4, 4]);
});

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test.each([0, 1, 2, 3])('NaN propagates from entry %i of its window', (index) => {
    const whole = pool2dGeometry('test', { batch: 1, input: [2, 2, 1], window: [2, 2] });
    const [image, y] = [kernels.allocate('float32', 4), kernels.allocate('float32', 1)];
    for (const name of ['maxPool2d', 'reluMaxPool2d'] as const) {
      for (const others of [[1, 2, 3, 4], [4, 3, 2, 1], [-1, -1, -1, -1], Array(4).fill(Number.NEGATIVE_INFINITY)]) {
        image.set(others);
        image[index] = Number.NaN;
        kernels.prepare(name, whole, { x: image, y })();
        expect(y[0], `${name} of ${image.join()}`).toBeNaN();
      }
    }
  });
});

test('a window that does not fit is refused in one line', () => {
  expect(() => pool2dGeometry('pool2', { batch: 1, input: [1, 4, 2], window: [2, 2] })).toThrow(
    'pool2: expected an image of at least [2, 2] for the window, got [1, 4]',
  );
});
