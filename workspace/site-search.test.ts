/**
 * The search of the documentation site finds what its pages say. The index is that of VitePress, which divides a page by the links of its
 * headlines: a page whose headlines have none is left out.
 *
 * @module-tag slow
 */
import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { pageAddress, pages } from '../docs/.vitepress/pages.mjs';
import { workspaceFolder } from './workspace-packages';

/** The parts of the index that are looked at: sections by their numbers, and the numbers by words and fields. */
interface SearchIndex {
  readonly documentIds: Readonly<Record<string, string>>;
  readonly index: readonly (readonly [
    word: string,
    fields: Readonly<Record<string, Readonly<Record<string, number>>>>,
  ])[];
}

/** In a process of its own: VitePress has a Vite of its own, which does not run in that of the tests. */
const program = `
  import { createServer } from 'vitepress';
  const server = await createServer('docs', { middlewareMode: true, hmr: false, watch: null, logLevel: 'error' });
  const { default: index } = await server.ssrLoadModule('@localSearchIndex' + 'root');
  await server.close();
  process.stdout.write(index, () => process.exit());
`;

let index: SearchIndex;

beforeAll(() => {
  const options = { cwd: workspaceFolder, encoding: 'utf8', maxBuffer: 100_000_000 } as const;
  index = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options));
});

/** The addresses of the sections that a word stands in. */
function found(word: string): readonly string[] {
  const [, fields = {}] = index.index.find(([indexed]) => indexed === word) ?? [];
  const numbers = Object.values(fields).flatMap((sections) => Object.keys(sections));
  return numbers.map((number) => index.documentIds[number] ?? '');
}

test('every page has sections in the index', () => {
  const indexed = new Set(Object.values(index.documentIds).map((section) => section.replace(/#.*/, '')));
  expect(pages.map(pageAddress).filter((address: string) => !indexed.has(address))).toEqual([]);
});

test.each([
  ['backpropagation', '/lessons/'],
  ['tarballs', '/start.html'],
  ['softmax', '/packages/layers/'],
])('"%s" is found in %s', (word, address) => {
  expect(found(word).some((section) => section.startsWith(address))).toBe(true);
});
