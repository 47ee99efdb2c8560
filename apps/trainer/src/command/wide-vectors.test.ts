/** Which engines have wide vectors by themselves, what turns them on and off, and that results stay the same. */
import { type StdioOptions, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command } from '../../testing/built-command';
import { testedRuntimes } from '../../testing/programs';
import { at, folder, model } from '../../testing/test-folder';
import { isProvenEngine } from './proven-engines';
import { chooseVectors } from './wide-vectors';

const node = { versions: { node: '24.22.3', v8: '13.6.233.17-node.63' }, platform: 'linux', arch: 'x64' };

test.each([
  ['Node 24', node, true],
  ['Node 26', { ...node, versions: { node: '26.12.1', v8: '14.6.202.34-node.40' } }, true],
  ['Node 20', { ...node, versions: { node: '20.20.2', v8: '11.3.244.8-node.43' } }, false],
  ['Node 22', { ...node, versions: { node: '22.23.5', v8: '12.4.254.21-node.57' } }, false],
  ['a newer V8', { ...node, versions: { node: '27.0.0', v8: '14.60.1.1-node.1' } }, false],
  ['Electron', { ...node, versions: { node: '24.22.3', v8: '13.6.233.17-electron.0' } }, false],
  ['Bun', { ...node, versions: { ...node.versions, bun: '1.4.5' } }, false],
  ['Deno', { ...node, versions: { ...node.versions, deno: '2.9.0' } }, false],
  ['ARM', { ...node, arch: 'arm64' }, false],
  ['Windows', { ...node, platform: 'win32' }, false],
  ['no V8 at all', { ...node, versions: {} }, false],
])('%s: proven or not', (_, facts, proven) => {
  expect(isProvenEngine(facts)).toBe(proven);
});

test('the reference kernels have no vectors, and only who asks for wide ones is told', async () => {
  await expect(chooseVectors('reference', true)).rejects.toThrow(
    '--wide-vectors: expected the strict or the fused kernels, got reference, which has no vectors',
  );
  await chooseVectors('reference', undefined);
});

const slow = { tags: ['slow'] };

describe.each(testedRuntimes)('$title', ({ title, call }) => {
  const [program = '', ...before] = call ?? [];
  const run = (words: readonly string[], flags: readonly string[] = [], stdio: StdioOptions = 'pipe') =>
    spawnSync(program, [...before, ...flags, command, ...words], {
      cwd: folder,
      encoding: 'utf8',
      stdio,
      env: { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' },
    });
  const options = ['--data-dir', 'digits', '--epochs', '1', '--seed', '3', '--network', 'lenet5', '--force'];
  const train = (name: string, ...more: readonly string[]) => run(['train', ...options, '--name', name, ...more]);
  const bench = (more: readonly string[], flags: readonly string[] = []) => {
    const { stdout } = run(['bench', '--network', 'sprint', '--seconds', '0.01', '--threads', '1', ...more], flags);
    return stdout.slice(0, stdout.indexOf('\n'));
  };
  const isProven = process.platform === 'linux' && process.arch === 'x64' && ['Node 24', 'Node 26'].includes(title);

  test.skipIf(call === undefined || !isProven).each(['strict', 'fused'])(
    'the same model with %s kernels, wide or narrow',
    (kernels) => {
      expect(train('usual', '--kernels', kernels)).toMatchObject({ status: 0 });
      expect(train('wide', '--kernels', kernels, '--wide-vectors')).toMatchObject({ status: 0 });
      expect(train('narrow', '--kernels', kernels, '--no-wide-vectors')).toMatchObject({ status: 0 });
      expect(readFileSync(at(model('usual')))).toEqual(readFileSync(at(model('narrow'))));
      expect(readFileSync(at(model('wide')))).toEqual(readFileSync(at(model('narrow'))));
    },
  );

  test.skipIf(call === undefined || !isProven)('wide by themselves, until that is turned off', slow, () => {
    expect(bench([])).toContain(', strict kernels, wide vectors, Node.js');
    expect(bench(['--kernels', 'fused'])).toContain(', fused kernels, wide vectors, Node.js');
    expect(bench(['--no-wide-vectors'])).toContain(', strict kernels, Node.js');
    // V8's own flag, typed, is left as it is; an option of the command goes before it.
    expect(bench([], ['--no-experimental-wasm-revectorize'])).toContain(', strict kernels, Node.js');
    expect(bench(['--wide-vectors'], ['--no-experimental-wasm-revectorize'])).toContain(', wide vectors, Node.js');
    expect(bench(['--no-wide-vectors'], ['--experimental-wasm-revectorize'])).toContain(', strict kernels, Node.js');
  });

  test.skipIf(call === undefined || !isProven).each(['train', 'evaluate', 'tune'])('%s has them', slow, (name) => {
    const words = {
      train: ['train', ...options, '--name', 'traced'],
      evaluate: ['evaluate', model('traced'), '--data-dir', 'digits'],
      tune: ['tune', '--data-dir', 'digits', '--epochs', '1', '--trials', '2', '--force'],
    }[name] as string[];
    const made = (more: readonly string[]): number => {
      // Into a file: where a pipe is full, V8 gives up what it has to say.
      const output = openSync(at('remarks'), 'w');
      const flags = ['--no-liftoff', '--trace-wasm-revectorize'];
      const { status } = run([...words, ...more], flags, ['ignore', output, 'ignore']);
      closeSync(output);
      expect(status).toBe(0);
      return readFileSync(at('remarks'), 'latin1').match(/^Revec: .*Decided? to vectorize, [1-9]/gm)?.length ?? 0;
    };
    expect(made([])).toBeGreaterThan(0);
    expect(made(['--no-wide-vectors'])).toBe(0);
  });

  test.skipIf(call === undefined || !isProven)('where V8 makes none, none are spoken of', () => {
    expect(bench([], ['--no-enable-avx2'])).toContain(', strict kernels, Node.js');
    expect(bench([], ['--disable-wasm-trap-handler'])).toContain(', strict kernels, Node.js');
    const { status, stderr } = run(['bench', '--wide-vectors'], ['--no-enable-avx2']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: --wide-vectors: expected Node 24 .* AVX2, got Node.*, which makes none; leave the option out\n$/,
    );
  });

  test.skipIf(call === undefined || isProven)('narrow by themselves, and asked for refused in one line', () => {
    expect(bench([])).toMatch(/, strict kernels, [A-Z]/);
    const { status, stderr } = train('refused', '--wide-vectors');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: --wide-vectors: expected Node.*; leave the option out\n$/);
    // Nothing is said of a flag that the engine may not know.
    expect(train('usual', '--quiet')).toMatchObject({ status: 0, stderr: '' });
    expect(train('narrow', '--quiet', '--no-wide-vectors')).toMatchObject({ status: 0, stderr: '' });
  });
});
