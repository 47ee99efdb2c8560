import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { writeIdx } from './idx';
import { readIdxFile, readShared, readSharedAsync, writeIdxFile } from './idx-file';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-idx-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const array = { type: 'int16', shape: [2], data: Int16Array.of(-3, 500) } as const;

describe('files', () => {
  test.each(['plain', 'packed.gz'])('%s: written, read, also without or with .gz', (name) => {
    const path = join(folder, name);
    writeIdxFile(path, array);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readIdxFile(path)).toEqual(array);
    expect(readIdxFile(name.endsWith('.gz') ? path.slice(0, -3) : `${path}.gz`)).toEqual(array);
    expect(readFileSync(path)[0]).toBe(name.endsWith('.gz') ? 0x1f : 0);
  });

  test('the bytes tell whether a file is packed, not its name', () => {
    const path = join(folder, 'labels');
    writeFileSync(path, gzipSync(writeIdx(array)));
    expect(readIdxFile(path)).toEqual(array);
  });
});

describe('by other threads', () => {
  test.each([
    ['an empty file', new Uint8Array(0)],
    ['fewer bytes than parts', Uint8Array.of(1, 2, 3)],
    ['a file', Uint8Array.from({ length: 100_003 }, (_, at) => (at * 7) % 251)],
    ['a packed file', gzipSync(Uint8Array.of(1, 2, 3))],
  ])('%s', async (_, bytes) => {
    const path = join(folder, 'file');
    writeFileSync(path, bytes);
    expect(await readSharedAsync(path)).toEqual(readShared(path));
  });

  test.each([
    ['none', {}],
    ['folder', {}],
    ['large', { budget: { bytes: 1000 } }],
  ])('%s is refused in the same words', async (name, options) => {
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'large'), new Uint8Array(1001));
    const path = join(folder, name);
    expect(() => readShared(path, options)).toThrow(DatasetError);
    const message = await readSharedAsync(path, options).catch((error) => error.message);
    expect(() => readShared(path, options)).toThrow(message);
  });
});

describe('refuses', () => {
  const refusal = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      expect(error).toBeInstanceOf(DatasetError);
      return (error as Error).message.replaceAll(folder, 'here').replaceAll('\\', '/');
    }
    return 'nothing';
  };

  test('a missing file', () => {
    expect(refusal(() => readIdxFile(join(folder, 'labels')))).toBe(
      'here/labels: expected an IDX file, plain or .gz, got none of this name; check the path',
    );
  });

  test('a folder in place of a file', () => {
    mkdirSync(join(folder, 'labels'));
    expect(refusal(() => readIdxFile(join(folder, 'labels')))).toBe(
      'here/labels: the file cannot be read (EISDIR); check path and permissions',
    );
    expect(refusal(() => writeIdxFile(join(folder, 'labels'), array))).toMatch(
      /^here\/labels: the file cannot be written \(E[A-Z]+\); check folder and permissions$/,
    );
    expect(readdirSync(folder)).toEqual(['labels']);
  });

  test('a damaged .gz', () => {
    const path = join(folder, 'labels.gz');
    writeFileSync(path, gzipSync(writeIdx(array)).subarray(0, -5));
    expect(refusal(() => readIdxFile(path))).toBe(
      'here/labels.gz: expected a whole gzip file, got a damaged one (Z_BUF_ERROR); fetch it again',
    );
  });

  test('a .gz that unpacks to more than allowed', () => {
    const path = join(folder, 'labels.gz');
    writeFileSync(path, gzipSync(writeIdx({ shape: [2000], data: new Uint8Array(2000) })));
    expect(refusal(() => readIdxFile(path, { budget: { bytes: 1000 } }))).toBe(
      'here/labels.gz: expected at most 1000 bytes when unpacked, got 2008; unpack it first, or raise the budget of bytes and expansion',
    );
  });

  test('a damaged file, by its path', () => {
    const path = join(folder, 'labels.gz');
    writeFileSync(path, gzipSync(writeIdx(array).subarray(0, -1)));
    expect(refusal(() => readIdxFile(path))).toBe(
      'here/labels.gz: expected 12 bytes, got 11: the file is cut short; fetch it again',
    );
  });

  test('a folder that does not exist, when writing', () => {
    const path = join(folder, 'none', 'labels');
    expect(refusal(() => writeIdxFile(path, array))).toBe(
      'here/none/labels: the file cannot be written (ENOENT); check folder and permissions',
    );
    expect(existsSync(path)).toBe(false);
  });
});

test('damaged packed bytes give a DatasetError on one line, or an array', () => {
  const path = join(folder, 'damaged.gz');
  const packed = gzipSync(writeIdx({ shape: [30], data: Uint8Array.from({ length: 30 }, (_, k) => k * k) }));
  let refused = 0;
  const change = fc.tuple(fc.nat({ max: packed.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat({ max: 20 }), (changes, cut) => {
      const bytes = Uint8Array.from(packed);
      for (const [at, value] of changes) bytes[at] = value;
      writeFileSync(path, bytes.subarray(0, bytes.length - cut));
      try {
        readIdxFile(path, { budget: { bytes: 2 ** 20 } });
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message.split('\n')).toHaveLength(1);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(100);
});
