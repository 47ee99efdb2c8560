/** What `npm run pack` says: the lines that install packages with all that they depend on. */
import { expect, test } from 'vitest';
import { textOf } from './documents';
// @ts-expect-error: plain JavaScript
import { installText, pack, shortName, withDependencies } from './packing.mjs';
// @ts-expect-error: plain JavaScript
import { diskSpace } from './preparation.mjs';
// @ts-expect-error: plain JavaScript
import { publishedPackages, tarballFolder } from './published-packages.mjs';
import { packages } from './workspace-packages';

const shortNames = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => shortName(name));

test('a package is installed with all that it depends on, each after those', () => {
  expect(shortNames(withDependencies(['@longhand/formats']))).toEqual(['schema', 'tensor', 'formats']);
  expect(shortNames(withDependencies(['longhand']))).toEqual(['longhand']);
  // Nothing that is left out is asked of a registry.
  for (const { name } of publishedPackages()) {
    const installed = withDependencies([name]) as { readonly name: string }[];
    for (const { manifest } of packages.filter((candidate) =>
      installed.some((one) => one.name === candidate.manifest.name),
    )) {
      const ours = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@longhand/'));
      expect(ours.filter((dependency) => !installed.some((one) => one.name === dependency))).toEqual([]);
    }
  }
});

test('the line has absolute paths', () => {
  const [, line] = installText(['formats', '@longhand/schema']).split('\n');
  const files = line?.replace('  npm install ', '').split(' ');
  expect(files).toHaveLength(3);
  expect(files?.every((file: string) => file.startsWith(tarballFolder) && file.endsWith('.tgz'))).toBe(true);
  expect(installText([])).toContain(tarballFolder);
});

test('what is no package is refused before anything is built', async () => {
  expect(await pack(['formats', 'nothing'])).toBe(2);
});

test('the table of the start page names what each package needs', () => {
  const rows = [...textOf('docs/start.md').matchAll(/^\| `([\w/@-]+)` \| (.*) \|$/gm)].map(([, name, needs]) => [
    name,
    needs,
  ]);
  const expected = publishedPackages().map(({ name }: { readonly name: string }) => {
    const others = withDependencies([name]).slice(0, -1);
    return [name, others.length === 0 ? 'nothing else' : shortNames(others).join(', ')];
  });
  expect(rows).toEqual(expected);
});

test('the documents name the disk space that the first start names', () => {
  const { commands, page, everything } = diskSpace;
  const expected = { 'README.md': [commands, page, everything], 'docs/start.md': [commands, everything] };
  for (const [document, sizes] of Object.entries(expected)) {
    const named = [...textOf(document).matchAll(/(\d+) MB(?= of disk| with what is built|\n)/g)].map(([, size]) =>
      Number(size),
    );
    expect(new Set(named), document).toEqual(new Set(sizes));
  }
});
