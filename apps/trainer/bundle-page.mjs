/**
 * Bundles the script and the style of the exported page into texts, `src/export/page-code.generated.ts`, so that exporting
 * needs no bundler.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageSources } from '../../workspace/package-sources.mjs';

const target = join(import.meta.dirname, 'src/export/page-code.generated.ts');

async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'src/export/page', file)],
    bundle: true,
    minify: true,
    // A page opened from a folder may load no modules.
    format: 'iife',
    target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
    alias: packageSources,
    // Messages of errors are most of what text there is, and plain letters need no escapes.
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0].text.trim();
}

const content = [
  '/** Made by bundle-page.mjs from the folder page and all that it imports; not kept in the repository. */',
  `export const pageScript = ${JSON.stringify(await bundled('page.ts'))};`,
  `export const pageStyle = ${JSON.stringify(await bundled('page.css'))};`,
  '',
].join('\n');
if (!existsSync(target) || readFileSync(target, 'utf8') !== content) writeFileSync(target, content);
