/** No import cycle is left, type-only imports included: neither among packages nor among files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { importCycles, importedSpecifiers, importGraph } from './import-graph';
import { apps, ownFiles, packages, workspaceFolder } from './workspace-packages';

test('no package imports itself by way of others', () => {
  const graph = new Map(
    [...packages, ...apps].map(({ manifest: { name, dependencies, devDependencies } }) => [
      name,
      Object.keys({ ...dependencies, ...devDependencies }),
    ]),
  );
  expect(formatCycles(importCycles(graph))).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const files = ownFiles(workspaceFolder).filter((path) => /\.(tsx?|mjs)$/.test(path));
  const cycles = importCycles(importGraph(files, packageSource));
  expect(formatCycles(cycles.map((cycle) => cycle.map((file) => relative(workspaceFolder, file))))).toEqual([]);
});

test('every kind of import counts', () => {
  const source = [
    "import './effect';",
    "import fallback from './default';",
    "import { value, type Both } from './value';",
    "import type { Only } from './type';",
    "export * from './all';",
    "export type { Passed } from './passed';",
    "const late = await import('./late');",
    "export type Inline = import('./inline').Inline;",
    "// import './comment';",
    'const text = "import \'./text\'";',
  ];
  const names = ['effect', 'default', 'value', 'type', 'all', 'passed', 'late', 'inline'];
  expect(importedSpecifiers(source.join('\n'))).toEqual(names.map((name) => `./${name}`));
});

test('cycles through files, folders and packages are found, each once and as short as possible', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhand-cycles-'));
  try {
    const sources = {
      'a/index.ts': "export * from './one'; export * from './alone';",
      'a/one.ts': "import type { Two } from './two'; import './alone';",
      'a/two.ts': "import type { Three } from '../b/three'; import '.';",
      'a/alone.ts': "import 'node:fs'; import 'foreign';",
      'b/three.ts': "import { one } from 'package-a';",
      'b/self.ts': "export * from './self';",
    };
    for (const [name, source] of Object.entries(sources)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), source);
    }
    const files = Object.keys(sources).map((name) => join(folder, name));
    const resolvePackage = (name: string) => (name === 'package-a' ? join(folder, 'a/index.ts') : undefined);
    const cycles = importCycles(importGraph(files, resolvePackage));
    expect(cycles.map((cycle) => cycle.map((file) => relative(folder, file)))).toEqual([
      ['a/index.ts', 'a/one.ts', 'a/two.ts'],
      ['b/self.ts'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The source that a package's export is built from: `@longhand/datasets/node` is `packages/datasets/src/node.ts`. */
function packageSource(specifier: string): string | undefined {
  for (const { folder, manifest } of packages) {
    for (const [path, target] of Object.entries(manifest.exports ?? {})) {
      const source = (target as Readonly<Record<string, string>>)['@longhand/source'];
      if (source !== undefined && specifier === manifest.name + path.slice(1)) return join(folder, source);
    }
  }
  return undefined;
}

function formatCycles(cycles: readonly (readonly string[])[]): string[] {
  return cycles.map((cycle) => [...cycle, cycle[0]].join(' → '));
}
