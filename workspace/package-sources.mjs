/**
 * Where the packages' sources begin, for esbuild's `alias`: `@longhand/tensor` is `packages/tensor/src/index.ts`. An
 * app can so be bundled before anything is built, and from an installation without its development dependencies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../packages');

const entryPoints = readdirSync(packages).flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
  return Object.entries(exports).map(([path, { '@longhand/source': source, types }]) => ({
    name: name + path.slice(1),
    source: join(packages, folder, source),
    isLibrary: types !== undefined,
  }));
});

export const packageSources = Object.fromEntries(entryPoints.map(({ name, source }) => [name, source]));

/** Those with types: all but the file that workers start from. */
export const librarySources = Object.fromEntries(
  entryPoints.flatMap(({ name, source, isLibrary }) => (isLibrary ? [[name, source]] : [])),
);
