/** Wide vectors give the bits of narrow ones, in every Node that has them by itself, however V8 compiles the kernels. */
import { expect, test } from 'vitest';
import { programOf } from '../apps/trainer/testing/programs';
// @ts-expect-error: plain JavaScript
import { compareWideVectors } from './wide-vectors.mjs';

const nodes = ['24', '26'].flatMap((major) => programOf(`LONGHAND_NODE_${major}`, [`node${major}`]) ?? []);
const isTried = process.platform === 'linux' && process.arch === 'x64' && nodes.length > 0;

/** @param seeds With the first one come the cases of the tables, and the known networks. */
async function expectSameBits(seeds: { readonly first: number; readonly count: number }, least: number): Promise<void> {
  const { results, differences, wide } = await compareWideVectors({ nodes, ...seeds });
  expect(differences).toEqual([]);
  expect(results).toBeGreaterThan(500 * seeds.count * nodes.length);
  for (const [title, functions] of Object.entries(wide as Readonly<Record<string, number>>)) {
    // V8 makes none of loads and stores that it checks one by one.
    if (/narrow|bounds|without AVX2/.test(title)) expect(functions, title).toBe(0);
    else expect(functions, title).toBeGreaterThanOrEqual(least);
  }
}

test.skipIf(!isTried)('every kernel, at some geometries', { tags: ['slow'] }, () =>
  expectSameBits({ first: 2, count: 3 }, 1),
);

test.skipIf(!isTried)('every case, known networks, drawn ones', { tags: ['exhaustive'] }, () =>
  expectSameBits({ first: 1, count: 8 }, 20),
);
