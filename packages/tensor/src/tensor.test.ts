import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError, sizeOf } from './shape';
import { allocateFloats, dtypeOf, permute, tensor } from './tensor';

describe('tensor', () => {
  test('copies a list into float32, or into float64 on request', () => {
    expect(tensor([2, 2], [1, 2, 3, 4])).toEqual({
      dtype: 'float32',
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
    expect(tensor([2], [0.1, 0.2], 'float64')).toEqual({
      dtype: 'float64',
      shape: [2],
      data: Float64Array.of(0.1, 0.2),
    });
  });

  test('takes a typed array as it is, with its own precision', () => {
    const data = Float64Array.of(1, 2, 3);
    const made = tensor([3], data);
    expect(made.data).toBe(data);
    expect(made.dtype).toBe('float64');
  });

  test('is zero when no numbers are given; a scalar has one', () => {
    expect(tensor([2, 3]).data).toEqual(new Float32Array(6));
    expect(tensor([], [7]).data).toEqual(Float32Array.of(7));
  });

  test('keeps its shape when the list that it came from changes', () => {
    const shape = [2, 3];
    const made = tensor(shape);
    shape[0] = 9;
    expect(made.shape).toEqual([2, 3]);
  });

  test('refuses numbers that do not fill the shape', () => {
    expect(() => tensor([2, 3], [1, 2])).toThrow(
      new ShapeError('tensor: expected 6 numbers for the shape [2, 3], got 2'),
    );
    expect(() => tensor([2], new Float32Array(3))).toThrow(ShapeError);
    expect(() => tensor([2, 0])).toThrow(
      new ShapeError('tensor: expected whole numbers of at least 1 as the shape, got [2, 0]'),
    );
  });
});

test('allocateFloats gives zeros, or a copy of the list', () => {
  expect(allocateFloats('float64', 2)).toEqual(new Float64Array(2));
  expect(allocateFloats('float32', 2, [0.1, 2])).toEqual(Float32Array.of(0.1, 2));
  expect(dtypeOf(allocateFloats('float64', 1))).toBe('float64');
  expect(dtypeOf(allocateFloats('float32', 1))).toBe('float32');
});

describe('permute', () => {
  test('transposes a matrix', () => {
    const matrix = tensor([2, 3], [1, 2, 3, 4, 5, 6], 'float64');
    expect(permute(matrix, [1, 0])).toEqual(tensor([3, 2], [1, 4, 2, 5, 3, 6], 'float64'));
  });

  test('puts the images last', () => {
    // [n, channels, height, width] → [height, width, channels, n], the entries telling where they come from.
    const source = tensor(
      [2, 3, 4, 5],
      Array.from({ length: 120 }, (_, index) => index),
    );
    const target = permute(source, [2, 3, 1, 0]);
    expect(target.shape).toEqual([4, 5, 3, 2]);
    const [n, channel, row, column] = [1, 2, 3, 1];
    expect(target.data[((row * 5 + column) * 3 + channel) * 2 + n]).toBe(((n * 3 + channel) * 4 + row) * 5 + column);
  });

  test('is undone by the inverse order', () => {
    const cases = fc
      .array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 })
      .chain((shape) =>
        fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
      );
    fc.assert(
      fc.property(cases, ([shape, axes]) => {
        const source = tensor(
          shape,
          Array.from({ length: sizeOf(shape) }, (_, index) => index),
        );
        const inverse = axes.map((_, axis) => axes.indexOf(axis));
        expect(permute(permute(source, axes), inverse)).toEqual(source);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test.each([[[0]], [[0, 0]], [[0, 2]], [[0, 1, 2]], [[-1, 0]]])('refuses the axes %j of a matrix', (axes) => {
    expect(() => permute(tensor([2, 3]), axes)).toThrow(
      new ShapeError(`permute: expected every axis of [2, 3] once, got [${axes.join(', ')}]`),
    );
  });
});
