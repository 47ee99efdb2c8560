/**
 * Training in a process that may not do everything: with few addresses, under Node's permission model, without a compiler.
 *
 * @module-tag exhaustive
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command, type Ended, longhand } from '../../testing/built-command';
import { at, folder, model, quick } from '../../testing/test-folder';

const major = Number(process.versions.node.split('.')[0]);
const train = [command, 'train', ...quick, '--threads', '2', '--force'];

function node(flags: readonly string[], options: readonly string[]): Ended {
  return run(process.execPath, [...flags, ...options]);
}

function run(program: string, options: readonly string[]): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };
  const { status, stdout, stderr } = spawnSync(program, options, { cwd: folder, encoding: 'utf8', env });
  return { code: status, stdout, stderr };
}

/** Node with so many gigabytes of addresses. */
function limited(gigabytes: number, ...options: readonly string[]): Ended {
  return run('bash', ['-c', `ulimit -v ${gigabytes * 1e6}; exec "$0" "$@"`, process.execPath, ...options]);
}

const bytesOf = (name: string): Buffer => readFileSync(at(model(name)));

test('as it is', () => {
  expect(longhand('train', ...quick, '--name', 'free')).toMatchObject({ code: 0 });
});

describe.skipIf(process.platform !== 'linux')(
  'with few addresses (skipped but on Linux: others have no ulimit -v)',
  () => {
    test('20 GB suffice: training, validation, test and report have one memory', () => {
      expect(limited(20, ...train, '--name', 'twenty')).toMatchObject({ code: 0 });
      expect(bytesOf('twenty')).toEqual(bytesOf('free'));
      expect(limited(20, ...train, '--validation', '24', '--name', 'validated')).toMatchObject({ code: 0 });
    });

    test('6 GB suffice without trap handlers', () => {
      expect(limited(6, '--disable-wasm-trap-handler', ...train, '--name', 'six')).toMatchObject({ code: 0 });
      expect(bytesOf('six')).toEqual(bytesOf('free'));
    });

    // Later versions leave trap handlers out by themselves.
    test.skipIf(major > 22)('with them, the limit and the flag are named', () => {
      expect(limited(6, ...train, '--name', 'trapped')).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'error: kernels: expected address space for a memory of WebAssembly, got none; raise the limit of the process (ulimit -v), or start Node with --disable-wasm-trap-handler, which reserves less\n',
      });
    });
  },
);

describe("under Node's permission model", () => {
  const permission = major < 23 ? '--experimental-permission' : '--permission';
  const files = [permission, '--allow-fs-read=*', '--allow-fs-write=*'];

  test('files are saved without fsync, which is said once', () => {
    const { code, stderr } = node([...files, '--allow-worker'], [...train, '--name', 'permitted']);
    expect([code, stderr.match(/^note: .*$/gm)]).toEqual([
      0,
      [
        "note: Node's permission model refuses fsync; files are saved without it, and a power cut may lose the last one",
      ],
    ]);
    expect(bytesOf('permitted')).toEqual(bytesOf('free'));
    const resumed = node([...files, '--allow-worker'], [command, 'train', '--resume', 'permitted']);
    expect(resumed.stderr).toContain('error: runs/permitted: expected a run that was interrupted, but it is finished');
  });

  test('the right that is missing is named', () => {
    const withoutWorkers = node(files, [...train, '--name', 'forbidden']);
    expect(withoutWorkers.stderr).toMatch(
      /^error: expected to be allowed WorkerThreads, got a refusal of Node's permission model; start it with --allow-fs-read, --allow-fs-write and --allow-worker$/m,
    );
    const { code, stderr } = node(
      [permission, '--allow-fs-read=*', '--allow-worker'],
      [...train, '--name', 'forbidden'],
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: runs\/forbidden: cannot make a folder for the run: Access to this API/m);
  });
});

test('--jitless is named; the reference kernels do without WebAssembly', () => {
  const { code, stderr } = node(['--jitless'], [...train, '--name', 'jitless']);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^error: kernels strict: expected an engine with WebAssembly, got one without, as Node is with --jitless; leave that out, or use the reference kernels$/m,
  );
  const few = ['--limit', '16', '--kernels', 'reference', '--epochs', '1'];
  expect(node(['--jitless'], [...train, ...few, '--name', 'jitless'])).toMatchObject({ code: 0 });
});
