/** The server of the documentation site: what it sends, where, and to whom. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { siteServer } from './site-server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'longhand-site-'));
const site = join(folder, 'site');
const digits = gzipSync('digits');
let server: Server;
let address: string;

beforeAll(async () => {
  mkdirSync(join(site, 'lessons'), { recursive: true });
  for (const [name, content] of [
    ['../4.html', 'a file beside the folder'],
    ['index.html', 'all'],
    ['lessons/index.html', 'lessons'],
    ['404.html', 'nothing of that name'],
    ['digits.gz', digits],
  ] as const) {
    writeFileSync(join(site, name), content);
  }
  server = siteServer(site, '/longhand/');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test.each([
  ['/longhand/', 200, 'all'],
  ['/longhand/index.html?print', 200, 'all'],
  ['/longhand/lessons/', 200, 'lessons'],
  ['/longhand/none.html', 404, 'nothing of that name'],
  ['/index.html', 404, 'nothing of that name'],
  ['/longhand/..%2F4.html', 404, 'nothing of that name'],
  ['/longhand/%', 404, 'nothing of that name'],
])('%s is %i, %s', async (path, status, text) => {
  const response = await fetch(address + path);
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  expect(await response.text()).toBe(text);
});

test('a compressed file comes as it is', async () => {
  const response = await fetch(`${address}/longhand/digits.gz`);
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(Buffer.from(await response.arrayBuffer())).toEqual(digits);
});

test('nothing can be changed', async () => {
  expect((await fetch(`${address}/longhand/`, { method: 'POST' })).status).toBe(405);
});
