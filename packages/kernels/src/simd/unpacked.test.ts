import { deflateRawSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { unpacked } from './unpacked';

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytes = Uint8Array.from({ length: 3000 }, (_, at) => (at * at) % 251);
const text = deflateRawSync(bytes).toString('base64');

test.each([
  ['Node', process],
  ['a page', undefined],
  ['a page with a process of its own', { env: {} }],
])('the same bytes in %s', (_, own) => {
  vi.stubGlobal('process', own);
  const unpackedHere = unpacked(text);
  vi.unstubAllGlobals();
  expect(Uint8Array.from(unpackedHere)).toEqual(bytes);
});
