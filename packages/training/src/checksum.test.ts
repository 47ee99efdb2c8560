/** XXH32 gives the published values. */
// cspell:ignore spammish
import { batchNorm, flatten, sequential } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { checksumText, parametersChecksum, xxHash32 } from './checksum';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  // The first three are known widely; the others are of the reference implementation (Python's xxhash).
  ['', 0, '02cc5d05'],
  ['', 2654435761, '36b78ae7'],
  ['abc', 0, '32d153ff'],
  ['Nobody inspects the spammish repetition', 0, 'e2293b2f'],
])('of %j with the seed %i', (text, seed, expected) => {
  expect(checksumText(xxHash32(bytesOf(text), seed))).toBe(expected);
});

test('of bytes that begin anywhere in their buffer', () => {
  const bytes = bytesOf('-Nobody inspects the spammish repetition').subarray(1);
  expect(checksumText(xxHash32(bytes))).toBe('e2293b2f');
});

test('of parameters: every value and every buffer counts, wherever they lie', () => {
  const network = sequential({ input: [2, 1, 1], layers: { norm: batchNorm(), flatten: flatten() } });
  const parameters = network.initialize(seededRandom(1));
  const checksum = parametersChecksum(parameters);
  const elsewhere = { values: Float32Array.of(9, ...parameters.values).subarray(1), buffers: parameters.buffers };
  expect(parametersChecksum(elsewhere)).toBe(checksum);
  for (const array of [parameters.values, parameters.buffers]) {
    array[0] += 1;
    expect(parametersChecksum(parameters)).not.toBe(checksum);
    array[0] -= 1;
  }
  expect(parametersChecksum(parameters)).toBe(checksum);
});
