/** XXH32 gives the published values. */
// cspell:ignore spammish
import { expect, test } from 'vitest';
import { checksumText, xxHash32 } from './checksum';

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
