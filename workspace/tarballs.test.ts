/** What is in the tarballs that would be published: everything that is named in them, and nothing besides. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linksOf, targetInProject } from './readme-links';
import { type PublishedPackage, packed } from './tarballs';
import { typeFaults } from './user-types';
import { packages, workspaceFolder } from './workspace-packages';

const published = packed();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-tarballs-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('all packages and both commands are published, each after what it depends on', () => {
  const names = published.map(({ name }) => name);
  expect(names.slice().sort()).toEqual(
    [...packages.map(({ manifest }) => manifest.name), 'longhand', 'longhand-replay'].sort(),
  );
  for (const [index, { manifest }] of published.entries()) {
    const ours = Object.keys(manifest.dependencies ?? {}).filter((name) => names.includes(name));
    expect(names.slice(0, index)).toEqual(expect.arrayContaining(ours));
  }
});

test('the command brings the page of the playground, without the digits that are installed beside it', () => {
  const longhand = published.find(({ name }) => name === 'longhand');
  const files = execFileSync('tar', ['-tzf', longhand?.tarball ?? ''], { encoding: 'utf8' }).split('\n');
  expect(files).toEqual(expect.arrayContaining(['package/dist/page/index.html', 'package/dist/page/worker.js']));
  expect(files.filter((file) => file.includes('ubyte'))).toEqual([]);
});

describe.each(published.map((subject) => [subject.name, subject] as const))('%s', (_, subject) => {
  const root = unpack(subject);
  const files = filesIn(root);
  const text = (file: string) => readFileSync(join(root, file), 'utf8');

  test('has its README and the license, and no tests', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    expect(text('LICENSE')).toBe(readFileSync(join(workspaceFolder, 'LICENSE'), 'utf8'));
    expect(files.filter((file) => /\.(test|bench)\.|fixtures|tsbuildinfo/.test(file))).toEqual([]);
  });

  test('asks for exact versions of its own kind', () => {
    const { dependencies = {} } = JSON.parse(text('package.json'));
    for (const [name, version] of Object.entries(dependencies)) {
      if (name.startsWith('@longhand/')) expect([name, version]).toEqual([name, subject.version]);
    }
    expect(text('package.json')).not.toContain('workspace:');
  });

  test('has a README that links to files it holds, and to files of the project', () => {
    for (const link of linksOf(text('README.md'))) {
      const target = targetInProject(link) ?? (/^[a-z]+:/.test(link) ? undefined : join(root, link.replace(/#.*/, '')));
      if (target !== undefined) expect([link, existsSync(target)]).toEqual([link, true]);
    }
  });

  test('has what its source maps and its sources lead to', () => {
    const missing: string[] = [];
    const expectFile = (from: string, path: string) => {
      const target = join(dirname(from), path);
      if (!files.some((file) => file === target || file === `${target}.ts`)) missing.push(`${from}: ${path}`);
    };
    for (const file of files) {
      if (file.endsWith('.map')) for (const path of JSON.parse(text(file)).sources) expectFile(file, path);
      if (/\.js$/.test(file)) {
        const [, map] = /\/\/# sourceMappingURL=(.*)\s*$/.exec(text(file).slice(-200)) ?? [];
        if (map !== undefined) expectFile(file, map);
      }
      // Compiled by AssemblyScript, whose imports are its own.
      if (!/^src.*\.ts$/.test(file) || file.endsWith('.assembly.ts')) continue;
      for (const [, path = ''] of text(file).matchAll(/\bfrom '(\.\.?\/[^'\n]*)'/g)) expectFile(file, path);
    }
    expect(missing).toEqual([]);
  });

  test('pleases publint', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: arrayBufferOf(subject.tarball) }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test.skipIf(subject.manifest.exports === undefined)('has types wherever TypeScript looks for them', async () => {
    const archive = createPackageFromTarballData(new Uint8Array(arrayBufferOf(subject.tarball)));
    // A file to serve is imported by nobody.
    const analysis = await checkPackage(archive, { excludeEntrypoints: ['./worker.js'] });
    const problems = analysis.types === false ? ['no types'] : analysis.problems.filter(isProblemOfModules);
    expect(problems).toEqual([]);
  });
});

describe('a strict program that imports every entry', () => {
  const program = join(folder, 'program.ts');
  beforeAll(() => {
    for (const { name, folder: source, manifest } of published.filter(isLibrary)) {
      link(name, rootOf(name));
      for (const dependency of Object.keys(manifest.dependencies ?? {})) {
        const installed = join(workspaceFolder, source, 'node_modules', dependency);
        if (!dependency.startsWith('@longhand/')) link(dependency, realpathSync(installed));
      }
    }
    const entries = published.filter(isLibrary).flatMap(({ name, manifest }) =>
      Object.keys(manifest.exports ?? {})
        .filter((path) => path !== './worker.js')
        .map((path) => name + path.slice(1)),
    );
    const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'program', type: 'module' }));
    writeFileSync(
      program,
      `${imports.join('\n')}\nexport const entries: readonly object[] = [${entries.map((_, index) => `entry${index}`)}];\n`,
    );
  });

  for (const resolution of ['bundler', 'node16', 'nodenext'] as const) {
    test(`type-checks with moduleResolution ${resolution}, and so do all declarations`, {
      tags: resolution === 'bundler' ? [] : ['exhaustive'],
    }, () => {
      expect(typeFaults(program, resolution)).toEqual([]);
    });
  }

  test('would not with declarations that are wrong', () => {
    const wrong = join(folder, 'wrong.d.ts');
    writeFileSync(wrong, "export const value: import('@longhand/tensor').Missing;\n");
    writeFileSync(
      join(folder, 'other.ts'),
      "import { value } from './wrong.js';\nexport const other: object = value;\n",
    );
    expect(typeFaults(join(folder, 'other.ts'), 'nodenext')).toEqual([expect.stringContaining('wrong.d.ts')]);
  });
});

function isLibrary({ manifest }: PublishedPackage): boolean {
  return manifest.exports !== undefined;
}

/** Makes a package one that programs in the folder can import. */
function link(name: string, target: string): void {
  const path = join(folder, 'node_modules', name);
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
}

/** Where a package is unpacked. */
function rootOf(name: string): string {
  return join(folder, name.replace('/', '-'), 'package');
}

function unpack({ name, tarball }: PublishedPackage): string {
  const root = rootOf(name);
  mkdirSync(dirname(root));
  execFileSync('tar', ['-xzf', tarball, '-C', dirname(root)]);
  return root;
}

/** CommonJS, whose programs import ours with `import()`, and TypeScript's way before there were `exports`, are not for us. */
function isProblemOfModules(problem: Problem): boolean {
  return problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10');
}

function filesIn(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => statSync(join(root, path)).isFile()).map((path) => path.replaceAll('\\', '/'));
}

function arrayBufferOf(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(path)).buffer;
}
