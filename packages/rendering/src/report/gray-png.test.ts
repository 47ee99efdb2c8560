import { crc32, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grayPngUrl } from './gray-png';

/** The degrees of ink in a picture, row by row, read as the format's specification says. */
function degreesOf(address: string): number[][] {
  const prefix = 'data:image/png;base64,';
  expect(address.startsWith(prefix)).toBe(true);
  const file = Buffer.from(address.slice(prefix.length), 'base64');
  expect(file.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    chunks.set(name, file.subarray(at + 8, at + 8 + length));
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  expect([...header.subarray(8)]).toEqual([4, 3, 0, 0, 0]);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  // Inflating checks the sum at the stream's end too.
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const stride = 1 + Math.ceil(width / 2);
  expect(rows).toHaveLength(height * stride);
  return Array.from({ length: height }, (_, y) => {
    expect(rows[y * stride]).toBe(0);
    return Array.from({ length: width }, (__, x) => (rows[y * stride + 1 + (x >> 1)] >> (x % 2 === 0 ? 4 : 0)) & 15);
  });
}

test('is ink from the lowest value to the highest', () => {
  const picture = grayPngUrl({ values: [0, 17, 255, 128, 300, -1], height: 2, width: 3, low: 0, high: 255 });
  expect(degreesOf(picture)).toEqual([
    [0, 1, 15],
    [8, 15, 0],
  ]);
});

test('of values that are all the same has no ink', () => {
  expect(degreesOf(grayPngUrl({ values: [2, 2], height: 1, width: 2, low: 2, high: 2 }))).toEqual([[0, 0]]);
});

test('can be of any size', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, (height, width) => {
      const values = Array.from({ length: height * width }, (_, at) => at % 16);
      const degrees = degreesOf(grayPngUrl({ values, height, width, low: 0, high: 15 }));
      expect(degrees.flat()).toEqual(values);
    }),
    { seed: 1, numRuns: 30 },
  );
  // More than a block of the stream holds.
  const large = Array.from({ length: 400 * 400 }, (_, at) => (at * at) % 16);
  expect(degreesOf(grayPngUrl({ values: large, height: 400, width: 400, low: 0, high: 15 })).flat()).toEqual(large);
});

test('refuses too few values', () => {
  expect(() => grayPngUrl({ values: [1], height: 2, width: 2, low: 0, high: 1 })).toThrow(
    'grayPngUrl: expected 2×2 = 4 values, got 1',
  );
});
