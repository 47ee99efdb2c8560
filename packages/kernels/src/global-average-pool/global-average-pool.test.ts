/** Global average pooling by hand, and against pooling with a window as large as the image. */
import { describe, expect, test } from 'vitest';
import { pool2dGeometry } from '../pool2d/pool2d';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { globalAveragePoolGeometry } from './global-average-pool';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };

  test('the mean of each channel, and its gradient shared by all pixels', () => {
    const geometry = globalAveragePoolGeometry('pool', { batch: 1, input: [2, 2, 2] });
    const y = array([0, 0]);
    kernels.prepare('globalAveragePool', geometry, { x: array([1, 10, 2, 20, 3, 30, 6, 60]), y })();
    expect([...y]).toEqual([3, 30]);
    const dx = array(Array(8));
    kernels.prepare('globalAveragePoolInputGrad', geometry, { dy: array([4, -8]), dx })();
    expect([...dx]).toEqual([1, -2, 1, -2, 1, -2, 1, -2]);
  });

  test('the mean over a window as large as the image', () => {
    const sizes = { batch: 16, input: [4, 8, 3] } as const;
    const x = array(Array.from({ length: 16 * 96 }, (_, k) => (k * 7) % 64));
    const [y, expected] = [array(Array(48)), array(Array(48))];
    kernels.prepare('globalAveragePool', globalAveragePoolGeometry('pool', sizes), { x, y })();
    kernels.prepare('meanPool2d', pool2dGeometry('pool', { ...sizes, window: [4, 8] }), { x, y: expected })();
    expect([...y]).toEqual([...expected]);
  });
});

test('a size that is no count is refused by name', () => {
  expect(() => globalAveragePoolGeometry('pool', { batch: 1, input: [0, 2, 1] })).toThrow(
    'pool: expected a whole number of at least 1 as input height, got 0',
  );
});
