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

test.each([referenceKernels, simdKernels('strict')])(
  'of −∞ alone the first entry has the gradient, $name',
  (kernels) => {
    for (const window of [[2, 2] as const, [1, 4] as const]) {
      const sizes = pool2dGeometry('test', { batch: 1, input: [window[0], window[1], 1], window });
      const x = kernels.allocate('float32', 4).fill(Number.NEGATIVE_INFINITY);
      const [y, dy, dx] = [
        kernels.allocate('float32', 1),
        kernels.allocate('float32', 1),
        kernels.allocate('float32', 4),
      ];
      kernels.prepare('maxPool2d', sizes, { x, y })();
      expect([...y]).toEqual([Number.NEGATIVE_INFINITY]);
      dy[0] = 7;
      kernels.prepare('maxPool2dInputGrad', sizes, { x, y, dy, dx })();
      expect([...dx]).toEqual([7, 0, 0, 0]);
    }
  },
);

describe.each([referenceKernels, simdKernels('strict')])('padding, $name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };
  const image = { batch: 1, input: [3, 3, 1] } as const;

  test('is −∞ to a maximum: PyTorch’s values and gradients', () => {
    const { NEGATIVE_INFINITY: least } = Number;
    const padded = pool2dGeometry('test', { ...image, window: [2, 2], stride: [1, 1], padding: 1 });
    const x = array([least, least, 3, least, least, 4, 1, 2, 5]);
    const [y, dx] = [array(Array(16)), array(Array(9))];
    kernels.prepare('maxPool2d', padded, { x, y })();
    expect([...y]).toEqual([least, least, 3, 3, least, least, 4, 4, 1, 2, 5, 5, 1, 2, 5, 5]);
    kernels.prepare('maxPool2dInputGrad', padded, { x, y, dy: array(Array(16).fill(1)), dx })();
    // Of windows that hold −∞ alone the first entry in the image has the gradient.
    expect([...dx]).toEqual([4, 0, 2, 0, 0, 2, 2, 2, 4]);
  });

  test('is 0 to a mean, and counted unless it is said', () => {
    const sizes = { ...image, window: [2, 2], padding: { top: 1, bottom: 0, left: 1, right: 0 } } as const;
    const x = array([4, 8, 12, 16, 20, 24, 28, 32, 36]);
    const dy = array([12, 24, 36, 48]);
    const [y, dx] = [array(Array(4)), array(Array(9))];
    const counting = pool2dGeometry('test', sizes);
    kernels.prepare('meanPool2d', counting, { x, y })();
    expect([...y]).toEqual([1, 5, 11, 28]);
    kernels.prepare('meanPool2dInputGrad', counting, { dy, dx })();
    expect([...dx]).toEqual([3, 6, 6, 9, 12, 12, 9, 12, 12]);
    const leavingOut = pool2dGeometry('test', { ...sizes, countIncludePad: false });
    kernels.prepare('meanPool2d', leavingOut, { x, y })();
    expect([...y]).toEqual([4, 10, 22, 28]);
    kernels.prepare('meanPool2dInputGrad', leavingOut, { dy, dx })();
    expect([...dx]).toEqual([12, 12, 12, 18, 12, 12, 18, 12, 12]);
  });
});

test('a padding as large as the window is refused, and one below zero', () => {
  const sizes = { batch: 1, input: [4, 4, 1], window: [2, 3] } as const;
  expect(() => pool2dGeometry('pool2', { ...sizes, padding: 2 })).toThrow(
    'pool2: expected a padding smaller than the window [2, 3], got 2, 2, 2, 2 at top, bottom, left and right',
  );
  expect(() => pool2dGeometry('pool2', { ...sizes, padding: { top: 0, bottom: 1, left: 0, right: -1 } })).toThrow(
    'pool2: expected a whole number of at least 0 as padding right, got -1',
  );
  expect(() => pool2dGeometry('pool2', { ...sizes, input: [4, 1, 1], padding: 0 })).toThrow(
    'pool2: expected an image of at least [2, 3] for the window, got [4, 1]',
  );
});

test('a window that does not fit is refused in one line', () => {
  expect(() => pool2dGeometry('pool2', { batch: 1, input: [1, 4, 2], window: [2, 2] })).toThrow(
    'pool2: expected an image of at least [2, 2] for the window, got [1, 4]',
  );
});
