/** Cropping by hand. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { crop2dGeometry } from './crop2d';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };

  test('the top row and the right column go, and their gradient is zero', () => {
    const geometry = crop2dGeometry('crop', { batch: 1, input: [3, 3, 1], border: [1, 0, 0, 1] });
    const y = array([0, 0, 0, 0]);
    kernels.prepare('crop2d', geometry, { x: array([1, 2, 3, 4, 5, 6, 7, 8, 9]), y })();
    expect([...y]).toEqual([4, 5, 7, 8]);
    const dx = array(Array(9).fill(-1));
    kernels.prepare('crop2dInputGrad', geometry, { dy: array([10, 20, 30, 40]), dx })();
    expect([...dx]).toEqual([0, 0, 0, 10, 20, 0, 30, 40, 0]);
  });
});

test('a border that leaves nothing, or is no whole number, is refused by name', () => {
  const sizes = { batch: 1, input: [4, 4, 1] as const };
  expect(() => crop2dGeometry('crop', { ...sizes, border: [2, 0, 2, 0] })).toThrow(
    'crop: expected a border that leaves at least one pixel of [4, 4, 1], got [2, 0, 2, 0]',
  );
  expect(() => crop2dGeometry('crop', { ...sizes, border: [-1, 0, 0, 0] })).toThrow(
    'crop: expected whole numbers of at least 0 as the border, got [-1, 0, 0, 0]',
  );
});
