/** Data files that were damaged on the way, or made to do harm: they are read or refused in one line, within bounds of memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, expect, test } from 'vitest';
import { COUNT, images, labels, npy, pixelNames, png, table, zip } from '../fixtures/layout-files';
import { DatasetError } from './dataset-error';
import { loadData } from './load-data';

const folder = mkdtempSync(join(tmpdir(), 'longhand-damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const arrays = {
  'x_train.npy': npy('|u1', [COUNT, 28, 28], images()),
  'y_train.npy': npy('<i4', [COUNT], Int32Array.from(labels)),
};
const parquet = parquetWriteBuffer({
  columnData: [
    { name: 'image', data: Array.from({ length: COUNT }, (_, index) => png(index)), type: 'BYTE_ARRAY' },
    { name: 'label', data: [...labels], type: 'INT32' },
  ],
});
const csv = table({ header: ['label', ...pixelNames()] });
const sources: Readonly<Record<string, Uint8Array>> = {
  'a.npz': zip(arrays),
  'stored.npz': zip(arrays, 0),
  'a.csv': new TextEncoder().encode(csv),
  'a.csv.gz': gzipSync(csv),
  'a.parquet': new Uint8Array(parquet),
};

const offset = fc.integer({ min: 0, max: 9999 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: offset }),
  fc.record({ kind: fc.constant('flip' as const), at: offset, bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('huge' as const), at: offset, bytes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: offset, length: fc.integer({ min: 1, max: 200 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Half of the damage is in the first or last kilobyte, where formats have what describes them. */
function changed(bytes: Uint8Array, how: Change): Uint8Array {
  const near = Math.min(1000, bytes.length);
  const share = how.at / 10_000;
  const at =
    share < 0.25
      ? Math.floor(4 * share * near)
      : share > 0.75
        ? bytes.length - 1 - Math.floor(4 * (1 - share) * near)
        : Math.floor(share * bytes.length);
  switch (how.kind) {
    case 'cut':
      return bytes.slice(0, at);
    case 'flip':
      return bytes.map((byte, k) => (k === at ? byte ^ how.bits : byte));
    case 'huge':
      return bytes.map((byte, k) => (k >= at && k < at + how.bytes ? 0xff : byte));
    case 'repeat':
      return Uint8Array.of(...bytes.subarray(0, at + how.length), ...bytes.subarray(at));
  }
}

const numRuns = Number(process.env.LONGHAND_FUZZ_RUNS ?? 500);
const budget = { bytes: 2 ** 22, textBytes: 2 ** 20 };

test(`${numRuns} damaged files are read or refused in one line`, { timeout: 2 ** 31 - 1 }, async () => {
  let read = 0;
  const damage = fc.record({
    name: fc.constantFrom(...Object.keys(sources)),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ name, changes }) => {
      const path = join(folder, name);
      writeFileSync(path, changes.reduce(changed, sources[name]));
      const before = process.memoryUsage().arrayBuffers;
      try {
        const { train, test: testing } = await loadData(path, { budget });
        expect(train.images.length).toBe(train.count * train.height * train.width * train.channels);
        expect(train.count + testing.count).toBeGreaterThan(0);
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message).toMatch(/^[^\n]+$/);
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * budget.bytes);
    }),
    { seed: 1, numRuns },
  );
  expect(read).toBeGreaterThan(numRuns / 50);
  expect(read).toBeLessThan(numRuns);
});
