/**
 * Measures the built page in Chromium, beside the built command in this Node: training throughput, the first step after the click, the
 * longest frame while training, and the size of the first load. After `npm run page`:
 *
 *   node apps/playground/measure-page.mjs [rounds]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const command = join(import.meta.dirname, '../trainer/dist/longhand.js');
const rounds = Number(process.argv[2] ?? 3);
const epochs = 5;

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const candidates = process.env.PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
const executablePath =
  process.env.LONGHAND_CHROMIUM ?? candidates.find((path) => spawnSync(path, ['--version']).status === 0);
if (executablePath === undefined) throw new Error('expected chromium on the PATH, or where LONGHAND_CHROMIUM says');

const folder = mkdtempSync(join(tmpdir(), 'longhand-page-'));
const server = spawn(process.execPath, [command, 'serve'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise((resolve, reject) => {
  server.stdout.setEncoding('utf8').on('data', (text) => resolve(/http:\S+/.exec(text)?.[0]));
  server.on('exit', () => reject(new Error('the server ended; run npm run page first')));
});
// As root, as in containers, Chromium runs without its sandbox only.
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });

/** Images per second over the epochs after the first, in Node. */
function inNode() {
  // A page has no wide vectors: only its owner can switch them on in a browser.
  const options = ['train', '--epochs', String(epochs), '--json', '--name', 'measured', '--force', '--no-wide-vectors'];
  const { stdout } = spawnSync(process.execPath, [command, ...options], { cwd: folder, encoding: 'utf8' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const later = lines.filter(({ event, epoch }) => event === 'epoch' && epoch > 1);
  return (60_000 * later.length) / later.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The same in a fresh tab, with what a person would notice. */
async function inTab() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    const paths = new Map();
    let [firstLoad, headers] = [0, 0];
    network.on('Network.responseReceived', ({ requestId, response }) => {
      paths.set(requestId, response.url);
      if (!response.url.includes('/mnist/')) headers += response.encodedDataLength;
    });
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const path = paths.get(requestId)?.slice(url.length) ?? '';
      if (!path.startsWith('mnist/') && !path.startsWith('service-worker')) firstLoad += encodedDataLength;
    });
    await page.goto(`${url}#train?epochs=${epochs}`);
    await page.getByText('works without a network now').waitFor();
    const loaded = { content: firstLoad - headers, headers };
    // One run for its speed, unwatched: whoever waits for every frame makes the browser draw every frame.
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    const isFinished = () => document.querySelector('.run-panel header [role=status]')?.textContent === 'finished';
    await page.waitForFunction(isFinished, undefined, { polling: 250 });
    const speed = await page.evaluate(() => {
      const later = performance.getEntriesByName('training').slice(1);
      const sum = (of) => later.reduce((total, entry) => total + of(entry), 0);
      return (1000 * sum(({ detail }) => detail.images)) / sum(({ duration }) => duration);
    });
    // Another one for its frames, in the page as it is when it is loaded.
    await page.reload();
    await page.getByText('works without a network now').waitFor();
    const watched = await page.evaluate(async () => {
      const [button] = [...document.querySelectorAll('button')].filter(({ textContent }) => textContent === 'Train');
      const step = () => document.querySelector('.run-panel .figures div:nth-child(2) dd')?.textContent ?? '';
      const frame = () => new Promise(requestAnimationFrame);
      const isDone = () => document.querySelector('.run-panel header [role=status]')?.textContent === 'finished';
      let [firstStep, longestFrame, frames] = [undefined, 0, 0];
      let last = await frame();
      const begin = performance.now();
      button.click();
      while (!isDone()) {
        const now = await frame();
        longestFrame = Math.max(longestFrame, now - last);
        last = now;
        frames++;
        if (firstStep === undefined && /^[1-9]/.test(step())) firstStep = performance.now() - begin;
      }
      return { firstStep, longestFrame, frameRate: (1000 * frames) / (performance.now() - begin) };
    });
    return { speed, ...watched, ...loaded };
  } finally {
    await context.close();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  const [node, tab] = [[], []];
  for (let round = 0; round < rounds; round++) {
    node.push(inNode());
    tab.push(await inTab());
  }
  const of = (name) => median(tab.map((measured) => measured[name]));
  const kilobytes = (value) => `${(value / 1000).toFixed(1)} kB`;
  const whole = (value) => Math.round(value).toLocaleString('en-US');
  const rows = [
    ['Node', `${process.version}, V8 ${process.versions.v8}`],
    ['Chromium', browser.version()],
    ['training in Node, narrow vectors', `${whole(median(node))} images/s`],
    ['training in the tab', `${whole(of('speed'))} images/s, ${whole((100 * of('speed')) / median(node))} % of Node`],
    ['first step after the click', `${whole(of('firstStep'))} ms`],
    ['longest frame while training', `${whole(of('longestFrame'))} ms (${whole(of('frameRate'))} frames a second)`],
    ['first load without digits', `${kilobytes(of('content'))} compressed, and ${kilobytes(of('headers'))} of headers`],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(30)}${value}`);
} finally {
  await browser.close();
  server.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}
