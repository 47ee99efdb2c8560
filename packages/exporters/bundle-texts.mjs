/**
 * Bundles the script and the style of the exported page, and the code of exported modules, into texts, `src/*-code.generated.ts`,
 * so that exporting needs no bundler.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageSources } from '../../workspace/package-sources.mjs';

const folder = join(import.meta.dirname, 'src');

async function bundled(file, options) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, file)],
    bundle: true,
    minify: true,
    target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
    alias: packageSources,
    // Messages of errors are most of what text there is, and plain letters need no escapes.
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    ...options,
  });
  return outputFiles[0].text.trim();
}

function writeTexts(file, about, texts) {
  const constants = Object.entries(texts).map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`);
  const content = [`/** Made by bundle-texts.mjs from ${about}; not kept in the repository. */`, ...constants, ''].join(
    '\n',
  );
  const target = join(folder, file);
  if (!existsSync(target) || readFileSync(target, 'utf8') !== content) writeFileSync(target, content);
}

// A page opened from a folder may load no modules.
const pageScript = await bundled('page/page.ts', { format: 'iife' });
const pageStyle = await bundled('page/page.css', { format: 'iife' });
// The hashes by which its content security policy allows both.
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
writeTexts('page-code.generated.ts', 'the folder page and all that it imports', {
  pageScript,
  pageScriptHash: hashOf(pageScript),
  pageStyle,
  pageStyleHash: hashOf(pageStyle),
});

/**
 * The properties of pictures and boxes, which are a tenth of a module's code. None of them is a name of the language's, of ImageData's or
 * of `ModuleModel`'s, which the text before the code has.
 */
const shortened =
  /^(width|height|pixels|channels|left|right|top|bottom|labels|list|box|foreground|components|darkOnLight|weights|strokes|high|low|area)$/;

/** What is shorter in a module: advice on how arrays become bytes would take a kilobyte, and mathematics of the same bits as much. */
const shorter = [
  [/^\.\/bytes$/, 'module/bytes.ts'],
  [/^\.\/math\/(exp|log)$/, 'module/mathematics.ts'],
];
const brief = {
  name: 'brief',
  setup({ onResolve }) {
    for (const [filter, file] of shorter) onResolve({ filter }, () => ({ path: join(folder, file) }));
  },
};

const moduleKinds = ['digits', 'layouts', 'pictures', 'numbers'];
const modules = moduleKinds.map(async (kind) => {
  const options = { format: 'esm', mangleProps: shortened, plugins: [brief] };
  return [kind, await bundled(`module/${kind}.ts`, options)];
});
writeTexts('module-code.generated.ts', 'the folder module and all that it imports', {
  moduleCode: Object.fromEntries(await Promise.all(modules)),
});
