/**
 * Bundles the command of an app from the sources of all packages, with no build of theirs: `src/longhand.ts` to
 * `dist/longhand.js` and the chunks that subcommands load on demand. Run in the app's folder. What its package.json
 * lists under `dependencies` stays outside; the packages of this workspace are `devDependencies` and come inside.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const manifest = join(process.cwd(), 'package.json');
const { bin, dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
// The app's own esbuild: the first start installs nothing in the workspace's root.
const { build } = await import(pathToFileURL(createRequire(manifest).resolve('esbuild')).href);

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: Object.values(bin).map((path) => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  sourcemap: true,
  conditions: ['@longhand/source'],
  external: Object.keys(dependencies),
});
