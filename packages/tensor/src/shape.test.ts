import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkShape, formatShape, ShapeError, sameShape, sizeOf, stridesOf } from './shape';

const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 });

test('sizeOf multiplies the extents; a scalar has one entry', () => {
  expect(sizeOf([28, 28, 6])).toBe(4704);
  expect(sizeOf([])).toBe(1);
});

test('sameShape wants the same rank and the same extents', () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
  expect(sameShape([2, 3, 1], [2, 3])).toBe(false);
  expect(sameShape([], [])).toBe(true);
});

test('formatShape shows numbers and names', () => {
  expect(formatShape([12, 12, 6, 'n'])).toBe('[12, 12, 6, n]');
  expect(formatShape([])).toBe('[]');
});

describe('stridesOf', () => {
  test('is row-major', () => {
    expect(stridesOf([28, 28, 6])).toEqual([168, 6, 1]);
    expect(stridesOf([])).toEqual([]);
  });

  test('gives every index of the shape an offset of its own', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = stridesOf(shape);
        let offsets = [0];
        // Outermost axis first, the indices come in the order in which row-major memory holds them.
        shape.forEach((extent, axis) => {
          offsets = offsets.flatMap((offset) =>
            Array.from({ length: extent }, (_, index) => offset + index * (strides[axis] as number)),
          );
        });
        expect(offsets).toEqual(Array.from({ length: sizeOf(shape) }, (_, offset) => offset));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('checkShape', () => {
  test('lets whole numbers of at least one pass', () => {
    fc.assert(
      fc.property(shapes, (shape) => checkShape('here', shape)),
      { seed: 1, numRuns: 100 },
    );
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])('refuses an extent of %d', (extent) => {
    const refused = () => checkShape('conv1: input', [3, extent]);
    expect(refused).toThrow(ShapeError);
    expect(refused).toThrow(`conv1: input: expected whole numbers of at least 1 as the shape, got [3, ${extent}]`);
  });

  test('refuses what is no list', () => {
    expect(() => checkShape('conv1: input', JSON.parse('"conv1"'))).toThrow(
      'conv1: input: expected a list of whole numbers as the shape, such as [28, 28, 1], got string',
    );
  });

  test('gives its errors a name', () => {
    expect(new ShapeError('a').name).toBe('ShapeError');
  });
});
