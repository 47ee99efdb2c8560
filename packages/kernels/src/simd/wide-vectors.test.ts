/** Kernels that take other tiles where the engine makes wide vectors: the same bits as without, in any engine. */
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CaseArrays } from '../case-arrays';
import type { OperationCases } from '../contract/cases';
import { conv2dGeometry } from '../conv2d/conv2d';
import type { KernelSpecs } from '../operations';
import { pool2dGeometry } from '../pool2d/pool2d';
import { pooledConv2dGeometry } from '../pooled-conv2d/pooled-conv2d';
import { allCases } from '../proofs';
import { type SimdKernels, simdKernels } from './simd-kernels';

const narrow = simdKernels({ arithmetic: 'strict', wide: false });
const wide = simdKernels({ arithmetic: 'strict', wide: true });

afterEach(() => {
  vi.resetModules();
});

/** The bits of everything that the operation and its gradients write, by name. */
function bits(kernels: SimdKernels, operation: OperationCases<KernelSpecs>, at: number): ReadonlyMap<string, Buffer> {
  const arrays = new CaseArrays(operation, { kernels, dtype: 'float32' }, at);
  for (const kernel of [operation.forward, ...operation.gradients]) arrays.prepare(kernel)();
  return new Map(
    Object.entries(arrays.arrays).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      Buffer.from(buffer, byteOffset, byteLength),
    ]),
  );
}

function expectSameBits(operation: OperationCases<KernelSpecs>, at: number): void {
  const expected = bits(narrow, operation, at);
  for (const [name, got] of bits(wide, operation, at))
    expect(got.equals(expected.get(name) as Buffer), name).toBe(true);
}

const convolutions = allCases().filter(({ forward }) => /conv2d/i.test(forward));

describe.each(convolutions)('$forward', (operation) => {
  test.each(operation.cases.map(({ name }, at) => ({ name, at })))('$name', ({ at }) => {
    expectSameBits(operation, at);
  });
});

test('convolutions of any geometry, alone and before a maximum', () => {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const sizes = fc.record({
    batch: upTo(33),
    input: fc.tuple(fc.integer({ min: 8, max: 12 }), fc.integer({ min: 8, max: 14 }), upTo(20)),
    outChannels: upTo(7),
    kernel: fc.tuple(upTo(5), upTo(7)),
    stride: fc.tuple(upTo(2), upTo(2)),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    bias: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, fc.boolean(), (drawn, rectified) => {
      const geometry = conv2dGeometry('case', drawn);
      const alone = {
        forward: 'conv2d' as const,
        gradients: ['conv2dInputGrad', 'conv2dWeightGrad'] as const,
        cases: [{ name: 'drawn', geometry }],
      };
      expectSameBits(alone, 0);
      const { outHeight, outWidth, outChannels, batch } = geometry;
      if (outHeight < 2 || outWidth < 2) return;
      const pool = pool2dGeometry('case', { batch, input: [outHeight, outWidth, outChannels], window: [2, 2] });
      const pooled = {
        forward: 'pooledConv2d' as const,
        gradients: ['pooledConv2dInputGrad', 'pooledConv2dWeightGrad'] as const,
        cases: [{ name: 'drawn', geometry: pooledConv2dGeometry('case', geometry, pool, rectified) }],
      };
      expectSameBits(pooled, 0);
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('sets that are made after wide vectors are expected take them, and those on their memory', async () => {
  const fresh = await import('./simd-kernels');
  const before = fresh.simdKernels('strict');
  fresh.expectWideVectors(true);
  const after = fresh.simdKernels('strict');
  expect(
    [before, after, fresh.simdKernels(before.shared), fresh.simdKernels(after.shared)].map(({ shared }) => shared.wide),
  ).toEqual([false, true, false, true]);
});
