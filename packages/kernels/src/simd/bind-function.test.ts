/** Records of arguments: their layout in memory, and that no kernel function takes a long list in place of one. */
import { expect, test } from 'vitest';
import { recordLayouts } from '../assembly/module.generated';
import { bindFunction } from '../contract/bind-function';
import type { SimdModule } from '../contract/simd-binding';
import { simdInstance } from './simd-kernels';

test('a record lies in memory in the order of its class, floats as floats, records as addresses', () => {
  const written = new Map<number, readonly number[]>();
  let called = -1;
  const table = (words: readonly number[]): number => {
    const address = 1000 * (written.size + 1);
    written.set(address, words);
    return address;
  };
  const functions = {
    denseInputGrad: (record: number) => (called = record),
    meanSquaredError: () => {},
    meanPool2d: () => {},
  };
  const module = { functions, memory: { table } } as object as SimdModule;
  const product = Object.fromEntries(recordLayouts.Conv2dInputGradShape.split(' ').map((field, at) => [field, at]));
  bindFunction(module, 'denseInputGrad', {
    dy: 1,
    weight: 2,
    dx: 3,
    scratch: 4,
    batchStride: 5,
    inFeatures: 6,
    outFeatures: 7,
    product: product as never,
  })();
  expect(written.get(1000)).toEqual(Object.values(product));
  expect(written.get(called)).toEqual([1, 2, 3, 4, 5, 6, 7, 1000]);
  const x = { x: 1, target: 2, loss: 3, batchStride: 4, features: 5 };
  bindFunction(module, 'meanSquaredError', { ...x, factor: 0.5 });
  expect(written.get(3000)).toEqual([1, 2, 3, 4, 5, 0x3f000000]);
  // What is extended comes first.
  const shape = Object.fromEntries(recordLayouts.Pool2dShape.split(' ').map((field, at) => [field, at]));
  bindFunction(module, 'meanPool2d', { y: 101, x: 102, countIncludePad: 1, ...shape } as never);
  expect(written.get(4000)).toEqual([...Object.values(shape), 102, 101, 1]);
});

test('functions take a record, or six arguments at most', () => {
  const { functions } = simdInstance('strict');
  for (const [name, run] of Object.entries(functions)) {
    if (typeof run === 'function') expect(run.length, name).toBeLessThanOrEqual(name in recordLayouts ? 1 : 6);
  }
});
