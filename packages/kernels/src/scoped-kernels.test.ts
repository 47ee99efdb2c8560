/** Memory that is given back by parts. */
import { OptionError } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { referenceKernels } from './reference-kernels';
import { scopedKernels } from './scoped-kernels';
import { FreeBlocks } from './simd/free-blocks';
import { simdKernels } from './simd/simd-kernels';

describe('freed blocks', () => {
  test('are used again, the rest stays free, and neighbors become one', () => {
    const free = new FreeBlocks();
    free.add({ address: 100, bytes: 10 });
    free.add({ address: 120, bytes: 10 });
    expect(free.take(11)).toBeUndefined();
    free.add({ address: 110, bytes: 10 });
    expect(free.bytes).toBe(30);
    expect(free.take(25)).toBe(100);
    expect(free.bytes).toBe(5);
    expect(free.take(6)).toBeUndefined();
    expect(free.take(5)).toBe(125);
    expect(free.bytes).toBe(0);
  });

  test('come in any order', () => {
    const free = new FreeBlocks();
    for (const address of [40, 0, 20, 30, 10]) free.add({ address, bytes: 10 });
    expect(free.take(50)).toBe(0);
  });
});

describe('a scope', () => {
  const add = (kernels: typeof referenceKernels) => {
    const [a, b, y] = [1, 2, 3].map(() => kernels.allocate('float32', 3));
    a.set([1, 2, 3]);
    return { a, b, y, run: kernels.prepare('add', { length: 3 }, { a, b, y }) };
  };

  test.each([
    ['strict', simdKernels('strict')],
    ['reference', referenceKernels],
  ])('of the %s kernels computes until it is released', (_, kernels) => {
    const scope = scopedKernels(kernels, 'my step');
    const { y, run } = add(scope);
    run();
    expect([...y]).toEqual([1, 2, 3]);
    scope.release();
    const message = 'my step: expected one in use, got one that has been released; prepare another';
    expect(run).toThrow(message);
    expect(() => scope.allocate('float32', 1)).toThrow(message);
    expect(() => scope.allocateBytes(1)).toThrow(message);
    expect(() => add(scope)).toThrow(message);
    // A second time does nothing.
    scope.release();
  });

  test('gives its memory to the next one, zeroed, and leaves that of others alone', () => {
    const kernels = simdKernels('strict');
    const own = kernels.allocate('float32', 5).fill(7);
    const first = scopedKernels(kernels, 'first');
    const array = first.allocate('float32', 100).fill(1);
    const before = kernels.bytesInUse();
    first.release();
    expect(kernels.bytesInUse()).toBeLessThan(before - 400);
    const other = scopedKernels(kernels, 'other');
    const again = other.allocate('float32', 100);
    expect(again.byteOffset).toBe(array.byteOffset);
    expect(again.every((value) => value === 0)).toBe(true);
    expect([...own]).toEqual([7, 7, 7, 7, 7]);
    // Neither does a scope that was released free what is another's by now.
    first.release();
    expect(kernels.allocate('float32', 100).byteOffset).not.toBe(again.byteOffset);
  });

  test('within a scope is released with it, or before', () => {
    const kernels = simdKernels('strict');
    const before = kernels.bytesInUse();
    const outer = scopedKernels(kernels, 'outer');
    const [one, two] = [scopedKernels(outer, 'one'), scopedKernels(outer, 'two')];
    one.allocate('float32', 10);
    two.allocate('float32', 10);
    outer.allocate('float32', 10);
    one.release();
    const reused = kernels.allocate('float32', 10);
    outer.release();
    // What is another's by now stays so.
    expect(kernels.bytesInUse()).toBe(before + 3 * 64);
    expect(reused.byteOffset).toBeGreaterThan(0);
    two.release();
    expect(kernels.bytesInUse()).toBe(before + 3 * 64);
  });

  test('is empty after everything was freed', () => {
    const kernels = simdKernels('strict');
    const scope = scopedKernels(kernels, 'scope');
    scope.allocate('float32', 10);
    kernels.reset();
    const later = kernels.allocate('float32', 10);
    scope.release();
    expect(kernels.allocate('float32', 10).byteOffset).not.toBe(later.byteOffset);
  });

  test('is released at the end of a block', () => {
    const kernels = simdKernels('strict');
    const before = kernels.bytesInUse();
    {
      using scope = scopedKernels(kernels, 'scope');
      scope.allocateBytes(1000);
      expect(kernels.bytesInUse()).toBeGreaterThan(before);
    }
    expect(kernels.bytesInUse()).toBe(before);
  });
});

test('an unknown set of kernels is refused', () => {
  expect(() => simdKernels('fast' as 'strict')).toThrow(
    new OptionError('simdKernels: expected strict or fused, got fast'),
  );
});
