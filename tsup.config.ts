/**
 * How every package is built; its `build` names the entries. The maps of the code lead to the sources, which are published beside it, so
 * they need no copy of them. The declarations are bundled from those that `workspace/declarations.mjs` has written of all packages.
 */
import { join, relative } from 'node:path';
import { defineConfig } from 'tsup';

const root = join(process.cwd(), '../..');

/** `.turbo/declarations/packages/tensor/src/index.d.ts` for `src/index.ts`, by the name `index`. */
function declarationOf(entry: string): [name: string, file: string] {
  const file = join(root, '.turbo/declarations', relative(root, process.cwd()), entry);
  return [entry.replace(/^src\/|\.ts$/g, ''), file.replace(/\.ts$/, '.d.ts')];
}

export default defineConfig(({ entry }) => ({
  format: 'esm',
  target: 'es2022',
  dts: { entry: Object.fromEntries((entry as string[]).map(declarationOf)) },
  sourcemap: true,
  clean: true,
  // What fails is said; what is done, turbo says.
  silent: true,
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
}));
