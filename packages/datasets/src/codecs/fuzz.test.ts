/** Files that were damaged on the way, or made to do harm: they are decoded or refused, and nothing else. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixture, withChecksums, withPixels } from '../../fixtures/image-files';
import { DatasetError } from '../dataset-error';
import { checkRasterImage } from '../image';
import { decodeImage } from './decode-image';

const names = readdirSync(new URL('../../fixtures/', import.meta.url)).filter((name) =>
  /\.(png|jpg|webp|bmp|gif)$/.test(name),
);

/** A position in the file, in ten-thousandths of its length. */
const position = fc.integer({ min: 0, max: 9999 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: position }),
  fc.record({ kind: fc.constant('flip' as const), at: position, bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('huge' as const), at: position, bytes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('remove' as const), at: position, length: fc.integer({ min: 1, max: 20 }) }),
);
const damage = fc.record({
  name: fc.constantFrom(...names),
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  // In a PNG, checksums of chunks and of packed data would end most tests at the door: some damage is done behind them.
  where: fc.constantFrom('file', 'chunks', 'pixels'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damagedFile({ name, changes, where }: Damage): Uint8Array {
  const file = Uint8Array.from(fixture(name));
  if (where === 'file' || !name.endsWith('.png')) return changes.reduce(changed, file);
  if (where === 'chunks') return withChecksums(changes.reduce(changed, file));
  return withPixels(file, (pixels) => changes.reduce(changed, Uint8Array.from(pixels)));
}

function changed(bytes: Uint8Array, change: Change): Uint8Array {
  const at = Math.floor((change.at * bytes.length) / 10_000);
  switch (change.kind) {
    case 'cut':
      return bytes.slice(0, at);
    case 'flip':
      return bytes.map((byte, k) => (k === at ? byte ^ change.bits : byte));
    case 'huge':
      return bytes.fill(0xff, at, at + change.bytes);
    case 'repeat':
      return Uint8Array.of(...bytes.subarray(0, at + change.length), ...bytes.subarray(at));
    case 'remove':
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + change.length));
  }
}

const numRuns = Number(process.env.LONGHAND_FAULTS ?? 1500);

test(`${numRuns} damaged files are decoded or refused in one line`, () => {
  let decoded = 0;
  fc.assert(
    fc.property(damage, (how) => {
      try {
        const image = decodeImage(damagedFile(how), { name: 'a.png' });
        decoded++;
        expect(image.pixels.length).toBe(image.width * image.height * image.channels);
        expect(() => checkRasterImage(image, 'a.png')).not.toThrow();
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message).toMatch(/^a\.png: [^\n]+$/);
      }
    }),
    { seed: 1, numRuns },
  );
  // Neither all nor none, or the test would test little.
  expect(decoded / numRuns).toBeGreaterThan(0.1);
  expect(decoded / numRuns).toBeLessThan(0.9);
});
