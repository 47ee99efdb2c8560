/**
 * Bundles the command of an app from the sources of all packages, with no build of theirs: `src/longhand.ts` to
 * `dist/longhand.js` and the chunks that subcommands load on demand. Run in the app's folder. What its package.json
 * lists under `dependencies` stays outside; the packages of this workspace are `devDependencies` and come inside.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageSources } from './package-sources.mjs';

const { bin, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

// The page that `longhand serve` offers is built apart, by Vite, which a first start does without.
for (const name of existsSync('dist') ? readdirSync('dist') : []) {
  if (name !== 'page') rmSync(join('dist', name), { recursive: true });
}
await build({
  entryPoints: Object.values(bin).map((path) => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  alias: packageSources,
  external: Object.keys(dependencies),
});
