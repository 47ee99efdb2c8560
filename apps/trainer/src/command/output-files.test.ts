/** Where a file may be written, and that nothing is lost or left over when it may not. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { disk } from './disk';
import { CommandError, exitCodes } from './failure';
import { checkNewFile, temporaryName, writeAtomically, writeOutput } from './output-files';

const example = 'wide.safetensors';

// As it is, but so that a test can have it refuse.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, mkdirSync: vi.fn(fs.mkdirSync) };
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);

/** The one line that refuses an output, with the folder as `here`. */
function refusal(output: string, force = false): string {
  try {
    checkNewFile(output, { force, example });
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    const { exitCode, message } = error as CommandError;
    expect([exitCode, message.includes('\n')]).toEqual([exitCodes.usage, false]);
    return message.replaceAll(folder, 'here').replaceAll('\\', '/');
  }
  return 'nothing';
}

describe('an output that is taken', () => {
  test.each(['new', 'a/b/c/new', 'a/../new'])('%s: its folder is made, the file is not', (name) => {
    checkNewFile(join(folder, name), { example });
    expect(existsSync(dirname(join(folder, name)))).toBe(true);
    expect(readdirSync(dirname(join(folder, name))).filter((found) => found !== 'a')).toEqual([]);
  });

  test('a file that is there, with --force; it stays until there is a new one', () => {
    writeFileSync(at('old'), 'kept');
    checkNewFile(at('old'), { force: true, example });
    expect(readFileSync(at('old'), 'utf8')).toBe('kept');
  });

  test('a name as long as names may be, and it can be written', () => {
    const file = at('a'.repeat(255));
    checkNewFile(file, { example });
    writeAtomically(file, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('in a folder where a killed run of the same number left its file', () => {
    writeFileSync(temporaryName(at('new')), 'half');
    checkNewFile(at('new'), { example });
    writeAtomically(at('new'), Uint8Array.of(7));
    expect(readdirSync(folder)).toEqual(['new']);
  });
});

test('what killed processes left of the same file is removed, and nothing else', () => {
  const other = spawnSync(process.execPath, ['-e', '0']).pid;
  const unfinished = (name: string, id: number) => temporaryName(at(name)).replace(`${process.pid}.part`, `${id}.part`);
  for (const [name, id] of [
    ['new', other],
    ['new', process.ppid],
    ['another', other],
  ] as const) {
    writeFileSync(unfinished(name, id), 'half');
  }
  writeFileSync(at('.1.part'), 'of another program');
  writeOutput(at('new'), Uint8Array.of(7));
  expect(readdirSync(folder).sort()).toEqual(
    ['.1.part', basename(unfinished('another', other)), basename(unfinished('new', process.ppid)), 'new'].sort(),
  );
});

describe('an output that is refused', () => {
  test('no name, that of standard output, and the name of a folder to be', () => {
    expect(refusal('')).toBe("option '--output' expects the name of a file, got ''; try wide.safetensors");
    expect(refusal('-')).toBe("option '--output' expects the name of a file, got '-'; try wide.safetensors");
    expect(refusal(`${at('new')}/`)).toBe(
      "option '--output' expects the name of a file, got 'here/new/'; try here/new/wide.safetensors",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([false, true])('a folder in the way, with --force %s: --force would not help', (force) => {
    mkdirSync(at('models'));
    expect(refusal(at('models'), force)).toBe(
      'here/models: expected a new file, but it is a folder; try here/models/wide.safetensors',
    );
  });

  test('a file that is there', () => {
    writeFileSync(at('old'), 'kept');
    expect(refusal(at('old'))).toBe(
      'here/old: expected a new file, but it exists; use --force to overwrite it, or another --output',
    );
  });

  test.each(['old/new', 'old/folder/new'])('a way that leads through a file: %s', (name) => {
    writeFileSync(at('old'), 'kept');
    expect(refusal(join(folder, name))).toMatch(
      /^here\/old\/\S+: nothing can be written there: [^\n]+; use another --output$/,
    );
    expect(readFileSync(at('old'), 'utf8')).toBe('kept');
  });

  test.each(['a'.repeat(256), 'é'.repeat(128), join('b'.repeat(256), 'new')])('a name that is too long', (name) => {
    expect(refusal(join(folder, name))).toMatch(
      /: nothing can be written there: [^\n]*name too long[^\n]*; use another --output$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a place where no folder can be made is given up at once', () => {
    // As in /proc, where Node's way of making several folders at once never ends.
    const make = vi.mocked(mkdirSync);
    make.mockClear().mockImplementationOnce(() => {
      throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
    });
    expect(refusal(at('a', 'b', 'new'))).toBe(
      'here/a/b/new: nothing can be written there: ENOENT: no such file or directory; use another --output',
    );
    expect(make.mock.calls).toEqual([[at('a')]]);
  });

  test('a folder that cannot be written, whatever its permissions say', () => {
    // In place of a full or a read-only disk: something in the way of the file that is tried.
    mkdirSync(temporaryName(at('new')));
    expect(refusal(at('new'))).toMatch(/^here\/new: nothing can be written there: [^\n]+; use another --output$/);
  });
});

describe.skipIf(process.platform === 'win32')('where a name leads', () => {
  test('through symbolic links to a file, which is replaced, and the links stay', () => {
    mkdirSync(at('far'));
    writeFileSync(at('far', 'target'), 'old');
    symlinkSync(join('far', 'target'), at('near'));
    symlinkSync('near', at('link'));
    expect(refusal(at('link'))).toBe(
      'here/link: expected a new file, but it exists; use --force to overwrite it, or another --output',
    );
    checkNewFile(at('link'), { force: true, example });
    writeOutput(at('link'), Uint8Array.of(65));
    expect(readFileSync(at('far', 'target'), 'utf8')).toBe('A');
    expect([readlinkSync(at('link')), readdirSync(at('far'))]).toEqual(['near', ['target']]);
  });

  test('through a link to what does not exist yet, and to a folder that is linked itself', () => {
    mkdirSync(at('far', 'away'), { recursive: true });
    symlinkSync(join('far', 'away'), at('folder'));
    symlinkSync(join('..', 'new'), at('far', 'away', 'link'));
    checkNewFile(at('folder', 'link'), { example });
    writeOutput(at('folder', 'link'), Uint8Array.of(66));
    expect(readFileSync(at('far', 'new'), 'utf8')).toBe('B');
  });

  test('in a circle', () => {
    symlinkSync('two', at('one'));
    symlinkSync('one', at('two'));
    expect(refusal(at('one'))).toBe(
      'here/one: nothing can be written there: its symbolic links lead in a circle; use another --output',
    );
  });

  test.skipIf(!existsSync('/dev/null'))('to a device, which is written to and stays', () => {
    symlinkSync('/dev/null', at('device'));
    checkNewFile(at('device'), { example });
    writeOutput(at('device'), Uint8Array.of(1));
    expect(readlinkSync(at('device'))).toBe('/dev/null');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder)).toEqual(['device']);
  });

  test.skipIf(!existsSync('/dev/full'))('to a device that takes nothing', () => {
    expect(() => writeOutput('/dev/full', Uint8Array.of(1))).toThrow(/^\/dev\/full: it could not be written: ENOSPC/);
  });
});

describe('writing', () => {
  test('replaces a file only when the new one is whole', () => {
    writeFileSync(at('old'), 'kept');
    writeAtomically(at('old'), Uint8Array.of(65));
    expect([readFileSync(at('old'), 'utf8'), readdirSync(folder)]).toEqual(['A', ['old']]);
  });

  test.skipIf(process.platform === 'win32')(
    'flushes the file before it gets its name, and the folder after that',
    () => {
      const calls: string[] = [];
      const { fsyncSync, renameSync } = disk;
      const flushed = vi.spyOn(disk, 'fsyncSync').mockImplementation((descriptor) => {
        calls.push(fstatSync(descriptor).isDirectory() ? 'flush folder' : 'flush file');
        fsyncSync(descriptor);
      });
      const renamed = vi.spyOn(disk, 'renameSync').mockImplementation((from, to) => {
        calls.push('rename');
        renameSync(from, to);
      });
      writeAtomically(at('new'), Uint8Array.of(1));
      expect(calls).toEqual(['flush file', 'rename', 'flush folder']);
      flushed.mockRestore();
      renamed.mockRestore();
    },
  );

  test('says why it failed, even if cleaning up fails as well', () => {
    // A folder can be neither opened as a file nor removed as one.
    mkdirSync(temporaryName(at('new')));
    expect(() => writeAtomically(at('new'), Uint8Array.of(1))).toThrow(
      /^[^\n]*new: it could not be saved: E[A-Z]+: [^\n]*$/,
    );
    rmSync(temporaryName(at('new')), { recursive: true });
    expect(() => writeAtomically(at('none', 'new'), Uint8Array.of(1))).toThrow(/: it could not be saved: ENOENT/);
  });
});
