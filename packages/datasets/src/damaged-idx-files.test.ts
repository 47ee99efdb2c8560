/** IDX files that were damaged on the way, plain or packed: they are read or refused in one line, within bounds of memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { writeIdx } from './idx';
import { readIdxFile } from './idx-file';

const folder = mkdtempSync(join(tmpdir(), 'longhand-idx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a');

const plain = writeIdx({ shape: [3, 4, 5], data: Uint8Array.from({ length: 60 }, (_, k) => k * 4) });
const floats = writeIdx({ shape: [7], data: Float32Array.from({ length: 7 }, (_, k) => k / 3) });
const packed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(gzipSync(bytes));
const sources = { plain, floats, packed: packed(plain), bomb: packed(new Uint8Array(4e6)) };

/** An offset in the file, in ten-thousandths of its length. */
const offset = fc.integer({ min: 0, max: 9999 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: offset }),
  fc.record({ kind: fc.constant('flip' as const), at: offset, bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('huge' as const), at: offset, bytes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: offset, length: fc.integer({ min: 1, max: 200 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, how: Change): Uint8Array {
  const at = Math.floor((how.at * bytes.length) / 10_000);
  switch (how.kind) {
    case 'cut':
      return bytes.slice(0, at);
    case 'flip':
      return bytes.map((byte, k) => (k === at ? byte ^ how.bits : byte));
    case 'huge':
      return bytes.slice().fill(0xff, at, at + how.bytes);
    case 'repeat':
      return Uint8Array.of(...bytes.subarray(0, at + how.length), ...bytes.subarray(at));
  }
}

const numRuns = Number(process.env.LONGHAND_FAULTS ?? 1000);
const largestUnpacked = 2 ** 20;

test(`${numRuns} damaged files are read or refused in one line`, () => {
  const read: number[] = [];
  const damage = fc.record({
    name: fc.constantFrom(...(Object.keys(sources) as (keyof typeof sources)[])),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    // Damage behind the checksums of gzip, too.
    inside: fc.boolean(),
  });
  fc.assert(
    fc.property(damage, ({ name, changes, inside }) => {
      const bytes = inside ? packed(changes.reduce(changed, plain)) : changes.reduce(changed, sources[name]);
      writeFileSync(path, bytes);
      const before = process.memoryUsage().arrayBuffers;
      try {
        const { shape, data } = readIdxFile(path, { budget: { bytes: largestUnpacked } });
        expect(data.length).toBe(shape.reduce((size, extent) => size * extent, 1));
        read.push(data.length);
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message).toMatch(/^[^\n]*a: [^\n]+$/);
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * largestUnpacked);
    }),
    { seed: 1, numRuns },
  );
  // Not everything ends at the door.
  expect(read.length).toBeGreaterThan(numRuns / 100);
});
