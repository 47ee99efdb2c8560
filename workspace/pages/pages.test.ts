/**
 * Training in Chromium: the bytes of Node, in pages that are cross-origin isolated or not and under content security policies; and a
 * user's own objects are called in pages as in Node.
 *
 * @module-tag slow
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from '../../apps/trainer/testing/programs';
import { workerCode } from '../../packages/training/src/workers/worker-code.generated';
// @ts-expect-error: plain JavaScript
import { packageSources } from '../package-sources.mjs';
import type { PageResult } from './page';
import { type ProgramOptions, runProgram } from './training-program';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ownObjects = here('../../packages/training/fixtures/own-objects.mjs');
const moduleUrl = new URL('../../packages/training/fixtures/own-objects.mjs', import.meta.url).href;

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const policy = (value: string) => ({ 'Content-Security-Policy': value });

/** The headers of everything in a folder of the server. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {},
  isolated: isolation,
  'without-blobs': { ...isolation, ...policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'") },
  'without-webassembly': { ...isolation, ...policy("default-src 'self'; worker-src 'self' blob:") },
};

describe.skipIf(chromium === undefined)('in Chromium (skipped where none is on the PATH)', () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [here('page.ts')],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      alias: packageSources,
      write: false,
    });
    const files: Readonly<Record<string, readonly [type: string, text: string | undefined]>> = {
      '': [
        'text/html',
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="page.js"></script>',
      ],
      'page.js': ['text/javascript', outputFiles[0]?.text],
      'worker.js': ['text/javascript', workerCode],
      'own-objects.mjs': ['text/javascript', readFileSync(ownObjects, 'utf8')],
    };
    server = createServer(({ url = '' }, response) => {
      const [, name = '', file = ''] = url.split('/');
      const [type, text] = files[file] ?? [];
      if (type === undefined || !Object.hasOwn(folders, name)) response.writeHead(404).end();
      else response.writeHead(200, { 'Content-Type': type, ...folders[name] }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // As root, as in containers, Chromium runs without its sandbox only; what it opens here is our own.
    browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  /** Runs the program in a page of the folder. URLs in the options are relative to it. */
  async function inPage(name: string, options: ProgramOptions = {}, expectedCalls = 0): Promise<PageResult> {
    const page = await browser.newPage();
    try {
      await page.goto(`${address}/${name}/`);
      return await page.evaluate(
        ([given, count]) => {
          const { module } = given;
          const absolute = module === undefined ? {} : { module: new URL(module, location.href).href };
          const { runInPage } = globalThis as unknown as {
            runInPage(options: ProgramOptions, count: number): Promise<PageResult>;
          };
          return runInPage({ ...given, ...absolute }, count);
        },
        [options, expectedCalls] as const,
      );
    } finally {
      await page.close();
    }
  }

  for (const threads of [0, 1, 2, 3]) {
    const tags = threads === 2 ? [] : ['exhaustive'];
    test(`an isolated page trains to the bytes of Node: ${threads} threads`, { tags }, async () => {
      const { result, error } = await inPage('isolated', { threads });
      expect(error).toBeUndefined();
      expect(result).toEqual(await runProgram({ threads: 2 }));
    });
  }

  test('a page without isolation has one worker, the same bytes, and posts no more than it uses', async () => {
    const { result, error, postedBytes } = await inPage('plain', { threads: 3 });
    expect(error).toBeUndefined();
    expect(result).toEqual({ ...(await runProgram({ threads: 2 })), sharesMemory: false });
    // All images are 3.9 MB; the 150 that are used are 29 kB, and are posted for training and for evaluation.
    expect(postedBytes).toBeGreaterThan(2 * 150 * 196);
    expect(postedBytes).toBeLessThan(300_000);
  });

  test('a policy that forbids workers from blobs is named; one from a URL trains', {
    tags: ['exhaustive'],
  }, async () => {
    const { error } = await inPage('without-blobs', { threads: 2 });
    expect(error).toMatch(
      /^WorkerError: worker [12]: expected to be started from a blob, got a refusal, as of a content security policy without 'worker-src blob:'; add that, or serve @longhand\/training\/worker\.js and give its URL as workerUrl; the run cannot go on$/,
    );
    for (const threads of [1, 3]) {
      const { result } = await inPage('without-blobs', { threads, workerUrl: 'worker.js' });
      expect(result).toEqual(await runProgram({ threads: 2 }));
    }
  });

  test('a worker that is not where its URL says is named', { tags: ['exhaustive'] }, async () => {
    const { error } = await inPage('isolated', { threads: 2, workerUrl: 'wrong.js' });
    expect(error).toMatch(
      /^WorkerError: worker [12]: expected @longhand\/training\/worker\.js at workerUrl wrong\.js, got nothing that may be started; /,
    );
  });

  test('a policy that forbids WebAssembly is named', { tags: ['exhaustive'] }, async () => {
    const { error } = await inPage('without-webassembly', { threads: 2 });
    expect(error).toBe(
      "UnsupportedKernelsError: kernels strict: expected to be allowed to compile WebAssembly, got a content security policy that forbids it; add 'wasm-unsafe-eval' to its script-src, or use the reference kernels",
    );
  });

  describe('objects of the user’s', () => {
    // Batches of 64, 64 and 22 images are 4, 4 and 2 micro-batches; there are two epochs, an evaluation and one image to classify. A
    // schedule is asked before each step and for its record, and once for each epoch's.
    const calls = {
      'layer forward': 20 + 10 + 1,
      'layer backward': 20,
      'loss forward': 20 + 10,
      'loss backward': 20,
      'optimizer update': 6,
      'schedule factor': 12 + 2,
      augmentation: 300,
    };
    const count = Object.values(calls).reduce((sum, number) => sum + number, 0);
    const own = { module: 'own-objects.mjs', log: 'log' };

    const cases = [
      ['isolated', 'own', { threads: 0 }],
      ['isolated', 'of a module', { threads: 0 }],
      ['isolated', 'of a module', { threads: 1 }],
      ['isolated', 'of a module', { threads: 3 }],
      ['plain', 'of a module', { threads: 3 }],
      ['isolated', 'of a module', { threads: 1, workerUrl: 'worker.js' }],
      ['without-blobs', 'of a module', { threads: 3, workerUrl: 'worker.js' }],
      ['isolated', 'of a module', { threads: 2, kernels: 'reference' }],
    ] as const;
    for (const [index, [name, objects, options]] of cases.entries()) {
      const tags = [1, 4].includes(index) ? [] : ['exhaustive'];
      test(`are called as often as in Node: ${name} page, objects ${objects}, ${JSON.stringify(options)}`, {
        tags,
      }, async () => {
        const page = await inPage(name, { ...own, ...options, objects }, count);
        expect(page.error).toBeUndefined();
        expect(page.calls).toEqual(calls);
        const { kernels } = { kernels: 'strict' as const, ...options };
        const node = await runProgram({ threads: 2, kernels, objects: 'of a module', module: moduleUrl });
        expect(page.result).toEqual({ ...node, sharesMemory: name !== 'plain' });
      });
    }

    test('given as they are, they are refused where workers would have to make them again', async () => {
      const { error, calls: made } = await inPage('isolated', { ...own, objects: 'own', threads: 2 });
      expect(error).toMatch(/^OptionError: train: expected a built-in layer as own or one of a module/);
      expect(made).toEqual({});
    });
  });
});

test('the published worker.js is the code that workers are started from', () => {
  const file = here('../../packages/training/dist/worker.js');
  expect(existsSync(file), 'the packages are built: run npm test, or npm run build before').toBe(true);
  // Not compared by `toBe`, which would print both.
  expect(readFileSync(file, 'utf8') === workerCode, 'dist/worker.js is of these sources: run npm run build').toBe(true);
});
