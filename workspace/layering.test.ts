/**
 * The order of the house: a package imports only from packages above it, only what their package.json offers, and
 * declares exactly what it imports.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importedSpecifiers } from './import-graph';
import {
  apps,
  ownFiles,
  packages,
  type WorkspacePackage,
  workspaceFolder,
  workspaceManifest,
} from './workspace-packages';

/** From the top down. Apps come below all of them and do not import each other. */
const rows = [
  'tensor',
  'schema',
  'kernels',
  'layers',
  'optimizers',
  'datasets',
  'mnist',
  'handwriting',
  'formats',
  'training',
  'rendering',
  'exporters',
  'worked-examples',
];

interface Import {
  /** Path of the importing file within its package. */
  readonly file: string;
  readonly specifier: string;
}

test('every package has its row', () => {
  const unlisted = packages.map(({ name }) => name).filter((name) => !rows.includes(name));
  expect(unlisted, 'packages without a row in layering.test.ts').toEqual([]);
});

describe.each([...packages, ...apps].map((subject) => [subject.manifest.name, subject] as const))(
  '%s',
  (_, subject) => {
    const imports = importsOf(subject);
    // What begins with `virtual:` is made by a plugin of the page's build.
    const others = imports.filter(({ specifier }) => !/^(\.|virtual:)/.test(specifier) && !isBuiltin(specifier));

    test('imports only from packages above it', () => {
      const above = apps.includes(subject) ? rows : rows.slice(0, rows.indexOf(subject.name));
      const sideways = others
        .map((entry) => ({ ...entry, target: workspacePackage(packageName(entry.specifier)) }))
        .filter(({ target }) => target !== undefined && !above.includes(target.name));
      expect(sideways.map(formatImport)).toEqual([]);
    });

    test('imports only what other packages export', () => {
      const deep = others.filter(({ specifier }) => {
        const name = packageName(specifier);
        const target = workspacePackage(name);
        return (
          target !== undefined && !Object.hasOwn(target.manifest.exports ?? {}, `.${specifier.slice(name.length)}`)
        );
      });
      expect(deep.map(formatImport)).toEqual([]);
    });

    test('leaves its own folder only by package names, or for what builds take in', () => {
      const forBuilds = /^..\/..\/(data\/[\w/-]+\.json|workspace\/package-sources\.mjs)$/;
      const outside = imports.filter(({ file, specifier }) => {
        const path = join(dirname(file), specifier);
        return specifier.startsWith('.') && path.startsWith('..') && !forBuilds.test(path);
      });
      expect(outside.map(formatImport)).toEqual([]);
    });

    test('declares exactly what it imports', () => {
      const { dependencies = {}, devDependencies = {} } = subject.manifest;
      const undeclared = others.filter(({ file, specifier }) => {
        const name = packageName(specifier);
        const forTests = Object.hasOwn(devDependencies, name) || Object.hasOwn(sharedTools, name);
        return !Object.hasOwn(dependencies, name) && !isBundled(subject, name) && !(isTest(file) && forTests);
      });
      expect(undeclared.map(formatImport), 'imported but not declared').toEqual([]);

      const usedBy = (entries: Import[]) => new Set(entries.map(({ specifier }) => packageName(specifier)));
      // What is not published itself has its build among its dependencies: installed alone, it can be built.
      const published = usedBy(others.filter(({ file }) => subject.manifest.private || !isTest(file)));
      const inBundle = apps.includes(subject) ? foreignDependencies(bundledPackages(subject)) : [];
      const unused = [
        ...Object.keys(dependencies).filter(
          (name) => !published.has(name) && !opensByPath(subject, name) && !inBundle.includes(name),
        ),
        ...Object.keys(devDependencies).filter((name) => !usedBy(others).has(name)),
      ];
      expect(unused, 'declared but not imported').toEqual([]);
    });
  },
);

describe.each(apps.map((subject) => [subject.manifest.name, subject] as const))('%s', (_, subject) => {
  test('is bundled with the packages, and declares what these depend on', () => {
    const { dependencies = {} } = subject.manifest;
    const needed = foreignDependencies([subject, ...bundledPackages(subject)]);
    expect(Object.keys(dependencies).sort()).toEqual(needed);
  });
});

test('benchmarks take the packages as users get them: built, and by what they export', () => {
  const folder = join(workspaceFolder, 'benchmarks');
  const entries = packages.flatMap(({ name, manifest }) =>
    Object.values(manifest.exports ?? {}).map((entry) =>
      join('../packages', name, (entry as { default: string }).default),
    ),
  );
  const inside = importsIn(folder, (path) => path.endsWith('.mjs') && !path.endsWith('.test.mjs')).filter(
    ({ file, specifier }) => specifier.startsWith('.') && join(dirname(file), specifier).startsWith('..'),
  );
  expect(inside.map(({ specifier }) => specifier)).not.toEqual([]);
  expect(inside.filter(({ file, specifier }) => !entries.includes(join(dirname(file), specifier)))).toEqual([]);
});

/** The packages of the workspace that an app's bundle takes in: those it declares, and those that these declare. */
function bundledPackages({ manifest }: WorkspacePackage): WorkspacePackage[] {
  const found = new Set<WorkspacePackage>();
  const visit = (names: readonly string[]): void => {
    for (const other of packages.filter((candidate) => names.includes(candidate.manifest.name))) {
      if (found.has(other)) continue;
      found.add(other);
      visit(Object.keys(other.manifest.dependencies ?? {}));
    }
  };
  visit(Object.keys(manifest.devDependencies ?? {}));
  return [...found];
}

/** What comes from elsewhere, by name. */
function foreignDependencies(subjects: readonly WorkspacePackage[]): string[] {
  const names = subjects.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
  return [...new Set(names)].filter((name) => workspacePackage(name) === undefined).sort();
}

/** An app's bundle takes the packages of the workspace in, so it needs none of them once it is published. */
function isBundled(subject: WorkspacePackage, name: string): boolean {
  return (
    apps.includes(subject) &&
    workspacePackage(name) !== undefined &&
    Object.hasOwn(subject.manifest.devDependencies ?? {}, name)
  );
}

/** What the root installs for everyone's builds and tests: esbuild, vitest, fast-check, typescript. */
const sharedTools = { ...workspaceManifest.dependencies, ...workspaceManifest.devDependencies };

function importsOf({ folder }: WorkspacePackage): Import[] {
  return importsIn(folder, (path) => /\.(tsx?|mjs)$/.test(path));
}

function importsIn(folder: string, chosen: (path: string) => boolean): Import[] {
  return ownFiles(folder)
    .filter(chosen)
    .flatMap((path) =>
      importedSpecifiers(readFileSync(path, 'utf8')).map((specifier) => ({ file: relative(folder, path), specifier })),
    );
}

/** A package of data has nothing to import: its files are found by name, with `require.resolve` or its like. */
function opensByPath({ folder }: WorkspacePackage, name: string): boolean {
  return ownFiles(join(folder, 'src'))
    .filter((path) => /\.tsx?$/.test(path) && !isTest(path))
    .some((path) => readFileSync(path, 'utf8').includes(`resolve('${name}/`));
}

function workspacePackage(name: string): WorkspacePackage | undefined {
  return [...packages, ...apps].find(({ manifest }) => manifest.name === name);
}

/** `@longhand/datasets` of `@longhand/datasets/node`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** Tests and benchmarks, and what lies outside `src`: they are not published. */
function isTest(file: string): boolean {
  return /\.(test|bench)\.tsx?$/.test(file) || !/(^|[\\/])src[\\/]/.test(file);
}

function formatImport({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}
