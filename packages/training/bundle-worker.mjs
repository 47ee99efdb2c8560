/**
 * Bundles what runs in a worker into one text, `src/workers/worker-code.generated.ts`: Node and pages start it without
 * looking for a file, whatever bundler is used around the package. With the name of a file, the text is written there too: pages
 * that may not start a text serve `dist/worker.js`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const target = join(import.meta.dirname, 'src/workers/worker-code.generated.ts');

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, 'src/workers/worker.ts')],
  bundle: true,
  minify: true,
  // A worker started from a text is a plain script.
  format: 'iife',
  target: 'es2022',
  conditions: ['@longhand/source'],
  write: false,
});
// A worker says of which build it is, since a served file may be of another.
const [{ text }] = outputFiles;
const workerBuild = createHash('sha256').update(text).digest('hex').slice(0, 16);
const workerCode = `${text.trimEnd()}globalThis.longhandWorkerBuild=${JSON.stringify(workerBuild)};\n`;

const [, , file] = process.argv;
// Other scripts import this one.
if (file !== undefined && import.meta.filename === process.argv[1]) writeFileSync(file, workerCode);

const content = [
  '/** Made by bundle-worker.mjs from worker.ts and all that it imports; not kept in the repository. */',
  `export const workerBuild = ${JSON.stringify(workerBuild)};`,
  `export const workerCode = ${JSON.stringify(workerCode)};`,
  '',
].join('\n');
if (!existsSync(target) || readFileSync(target, 'utf8') !== content) writeFileSync(target, content);
