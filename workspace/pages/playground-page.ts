/** The playground for tests: built once from the sources, served as `longhand serve` does or as a plain host would, in Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
} from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
// @ts-expect-error: plain JavaScript
import { pageConfig } from '../../apps/playground/page-config.mjs';
import { mnistResources } from '../../apps/trainer/src/serve/offered-data';
import { readPageFiles } from '../../apps/trainer/src/serve/page-files';
import { type PageServer, startPageServer } from '../../apps/trainer/src/serve/page-server';
import { type Resource, typeOf } from '../../apps/trainer/src/serve/resource';
import { chromium } from '../../apps/trainer/testing/programs';

export interface OpenOptions extends BrowserContextOptions {
  /**
   * With the headers of `longhand serve`; without any; or without any, and the digits' files as compressed texts, which the browser
   * unpacks. Default: `served`.
   */
  readonly host?: 'served' | 'plain' | 'unpacking';
  /** What follows the address of the page, such as `#train?seed=2`. Default: nothing. */
  readonly hash?: string;
  /** Whether a service worker keeps the page and all digits, which takes seconds. Default: false, as in a browser without any. */
  readonly keeps?: boolean;
}

/** A page that was opened, and what went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** Messages of its console, errors, refusals by its policy, and requests to other servers. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export interface Playground {
  /** The headers of `longhand serve`. */
  readonly headers: Readonly<Record<string, string>>;
  open(options?: OpenOptions): Promise<OpenPage>;
  /** Ends the servers: from then on there is no network. */
  unplug(): Promise<void>;
  close(): Promise<void>;
}

/** Whether there is a browser: without one, tests of the page are skipped. */
export const hasBrowser = chromium !== undefined;

/** Builds the page, and starts servers and browser. */
export async function startPlayground(): Promise<Playground> {
  const folder = mkdtempSync(join(tmpdir(), 'longhand-playground-'));
  const { LONGHAND_PLAYGROUND: built } = process.env;
  if (built === undefined) await build(pageConfig({ outDir: folder, withDigits: false }));
  const { resources, headers } = readPageFiles(built ?? folder);
  const all = new Map<string, Resource>([...resources, ...mnistResources()]);
  const find = (path: string): Resource | undefined => all.get(path === '' ? 'index.html' : path);
  const servers: Readonly<Record<string, PageServer>> = {
    served: await startPageServer({ find, headers }),
    plain: await startPageServer({ find, headers: {} }),
    unpacking: await startPageServer({ find: (path) => asText(find(path)), headers: {} }),
  };
  // As root, as in containers, Chromium runs without its sandbox only; what it opens here is our own.
  const browser: Browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
  const unplug = async (): Promise<void> => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  };

  async function open({ host = 'served', hash = '', keeps = false, ...options }: OpenOptions = {}): Promise<OpenPage> {
    const { url } = servers[host] as PageServer;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    if (!keeps) await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    // A slow machine should not fail a test.
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    context.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !/^(blob|data):/.test(asked)) troubles.push(`request: ${asked}`);
    });
    await page.goto(url + hash);
    return { page, context, url, troubles, close: () => context.close() };
  }

  return {
    headers,
    open,
    unplug,
    async close() {
      await browser.close();
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A compressed file as what it is of, which a server compresses on the way. */
function asText(resource: Resource | undefined): Resource | undefined {
  if (resource?.type !== typeOf('a.gz')) return resource;
  return { type: typeOf('a.json'), bytes: async () => gunzipSync(await resource.bytes()) };
}

/** The playground of a file's tests: started before them, ended behind them. After each, its pages are closed, and had no trouble. */
export function playgroundOfTests(): { readonly started: () => Playground; readonly open: Playground['open'] } {
  let playground: Playground;
  let opened: OpenPage[] = [];
  beforeAll(async () => {
    playground = await startPlayground();
  });
  afterAll(() => playground.close());
  afterEach(async () => {
    const troubles = opened.flatMap((page) => page.troubles);
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    expect(troubles).toEqual([]);
  });
  return {
    /** For pages whose troubles a test looks at itself. */
    started: () => playground,
    async open(options) {
      const page = await playground.open(options);
      opened.push(page);
      return page;
    },
  };
}

/** Presses a button of that very name. */
export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
