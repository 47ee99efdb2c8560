/**
 * How every package is built, from the entries that its package.json exports. The maps of the code lead to the sources, which are
 * published beside it, so they need no copy of them. The declarations are bundled from those that `workspace/declarations.mjs` has written
 * of all packages.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { defineConfig } from 'tsup';
// @ts-expect-error: plain JavaScript
import { withPureConstants } from './workspace/pure-constants.mjs';

const root = join(process.cwd(), '../..');

/** `src/index.ts` and the like: all but the file that workers start from, which has no types. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, Record<string, string>>;
};
const entries = Object.values(exports).flatMap(({ types, '@longhand/source': source = '' }) =>
  types === undefined ? [] : [source.replace('./', '')],
);

/** `.turbo/declarations/packages/tensor/src/index.d.ts` for `src/index.ts`, by the name `index`. */
function declarationOf(entry: string): [name: string, file: string] {
  const file = join(root, '.turbo/declarations', relative(root, process.cwd()), entry);
  return [entry.replace(/^src\/|\.ts$/g, ''), file.replace(/\.ts$/, '.d.ts')];
}

const pureConstants: Plugin = {
  name: 'pure-constants',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: withPureConstants(path, readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

export default defineConfig({
  entry: entries,
  format: 'esm',
  target: 'es2022',
  dts: { entry: Object.fromEntries(entries.map(declarationOf)) },
  sourcemap: true,
  clean: true,
  // What fails is said; what is done, turbo says.
  silent: true,
  esbuildPlugins: [pureConstants],
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
});
