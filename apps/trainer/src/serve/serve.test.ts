/** `longhand serve`: what it offers, to whom, and how it ends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { readIdx, subset } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { writeFolder } from '../../testing/test-folder';
import { startPageServer } from './page-server';
import { serveCommand } from './serve-command';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const folder = mkdtempSync(join(tmpdir(), 'longhand-serve-'));
const page = join(folder, 'page');
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': "default-src 'self'",
};
const script = `// ${'a script '.repeat(500)}`;
const digits = subset(loadMnist({ split: 'test' }), { from: 0, to: 40 });

beforeAll(async () => {
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'headers.json'), JSON.stringify(headers));
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'assets/index-1.js'), script);
  writeFileSync(join(page, 'assets/model.safetensors'), 'weights');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFolder('mine', digits, digits);
  expect(await longhand(['train', '--data', 'mine', '--epochs', '1', '--quiet', '--name', 'finished'])).toMatchObject({
    code: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as a browser makes it. */
function ask(url: string, options: { method?: string; host?: string; encoding?: string } = {}): Promise<Response> {
  const { method = 'GET', host, encoding } = options;
  return new Promise((resolve, reject) => {
    const sent = { ...(host && { Host: host }), ...(encoding && { 'Accept-Encoding': encoding }) };
    request(url, { method, agent: false, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** A request whose path no client would send. */
function askRaw(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text)).on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });
}

/** The command while it runs: where it is, what it said, and a way to press Ctrl-C. */
async function serving(options: { port?: number; data?: string } = {}) {
  let said = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const ended = serveCommand({ port: 8400, ...options }, page);
  await Promise.race([vi.waitUntil(() => said.includes('http'), { timeout: 20_000, interval: 5 }), ended]);
  spy.mockRestore();
  const url = /http:\S+/.exec(said)?.[0] ?? '';
  const end = async (): Promise<void> => {
    process.emit('SIGINT');
    await ended;
  };
  ending = end;
  return { url, port: Number(new URL(url).port), end };
}

let ending = async (): Promise<void> => {};
afterEach(async () => {
  await ending();
  ending = async () => {};
});

test('everything has its type and the headers of the page', async () => {
  const { url } = await serving();
  const expected = {
    '': 'text/html; charset=utf-8',
    'assets/index-1.js': 'text/javascript; charset=utf-8',
    'assets/model.safetensors': 'application/octet-stream',
    'site.json': 'application/json; charset=utf-8',
    'mnist/t10k-labels-idx1-ubyte.gz': 'application/gzip',
  };
  for (const [path, type] of Object.entries(expected)) {
    const response = await ask(url + path);
    expect([path, response.status, response.headers['content-type']]).toEqual([path, 200, type]);
    for (const [name, value] of Object.entries(headers)) expect(response.headers[name.toLowerCase()]).toBe(value);
  }
  expect((await ask(`${url}assets/index-1.js`)).headers['cache-control']).toContain('immutable');
  expect((await ask(url)).headers['cache-control']).toBe('no-cache');
});

test('text comes compressed, as the browser takes it', async () => {
  const { url } = await serving();
  const bodies = [];
  for (const encoding of ['gzip, deflate, br', 'gzip', 'identity']) {
    const { headers: got, body } = await ask(`${url}assets/index-1.js`, { encoding });
    bodies.push([got['content-encoding'], body] as const);
  }
  const [br, gzip, plain] = bodies;
  expect(bodies.map(([encoding]) => encoding)).toEqual(['br', 'gzip', undefined]);
  expect(String(brotliDecompressSync(br?.[1] ?? ''))).toBe(script);
  expect(String(gunzipSync(gzip?.[1] ?? ''))).toBe(script);
  expect(String(plain?.[1])).toBe(script);
});

test('no path leads out of what is offered', async () => {
  const { url, port } = await serving();
  const slash = '%2f';
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    `/..${slash}secret.txt`,
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    `${folder}/secret.txt`,
    '/assets/',
    '/runs/../runs/finished/config.json',
    '/runs/finished/config.json',
    `/runs/..${slash}..${slash}secret.txt/last.safetensors`,
    '/runs/%2e%2e/last.safetensors',
    '/constructor',
    '/__proto__',
    '/%',
    '/%00',
    'http://127.0.0.1/secret.txt',
  ];
  for (const path of paths) {
    const answer = await askRaw(port, path);
    expect([path, answer.slice(0, 12), answer.includes('secret\n')]).toEqual([path, 'HTTP/1.1 404', false]);
  }
  expect((await ask(`${url}assets/index-1.js?v=1`)).status).toBe(200);
});

test('another host, and requests that would change something, are refused', async () => {
  const { url, port } = await serving();
  expect((await ask(url, { host: `attacker.example:${port}` })).status).toBe(421);
  expect((await ask(url, { host: `localhost:${port}` })).status).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask(url, { method })).status).toBe(405);
  const { status, body } = await ask(url, { method: 'HEAD' });
  expect([status, body.length]).toEqual([200, 0]);
});

test('MNIST is that of the package, compressed', async () => {
  const { url } = await serving();
  const { body } = await ask(`${url}mnist/t10k-images-idx3-ubyte.gz`);
  expect(body.length).toBeLessThan(2_500_000);
  const { shape, data } = readIdx(gunzipSync(body), 'served');
  expect(shape).toEqual([10_000, 28, 28]);
  expect(Buffer.compare(data as Uint8Array, loadMnist({ split: 'test' }).images)).toBe(0);
});

test('data of the user’s own, and finished runs', async () => {
  const { url } = await serving({ data: 'mine' });
  const site = JSON.parse(String((await ask(`${url}site.json`)).body));
  expect(site).toMatchObject({
    server: 'longhand',
    data: { path: 'mine', classes: [...'0123456789'], layout: { background: 'dark' } },
    runs: [{ name: 'finished', network: 'lenet-documented', epochs: 1, seed: 1 }],
  });
  const { data } = readIdx(gunzipSync((await ask(`${url}data/train-labels-idx1-ubyte.gz`)).body), 'served');
  expect([...data]).toEqual([...digits.labels]);
  const { body } = await ask(`${url}runs/finished/last.safetensors`);
  expect(body).toEqual(readFileSync('runs/finished/last.safetensors'));
  expect((await ask(`${url}runs/finished/best.safetensors`)).status).toBe(404);
});

test('a port that is taken: the next one', async () => {
  const other = await startPageServer({ find: () => undefined, headers: {}, port: 0 });
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { port } = await serving({ port: other.port });
  expect(port).not.toBe(other.port);
  expect(said.mock.calls.join('')).toBe(`port ${other.port} is taken: this is ${port}\n`);
  said.mockRestore();
  await other.close();
});

test('Ctrl-C ends it, though a browser keeps its connection', async () => {
  const { url, port, end } = await serving();
  const kept = connect(port, '127.0.0.1');
  kept.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await new Promise((resolve) => kept.once('data', resolve));
  await Promise.all([end(), new Promise((resolve) => kept.once('close', resolve))]);
  await expect(ask(url)).rejects.toThrow(/ECONNREFUSED/);
});

test('a page that is not built is named', async () => {
  await expect(serveCommand({ port: 8400 }, join(folder, 'nowhere'))).rejects.toThrow(
    /nowhere: expected the built page of the playground, got none; build it with npm run page, or install the package again$/,
  );
});
