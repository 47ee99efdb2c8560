/**
 * Where the packages' sources begin, for esbuild's `alias`: `@longhand/tensor` is `packages/tensor/src/index.ts`. An
 * app can so be bundled before anything is built, and from an installation without its development dependencies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../packages');

export const packageSources = Object.fromEntries(
  readdirSync(packages).flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
    return Object.entries(exports).map(([path, { '@longhand/source': source }]) => [
      name + path.slice(1),
      join(packages, folder, source),
    ]);
  }),
);
