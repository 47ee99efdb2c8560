/** The script for bash at work in bash, and that those for other shells know every command and option. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../../testing/built-command';
import { at, folder } from '../../testing/test-folder';

const hasBash = spawnSync('bash', ['-c', 'exit 0']).status === 0;

/** What bash would offer for the last of the words. */
function offered(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `source completion.bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _longhand; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-u', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  // Outside of a completion there is nothing that compopt could change; it is told to keep that to itself.
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!hasBash)('in bash', () => {
  beforeAll(() => {
    const { code, stdout } = longhand('completion', 'bash');
    expect(code).toBe(0);
    writeFileSync(at('completion.bash'), stdout);
    mkdirSync(at('a folder'));
  });

  test.each<[string[], string[]]>([
    [['longhand', 'tr'], ['train']],
    [['longhand', '--v'], ['--version']],
    [
      ['longhand', 'train', '--ne'],
      ['--network', '--nesterov'],
    ],
    [
      ['longhand', 'train', '--network', ''],
      ['lenet-documented', 'sprint', 'lenet5', 'wide', 'pytorch-mnist', 'resnet-small'],
    ],
    [
      ['longhand', 'train', '--network', 'lenet5', '--pooling', 'm'],
      ['max', 'mean'],
    ],
    [['longhand', 'train', '--network', '=', 'wi'], ['wide']],
    [
      ['longhand', 'train', '--network', '='],
      ['lenet-documented', 'sprint', 'lenet5', 'wide', 'pytorch-mnist', 'resnet-small'],
    ],
    [['longhand', 'train', '--resume', 'a'], ['a folder']],
    [['longhand', 'train', '--epochs', ''], []],
    [['longhand', 'evaluate', '--misclassified', '--j'], ['--json']],
    [['longhand', 'completion', 'z'], ['zsh']],
    [['longhand', 'help', 'ev'], ['evaluate']],
    [['longhand', 'unknown', '--'], []],
  ])('%j', (words, answers) => {
    expect(offered(...words)).toEqual(answers);
  });

  test('all commands of the help are offered', () => {
    const commands = [...longhand('--help').stdout.matchAll(/^ {2}(\w+) [[<]/gm)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(4);
    expect(offered('longhand', '')).toEqual(commands);
  });
});

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  test('knows every option of every command, and is made of whole lines', () => {
    const { code, stdout, stderr } = longhand('completion', shell);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^#[^\n]*longhand[^\n]*\n/);
    expect(stdout.endsWith('\n')).toBe(true);
    for (const command of ['train', 'evaluate', 'inspect', 'check', 'bench']) {
      const options = [...longhand(command, '--help').stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(
        ([, name]) => name,
      );
      expect(options.length).toBeGreaterThan(2);
      const prefix = shell === 'fish' ? `__fish_seen_subcommand_from ${command}' -l ` : '--';
      for (const option of options) expect(stdout).toContain(`${prefix}${option}`);
    }
  });
});

test.each<[string[], RegExp]>([
  [[], /^error: missing required argument 'shell'\n$/],
  [['tcsh'], /Allowed choices are bash, zsh, fish\.\n$/],
  [['bash', 'zsh'], /too many arguments/],
])('%j is wrong usage', (options, message) => {
  const { code, stdout, stderr } = longhand('completion', ...options);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
});
