/**
 * The same bits everywhere: a hash over a hundred thousand results of each function. An engine or a compiler that
 * rounds one of them differently shows here. A change of a function that is meant to change bits replaces the hash;
 * the same seed then gives other weights than before.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededRandom } from '../random';
import { erf, erfc } from './error-function';
import { exp, expm1 } from './exp';
import { log, log1p } from './log';
import { pow } from './pow';
import { tanh } from './tanh';
import { cos, sin } from './trigonometric';

const RESULTS = 100_000;

function hashOf(result: (draw: (low: number, high: number) => number) => number): string {
  const random = seededRandom('same bits');
  const bytes = new DataView(new ArrayBuffer(8 * RESULTS));
  for (let index = 0; index < RESULTS; index++) {
    bytes.setFloat64(
      8 * index,
      result((low, high) => random.uniform(low, high)),
    );
  }
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

test.each<[string, string, Parameters<typeof hashOf>[0]]>([
  ['exp', '76cf18882e3525fe', (draw) => exp(draw(-746, 710))],
  ['exp near 0', '136e8b5a721666e5', (draw) => exp(draw(-2, 2))],
  ['expm1', 'f3c60ebcdc71f67e', (draw) => expm1(draw(-40, 40))],
  ['expm1 near 0', 'fcd77ff28711707b', (draw) => expm1(draw(-4, 4))],
  ['log', '697b88bb619a6a26', (draw) => log(draw(0, 4))],
  ['log1p', 'a01c85dc74732f0b', (draw) => log1p(draw(-1, 0.7))],
  ['tanh', '2b92b86775f6ea82', (draw) => tanh(draw(-4, 4))],
  ['erf', '97ec04176a5781cb', (draw) => erf(draw(-3, 3))],
  ['erfc', '7eeed7456074e202', (draw) => erfc(draw(-3, 27))],
  ['sin', '2e8ce2af57192ede', (draw) => sin(draw(-1e6, 1e6))],
  ['cos', '869fded4c70a93b0', (draw) => cos(draw(-7, 7))],
  ['pow', '0d18542a1a0f999f', (draw) => pow(draw(0, 4), draw(-300, 300))],
])('%s', (_, hash, result) => {
  expect(hashOf(result)).toBe(hash);
});
