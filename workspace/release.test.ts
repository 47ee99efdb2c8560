/**
 * The release script writes a version wherever it stands, and refuses to publish what is not ready, each time saying why. It works on a
 * copy of what it reads; what it publishes, and in which order, `publishing.test.ts` and `installs.test.ts` see.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workspaceFolder } from './workspace-packages';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-release-')));
  const { stdout: tracked } = run('git', ['ls-files', '-co', '--exclude-standard'], workspaceFolder);
  const read =
    /^(package\.json|CHANGELOG\.md|README\.md|docs\/[^/]*\.md|workspace\/.*\.mjs|.*\/(package\.json|README\.md))$/;
  for (const file of tracked.split('\n').filter((name) => read.test(name))) {
    cpSync(join(workspaceFolder, file), join(folder, file), { recursive: true });
  }
  edit('CHANGELOG.md', () => '# Changelog\n\n## Unreleased\n\n- News.\n\n## 0.1.0 (2026-01-01)\n\n- The first.\n');
  git('init', '--quiet');
  commit();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, options: readonly string[], cwd: string) {
  return spawnSync(program, options, { cwd, encoding: 'utf8' });
}

function git(...options: string[]): void {
  const { status, stderr } = run('git', options, folder);
  if (status !== 0) throw new Error(`git ${options.join(' ')}: ${stderr}`);
}

function commit(): void {
  git('add', '--all');
  git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'All');
}

function release(...options: string[]) {
  return run(process.execPath, [join(folder, 'workspace/release.mjs'), ...options], folder);
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(join(folder, file), change(text(file)));
}

function text(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function manifest(path: string) {
  return JSON.parse(text(`${path}/package.json`));
}

test('a version is written into every manifest, and dated in the changelog', () => {
  const { status, stdout, stderr } = release('version', '0.2.0');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Everything is version 0\.2\.0\. Commit it, tag it v0\.2\.0, and run /);
  for (const path of ['.', 'packages/tensor', 'apps/trainer', 'apps/playground']) {
    expect([path, manifest(path).version]).toEqual([path, '0.2.0']);
  }
  expect(manifest('packages/formats').dependencies['@longhand/tensor']).toBe('workspace:*');
  expect(manifest('examples/training-loop').dependencies['@longhand/layers']).toBe('^0.2.0');
  expect(text('CHANGELOG.md')).toMatch(/\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- News\.\n\n## 0\.1\.0 /);

  // There is nothing new any more.
  const again = release('version', '0.3.0');
  expect([again.status, again.stderr]).toEqual([
    1,
    'CHANGELOG.md: expected a section "## Unreleased" with what is new, found none\n',
  ]);
});

test('what is no version is refused', () => {
  for (const [given, got] of [
    [['1.2'], '1.2'],
    [['v0.2.0'], 'v0.2.0'],
    [[], 'nothing'],
  ] as const) {
    const { status, stderr } = release('version', ...given);
    expect([status, stderr]).toEqual([
      2,
      `release.mjs: expected a version such as 0.2.0 or 0.2.0-beta.1, got ${got}\n`,
    ]);
  }
});

test('nothing is published that is not committed, not in the changelog or said to be missing on npm', () => {
  release('version', '0.2.0');
  for (const file of ['README.md', 'docs/start.md']) edit(file, (given) => `${given}\nLonghand is not on npm yet.\n`);
  edit('CHANGELOG.md', (given) => given.replace('## 0.2.0', '## Unreleased\n\n- More.\n\n## 0.1.9'));
  const { status, stdout, stderr } = release();
  const lines = stderr.split('\n');
  expect([status, stdout]).toEqual([1, '']);
  expect(lines).toEqual(
    expect.arrayContaining([
      'git status: expected no change that is not committed: commit, or remove it',
      'CHANGELOG.md: expected a version above every entry: run node workspace/release.mjs version <version>',
      'CHANGELOG.md: expected entries for 0.2.0, found none',
      'README.md: expected how npm installs it, found "not on npm yet": say it as after the release',
      'docs/start.md: expected how npm installs it, found "not on npm yet": say it as after the release',
    ]),
  );
});
