/** The house rules that a machine can check: what every package brings along, and how files are called. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apps, ownFiles, packages, workspaceFolder, workspaceManifest } from './workspace-packages';

const everything = [...packages, ...apps].map((subject) => [subject.manifest.name, subject] as const);

describe.each(everything)('%s', (_, { manifest }) => {
  test('says in one sentence what it is', () => {
    expect(manifest.description).toMatch(/^[A-Z].+\.$/);
  });

  test('is a module', () => {
    expect(manifest.type).toBe('module');
  });
});

describe.each(packages.map((subject) => [subject.manifest.name, subject] as const))('%s', (_, { folder, manifest }) => {
  test('has a README that begins with its name', () => {
    const readme = join(folder, 'README.md');
    expect(existsSync(readme), `${relative(workspaceFolder, readme)} is missing`).toBe(true);
    expect(readFileSync(readme, 'utf8').split('\n')[0]).toBe(`# ${manifest.name}`);
  });

  test('can be tree-shaken', () => {
    expect(manifest.sideEffects).toBe(false);
  });

  test('publishes what is built, and the sources without their tests', () => {
    expect(manifest.files).toEqual(['dist', 'src', '!src/**/*.test.ts', '!src/**/*.bench.ts']);
  });
});

test('no file or folder is a drawer', () => {
  const drawers = /(^|[/\\])(utils?|helpers?|common|types|misc)([./\\]|$)/i;
  expect(ownPaths().filter((path) => drawers.test(path))).toEqual([]);
});

test('TypeScript and JavaScript files have names in kebab-case', () => {
  const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(tsx?|mjs)$/;
  const others = ownPaths().filter((path) => /\.(tsx?|mjs)$/.test(path) && !kebabCase.test(basename(path)));
  expect(others).toEqual([]);
});

test('run.mjs asks for the Node that package.json asks for', () => {
  const [, version] = />=(\d+\.\d+)/.exec(workspaceManifest.engines?.node ?? '') ?? [];
  const [major, minor] = (version ?? '').split('.');
  const source = readFileSync(join(workspaceFolder, 'workspace/run.mjs'), 'utf8');
  expect(source).toContain(`major < ${major} || (major === ${major} && minor < ${minor})`);
  expect(source).toContain(`Node ${version} or newer`);
});

test('the dictionary of the spell checker is sorted, and every word of it is used', () => {
  const words = readFileSync(join(workspaceFolder, 'workspace/dictionary.txt'), 'utf8').trimEnd().split('\n');
  expect(words).toEqual([...new Set(words)].sort());
  const texts = ownFiles(workspaceFolder)
    .filter((path) => /\.(tsx?|mjs|html|md|py|sh|css|json|grit|yaml)$|[\\/]\.\w+$|[\\/]run$/.test(path))
    .filter((path) => !/fixtures[\\/].*\.json$|pnpm-lock\.yaml$|\.generated\.ts$/.test(path))
    .map((path) => readFileSync(path, 'utf8').toLowerCase())
    .join('\n');
  expect(words.filter((word) => !texts.includes(word))).toEqual([]);
});

function ownPaths(): string[] {
  return ownFiles(workspaceFolder).map((path) => relative(workspaceFolder, path));
}
