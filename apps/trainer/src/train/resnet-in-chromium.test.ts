/**
 * A residual network with batch normalization trains to the same bits in Node and in Chromium, on pages with isolation headers, whose
 * workers share memory, and on pages without.
 *
 * @module-tag slow
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from '../../testing/programs';
import { type RunResult, resnetRun } from '../../testing/resnet-run';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

describe.skipIf(chromium === undefined)('resnet-small in Chromium (skipped where none is on the PATH)', () => {
  let browser: Browser;
  let server: Server;
  let inNode: RunResult;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, '../../testing/resnet-run.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['@longhand/source'],
    });
    server = createServer(({ url }, answer) => {
      const headers = url?.startsWith('/isolated/') ? isolation : {};
      const isScript = url?.endsWith('.js');
      answer.writeHead(200, { ...headers, 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
      answer.end(isScript ? outputFiles[0].text : '<!doctype html><title>resnet</title>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // As root, as in containers, Chromium runs without its sandbox only; what it opens here is our own.
    browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
    inNode = await resnetRun(2);
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each([
    ['isolated', 3],
    ['isolated', 0],
    ['plain', 2],
  ])('on a page that is %s, asked for %i threads', async (folder, threads) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${folder}/`);
    // As text: the test's own build would put something else in the place of `import`.
    const call = `import('./run.js').then(({ resnetRun }) => resnetRun(${threads}))`;
    const found = (await page.evaluate(call)) as RunResult;
    expect(found.sharesMemory).toBe(folder === 'isolated');
    expect(found.bits).toEqual(inNode.bits);
    await page.close();
  });
});
