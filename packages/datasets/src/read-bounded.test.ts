/** Files of every kind, read within bounds. */
// cspell:ignore mkfifo
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { writeIdx } from './idx';
import { loadData } from './load-data';
import { readBounded } from './read-bounded';

const folder = mkdtempSync(join(tmpdir(), 'longhand-bounded-'));
afterAll(() => rmSync(folder, { recursive: true }));
const error = (message: string): Error => new Error(message.replaceAll(folder, 'here'));
const path = join(folder, 'a');

test.each([0, 1, 1023, 1024, 65_535, 65_536, 65_537, 300_000])('a file of %d bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
  writeFileSync(path, bytes);
  const heads: number[] = [];
  expect(readBounded(path, { error, judge: (head) => void heads.push(head.length) })).toEqual(bytes);
  expect(heads).toEqual([Math.min(length, 65_536)]);
});

test('more bytes than the budget allows', () => {
  writeFileSync(path, new Uint8Array(300));
  expect(() => readBounded(path, { error, budget: { bytes: 299 } })).toThrow(
    'here/a: expected at most 299 bytes, got 300; if it has to be, raise the budget: bytes=300',
  );
  expect(readBounded(path, { error, limit: 'textBytes', budget: { bytes: 299 } })).toHaveLength(300);
});

test.skipIf(!existsSync('/dev/zero'))('a device without an end', () => {
  expect(() => readBounded('/dev/zero', { device: true, error, budget: { bytes: 1_000_000 } })).toThrow(
    /^\/dev\/zero: expected at most 1,000,000/,
  );
  const judge = (): void => {
    throw new Error('zeros');
  };
  // Recognized by its beginning, long before the budget's end.
  const before = process.memoryUsage().arrayBuffers;
  expect(() => readBounded('/dev/zero', { device: true, error, judge })).toThrow('zeros');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

test.skipIf(!existsSync('/proc/self/status'))('a file of the system, which says that it has no bytes', () => {
  expect(readBounded('/proc/self/status', { error }).length).toBeGreaterThan(100);
});

test.skipIf(process.platform === 'win32')('a pipe is opened only where one is expected', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  expect(() => readBounded(pipe, { error })).toThrow(
    'here/pipe: expected a regular file, got a pipe or a device; copy what comes from it into a file',
  );
  // Nobody writes to it.
  mkdirSync(join(folder, 'piped'));
  spawnSync('mkfifo', [join(folder, 'piped', 'train-images-idx3-ubyte')]);
  writeFileSync(join(folder, 'piped', 'train-labels-idx1-ubyte'), writeIdx({ shape: [1], data: Uint8Array.of(1) }));
  await expect(loadData(join(folder, 'piped'))).rejects.toThrow(
    /train-images-idx3-ubyte: expected a regular file, got a pipe or a device; copy what comes from it into a file$/,
  );
  rmSync(join(folder, 'piped'), { recursive: true });
});

test.skipIf(process.platform === 'win32')('a pipe, with pauses; and the rest of one that was begun', () => {
  const pipe = join(folder, 'pipe');
  spawnSync('sh', ['-c', `(printf one; sleep 0.1; printf ' two') > '${pipe}' &`], { stdio: 'ignore' });
  expect(new TextDecoder().decode(readBounded(pipe, { device: true, error }))).toBe('one two');
  writeFileSync(path, ' two');
  const descriptor = openSync(path, 'r');
  const head = new TextEncoder().encode('one');
  const judged: string[] = [];
  const judge = (bytes: Uint8Array): void => void judged.push(new TextDecoder().decode(bytes));
  expect(new TextDecoder().decode(readBounded(descriptor, { head, judge, error }))).toBe('one two');
  expect(judged).toEqual(['one two']);
  closeSync(descriptor);
});

/** A folder of packed files that hold nothing but zeros behind a good header. */
function bombs(count: number): string {
  const images = gzipSync(writeIdx({ shape: [count, 28, 28], data: new Uint8Array(count * 784) }));
  const labels = gzipSync(writeIdx({ shape: [count], data: new Uint8Array(count) }));
  for (const part of ['train', 't10k']) {
    writeFileSync(join(folder, `${part}-images-idx3-ubyte.gz`), images);
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte.gz`), labels);
  }
  return folder;
}

test('packed files that unpack to a thousand times their size are refused unread', {
  tags: ['exhaustive'],
}, async () => {
  expect((await loadData(bombs(1000))).train.count).toBe(1000);
  bombs(400_000);
  const before = process.memoryUsage().arrayBuffers;
  await expect(loadData(folder)).rejects.toThrow(
    /train-images-idx3-ubyte\.gz: expected at most \d+ bytes when unpacked, got 313600016; unpack it first, or raise /,
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  expect((await loadData(folder, { budget: { expansion: 1100 } })).train.count).toBe(400_000);
  await expect(loadData(folder, { budget: { expansion: 1100, bytes: 3e8 } })).rejects.toThrow(
    /expected at most 300,000,000 bytes/,
  );
});

test('packed files of one data set are counted together', { tags: ['exhaustive'] }, async () => {
  await expect(loadData(bombs(200_000))).rejects.toThrow(
    /t10k-images-idx3-ubyte\.gz: expected at most \d+ bytes when unpacked, got 156800016; /,
  );
});
