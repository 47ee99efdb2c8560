/** Folders of many files: whole, or nothing of them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFolder } from './write-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Two files; something happens after the first. */
const twoFiles = (between: () => void) =>
  function* (into: string): Iterable<undefined> {
    writeFileSync(join(into, 'one'), '1');
    between();
    yield;
    writeFileSync(join(into, 'two'), '2');
  };

const names = (...path: string[]): readonly string[] => readdirSync(join(folder, ...path)).sort();

test('a new folder has its name when it is whole', async () => {
  const output = join(folder, 'new');
  await writeFolder(
    output,
    twoFiles(() => expect(existsSync(output)).toBe(false)),
  );
  expect([names(), names('new')]).toEqual([['new'], ['one', 'two']]);
});

test.each([
  ['a signal', () => process.emit('SIGINT'), { exitCode: 130, message: 'interrupted; nothing is saved' }],
  [
    'a fault',
    () => {
      throw new Error('the disk is full');
    },
    { exitCode: 1, message: expect.stringMatching(/new: it could not be written: the disk is full$/) },
  ],
])('after %s nothing of it is left, in a folder that was empty neither', async (_, between, refusal) => {
  await expect(writeFolder(join(folder, 'new'), twoFiles(between))).rejects.toMatchObject(refusal);
  expect(names()).toEqual([]);
  mkdirSync(join(folder, 'new'));
  await expect(writeFolder(join(folder, 'new'), twoFiles(between))).rejects.toMatchObject(refusal);
  expect(names('new')).toEqual([]);
});

test('of a folder that has files nothing is removed', async () => {
  const output = join(folder, 'old');
  mkdirSync(output);
  writeFileSync(join(output, 'kept'), '0');
  const interrupted = writeFolder(
    output,
    twoFiles(() => process.emit('SIGINT')),
  );
  await expect(interrupted).rejects.toMatchObject({
    exitCode: 130,
    message: `interrupted; a part of the files is in ${output}`,
  });
  expect(names('old')).toEqual(['kept', 'one']);
  await writeFolder(
    output,
    twoFiles(() => {}),
  );
  expect([names(), names('old')]).toEqual([['old'], ['kept', 'one', 'two']]);
});
