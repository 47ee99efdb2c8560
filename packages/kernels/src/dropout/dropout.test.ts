/** Dropout by hand, forward and backward. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { dropoutGeometry } from './dropout';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };
  const geometry = dropoutGeometry('dropout1', 5);
  const mask = array([2, 0, 0, 2, 2]);

  test('half of the entries are dropped, the others doubled', () => {
    const [x, y] = [array([1, 2, -3, -4, Number.NaN]), array(Array(5))];
    kernels.prepare('dropout', geometry, { x, mask, y })();
    expect([...y]).toEqual([2, 0, -0, -8, Number.NaN]);
  });

  test('a gradient goes through where its entry did', () => {
    const [dy, dx] = [array([1, 10, 100, 1000, 10000]), array(Array(5))];
    kernels.prepare('dropoutInputGrad', geometry, { dy, mask, dx })();
    expect([...dx]).toEqual([2, 0, 0, 2000, 20000]);
  });

  test('in place', () => {
    const x = array([1, 2, 3, 4, 5]);
    kernels.prepare('dropout', geometry, { x, mask, y: x })();
    expect([...x]).toEqual([2, 0, 0, 8, 10]);
  });
});

test.each([0, -1, 1.5, Number.NaN])('a length of %d is refused', (length) => {
  expect(() => dropoutGeometry('dropout1', length)).toThrow(
    `dropout1: expected a whole number of at least 1 as length, got ${length}`,
  );
});
