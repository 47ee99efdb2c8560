/** Wide vectors give the bits of narrow ones, in every Node that has them by itself, however V8 compiles the kernels. */
import { expect, test } from 'vitest';
import { programOf } from '../apps/trainer/testing/programs';
// @ts-expect-error: plain JavaScript
import { compareWideVectors } from './wide-vectors.mjs';

const nodes = ['24', '26'].flatMap((major) => programOf(`LONGHAND_NODE_${major}`, [`node${major}`]) ?? []);
const isTried = process.platform === 'linux' && process.arch === 'x64' && nodes.length > 0;

test.skipIf(!isTried)('every kernel and whole trainings, at some seeds', { tags: ['exhaustive'] }, async () => {
  const { results, differences, wide } = await compareWideVectors({ nodes, first: 1, count: 8 });
  expect(differences).toEqual([]);
  expect(results).toBeGreaterThan(20_000 * nodes.length);
  for (const [title, functions] of Object.entries(wide as Readonly<Record<string, number>>)) {
    // V8 makes none of loads and stores that it checks one by one.
    if (/narrow|bounds|without AVX2/.test(title)) expect(functions, title).toBe(0);
    else expect(functions, title).toBeGreaterThan(20);
  }
});
