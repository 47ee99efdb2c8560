/** The sum of two arrays by hand, forward and backward. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { addGeometry } from './add';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };

  test('body and shortcut meet', () => {
    const [a, b, y] = [
      array([1, 2, 3, 4, 5]),
      array([10, -2, 0.5, Number.POSITIVE_INFINITY, Number.NaN]),
      array(Array(5)),
    ];
    kernels.prepare('add', addGeometry('block1', 5), { a, b, y })();
    expect([...y]).toEqual([11, 0, 3.5, Number.POSITIVE_INFINITY, Number.NaN]);
  });

  test('in place: the gradient of the shortcut is added to that of the body', () => {
    const [dBody, dShortcut] = [array([1, 2, 3, 4, 5, 6]), array([10, 20, 30, 40, 50, 60])];
    const run = kernels.prepare('add', addGeometry('block1', 6), { a: dBody, b: dShortcut, y: dBody });
    run();
    expect([...dBody]).toEqual([11, 22, 33, 44, 55, 66]);
  });
});

test.each([0, -1, 1.5, Number.NaN])('a length of %d is refused', (length) => {
  expect(() => addGeometry('block1', length)).toThrow(
    `block1: expected a whole number of at least 1 as length, got ${length}`,
  );
});
