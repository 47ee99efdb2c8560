/**
 * The page of the guide under Vite's development server, which changes the scripts that it sends: it trains on shared memory to the
 * checksum of Node, and classifies what is drawn on a canvas.
 *
 * @module-tag slow
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mnistLayout, subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw } from '@longhand/optimizers';
import { encodeModel, fit } from '@longhand/training';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from '../../apps/trainer/testing/programs';
import { codeBlocks, textOf } from '../documents';
import { workspaceFolder } from '../workspace-packages';

/** A few thousand digits are enough for a one. */
async function model(): Promise<Uint8Array> {
  const network = lenetDocumented();
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 6000 });
  const optimizer = adamw({ learningRate: 0.005 });
  // biome-ignore lint/suspicious/noFocusedTests: it trains.
  const { parameters } = await fit({ network, dataset, normalization, optimizer, epochs: 2, batchSize: 64, seed: 1 });
  return encodeModel({
    network,
    parameters,
    normalization,
    classes: [...'0123456789'],
    data: { name: 'MNIST', layout: mnistLayout },
  });
}

describe.skipIf(chromium === undefined)('in Chromium (skipped where none is on the PATH)', () => {
  // In the workspace, where a program finds the packages, built.
  const folder = mkdtempSync(join(workspaceFolder, '.programs-'));
  let server: ViteDevServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    for (const { file, code } of codeBlocks(textOf('docs/in-a-page.md'))) {
      if (file !== undefined) writeFileSync(join(folder, file), code);
    }
    writeFileSync(join(folder, 'model.safetensors'), await model());
    const head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
    writeFileSync(join(folder, 'index.html'), `${head}<script type="module" src="main.js"></script>`);
    writeFileSync(
      join(folder, 'drawing.html'),
      `${head}<canvas width="280" height="280"></canvas><script type="module">
        import { digitOn } from './classify.js';
        const canvas = document.querySelector('canvas');
        const pen = canvas.getContext('2d');
        pen.lineWidth = 20;
        pen.moveTo(140, 40);
        pen.lineTo(140, 240);
        pen.stroke();
        document.title = digitOn(canvas).digit;
      </script>`,
    );
    server = await createServer({
      root: folder,
      configFile: join(folder, 'vite.config.js'),
      cacheDir: join(folder, 'cache'),
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0, ws: false },
    });
    await server.listen();
    browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a page of the server gives itself as a title. */
  async function titleOf(name: string): Promise<string> {
    await page.goto(`${server.resolvedUrls?.local[0]}${name}`);
    await expect.poll(async () => (await page.title()) || complaints.join()).not.toBe('');
    expect(complaints).toEqual([]);
    return page.title();
  }

  test('a worker from the address of its file trains', async () => {
    const [, said] = /\); \/\/ (.+)\n/.exec(readFileSync(join(folder, 'in-node.mjs'), 'utf8')) ?? [];
    expect(await titleOf('')).toBe(said);
  });

  test('a drawing on a transparent canvas is classified', async () => {
    expect(await titleOf('drawing.html')).toBe('1');
  });
});
