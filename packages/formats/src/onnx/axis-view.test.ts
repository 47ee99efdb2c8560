import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divided, extentsOf, joined, plainView, positions, sameView } from './axis-view';

test('channels last is another order of the same entries', () => {
  const [channels, height, width] = plainView([3, 4, 5]);
  const view = [height, width, channels];
  expect(extentsOf(view)).toEqual([4, 5, 3]);
  expect([...positions(view)].slice(0, 7)).toEqual([0, 20, 40, 1, 21, 41, 2]);
  expect(joined([...height, ...width])).toEqual([{ size: 20, stride: 1 }]);
});

test('runs are divided where an axis ends within one, and no further', () => {
  expect(divided([{ size: 784, stride: 1 }], [1, 28, 28])).toEqual([
    [],
    [{ size: 28, stride: 28 }],
    [{ size: 28, stride: 1 }],
  ]);
  expect(divided([{ size: 6, stride: 1 }], [4, 3])).toBeUndefined();
  expect(divided([{ size: 6, stride: 1 }], [6, 2])).toBeUndefined();
  expect(divided([{ size: 6, stride: 1 }], [2])).toBeUndefined();
});

test('any transpositions and reshapes count entries as arrays do', () => {
  const anyShape = fc.constantFrom<number[][]>(
    [2, 3, 4],
    [6, 4],
    [24],
    [1, 24],
    [4, 1, 6],
    [2, 2, 3, 2],
    [3, 8],
    [12, 2],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(anyShape, fc.nat(23)), { maxLength: 5 }), (steps) => {
      let view = plainView([2, 3, 4]);
      let entries = Array.from({ length: 24 }, (_, k) => k);
      for (const [shape, order] of steps) {
        const axes = shape.map((_, axis) => axis).sort((a, b) => ((a * 7 + order) % 5) - ((b * 7 + order) % 5));
        const reshaped = divided(view.flat(), shape);
        if (reshaped === undefined) continue;
        view = axes.map((axis) => reshaped[axis]);
        const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
        const extents = axes.map((axis) => shape[axis]);
        entries = entries.map((_, k) => {
          let rest = k;
          let from = 0;
          for (let axis = extents.length - 1; axis >= 0; axis--) {
            from += (rest % extents[axis]) * strides[axes[axis]];
            rest = Math.floor(rest / extents[axis]);
          }
          return entries[from];
        });
        expect(extentsOf(view)).toEqual(extents);
      }
      expect([...positions(view)]).toEqual(entries);
      expect(sameView(view, view)).toBe(true);
    }),
    { seed: 1, numRuns: 300 },
  );
});
