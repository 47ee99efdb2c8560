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
    conv2dWinograd5InputGrad: (record: number) => (called = record),
    meanSquaredError: () => {},
    meanPool2d: () => {},
  };
  const module = { functions, memory: { table } } as object as SimdModule;
  type Layout = keyof typeof recordLayouts;
  const fieldsIn = (layout: Layout): string[] =>
    recordLayouts[layout]
      .split(' ')
      .flatMap((field) => (field.startsWith('+') ? fieldsIn(field.slice(1) as Layout) : [field]));
  const fieldsOf = (layout: Layout) => Object.fromEntries(fieldsIn(layout).map((field, at) => [field, at]));
  const [columns, convolution] = [fieldsOf('Winograd5Columns'), fieldsOf('Conv2dInputGradShape')];
  bindFunction(module, 'conv2dWinograd5InputGrad', {
    dy: columns as never,
    weight: 1,
    weightPoint: 2,
    convolution: convolution as never,
    dx: columns as never,
    padLeft: 3,
  })();
  expect([1000, 2000, 3000].map((address) => written.get(address))).toEqual(
    [columns, convolution, columns].map((record) => Object.values(record)),
  );
  expect(written.get(called)).toEqual([1000, 1, 2, 2000, 3000, 3]);
  const x = { x: 1, target: 2, loss: 3, batchStride: 4, features: 5 };
  bindFunction(module, 'meanSquaredError', { ...x, factor: 0.5 });
  expect(written.get(5000)).toEqual([1, 2, 3, 4, 5, 0x3f000000]);
  // What is extended comes first.
  const shape = fieldsOf('Pool2dShape');
  bindFunction(module, 'meanPool2d', { y: 101, x: 102, countIncludePad: 1, ...shape } as never);
  expect(written.get(6000)).toEqual([...Object.values(shape), 102, 101, 1]);
});

test('functions take a record, or six arguments at most', () => {
  const { functions } = simdInstance('strict');
  for (const [name, run] of Object.entries(functions)) {
    if (typeof run === 'function') expect(run.length, name).toBeLessThanOrEqual(name in recordLayouts ? 1 : 6);
  }
});
