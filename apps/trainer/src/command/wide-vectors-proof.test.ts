/** Wide vectors prove themselves: what the processes of the proof may say. */
import { expect, test } from 'vitest';
import { longhand } from '../../testing/built-command';
import { prove } from './wide-vectors-proof';

const checksum = (text: string): string => `\nchecksum ${text}\n`;
// The words of V8 13.6 and of V8 14.6.
const remarks = ['Revec: Print 1519: Decide to vectorize, 48 rev', 'Revec: Print 1609: Decided to vectorize, 5 rev'];

/** Processes that print this, with the flag and without. */
const printing =
  (wide: string, narrow: string) =>
  async (_: unknown, flags: readonly string[]): Promise<{ readonly stdout: string }> => ({
    stdout: flags.length > 0 ? wide : narrow,
  });

test.each(remarks)('equal bits from wide vectors are a proof: %s', async (remark) => {
  await prove('strict', printing(`begin\n${remark}${checksum('0badcafe')}`, checksum('0badcafe')));
});

test('other bits are refused', async () => {
  const run = printing(remarks[0] + checksum('0badcafe'), checksum('0badcaff'));
  await expect(prove('strict', run)).rejects.toThrow(
    /^--wide-vectors: expected the bits of narrow vectors, got others from Node\.js .*; leave the option out, and report it$/,
  );
});

test('vectors that stay narrow are refused', async () => {
  const none = `Revec: Print 1519: Decide to vectorize, 0 revectorizable nodes${checksum('0badcafe')}`;
  await expect(prove('strict', printing(none, checksum('0badcafe')))).rejects.toThrow(
    /^--wide-vectors: expected Node 24 or newer on an x64 processor with AVX2, got Node\.js .*, which makes none; leave the option out$/,
  );
});

test.each([
  [
    { code: 9, stderr: 'node: bad option: --experimental-wasm-revectorize\n' },
    /, which makes none; leave the option out$/,
  ],
  [
    { code: null, signal: 'SIGSEGV' },
    /^--wide-vectors: expected the probe to end, got SIGSEGV from Node\.js .*report it$/,
  ],
])('a process that fails is refused: %o', async (failure, message) => {
  const run = (_: unknown, flags: readonly string[]) =>
    flags.length > 0 ? Promise.reject(failure) : Promise.resolve({ stdout: checksum('0badcafe') });
  await expect(prove('strict', run)).rejects.toThrow(message);
});

test('kernels that do not work here at all are named', async () => {
  const run = (): Promise<never> => Promise.reject({ stderr: 'a warning\nerror: kernels fused: no\n' });
  await expect(prove('fused', run)).rejects.toThrow(/^--wide-vectors: kernels fused: no$/);
});

test('the probe runs one layer, and says nothing', () => {
  expect(longhand('probe-wide-vectors', 'layer').stdout).toBe('');
});

test('the probe trains all its networks, and no help mentions it', () => {
  expect(longhand('probe-wide-vectors', 'strict').stdout).toMatch(/^\nchecksum [0-9a-f]{8}\n$/);
  expect(longhand('--help').stdout).not.toContain('probe');
});
