/**
 * The exported page in a browser: drawings are classified, by mouse, finger and keyboard, and nothing leaves the page.
 *
 * @module-tag slow
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageHtml } from '@longhand/exporters';
import { lenet5 } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arc, digits, draw, type Line, moved } from '../../testing/drawn-digits';
import { fixtureModel } from '../../testing/fixture-model';
import { chromium } from '../../testing/programs';

const folder = mkdtempSync(join(tmpdir(), 'longhand-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(chromium === undefined)('the page in Chromium (skipped where none is on the PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    // As root, as in containers, Chromium runs without its sandbox only; what it opens here is our own.
    browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
  });
  afterAll(() => browser.close());

  /** Opens a page, and fails if it asks for anything or complains. */
  async function opened(html: string, options: BrowserContextOptions = {}): Promise<Page> {
    const file = join(folder, 'page.html');
    writeFileSync(file, html);
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, ...options });
    const address = pathToFileURL(file).href;
    const otherFormats: string[] = [];
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) otherFormats.push(request.url());
    });
    page.on('console', (message) => otherFormats.push(message.text()));
    page.on('pageerror', (error) => otherFormats.push(error.message));
    asked.set(page, otherFormats);
    await page.goto(address);
    return page;
  }
  const asked = new Map<Page, string[]>();

  async function closed(page: Page): Promise<void> {
    expect(asked.get(page)).toEqual([]);
    await page.close();
  }

  /** How much ink the paper shows at a place from 0 to 1. */
  function inkAt(page: Page, x: number, y: number): Promise<number | undefined> {
    return page.locator('#paper').evaluate(
      (canvas: HTMLCanvasElement, [across, down]) => {
        // Of the paper itself a browser complains when it is read often.
        const copy = new OffscreenCanvas(1, 1).getContext('2d');
        copy?.drawImage(canvas, -Math.floor(across * canvas.width), -Math.floor(down * canvas.height));
        return copy?.getImageData(0, 0, 1, 1).data[3];
      },
      [x, y] as const,
    );
  }
  const verdict = (page: Page): Promise<string | null> => page.locator('#verdict').textContent();

  test('classifies digits drawn by mouse', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    const read: Record<string, string | null> = {};
    for (const [digit, lines] of Object.entries(digits)) {
      await draw(page, lines);
      read[digit] = await verdict(page);
      await page.locator('#clear').click();
      expect(await verdict(page)).toBe('');
    }
    expect(read).toEqual(Object.fromEntries(Object.keys(digits).map((digit) => [digit, digit])));
    await closed(page);
  });

  test('says the prediction in words, and takes strokes back', async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    await draw(page, digits['4'] ?? []);
    expect(await page.locator('#spoken').textContent()).toMatch(/^Predicted 4, \d+\.\d % sure\.$/);
    expect(await page.locator('#bars .most .name').textContent()).toBe('4');
    await page.keyboard.press('Control+z');
    expect(await verdict(page)).not.toBe('4');
    await page.locator('#undo').click();
    expect(await page.locator('#spoken').textContent()).toBe('The paper is blank.');
    await draw(page, digits['7'] ?? []);
    await page.keyboard.press('Escape');
    expect(await page.locator('#clear').isDisabled()).toBe(true);
    await closed(page);
  });

  test('classifies digits as large as the paper, and nothing beyond it', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    const large: Readonly<Record<string, readonly Line[]>> = {
      '0': [arc(0.5, 0.5, 0.45, 0.49, -1, 3)],
      '2': [[...arc(0.5, 0.3, 0.42, 0.28, -2.2, 0.7), [0.03, 0.97], [0.97, 0.97]]],
      '7': [
        [
          [0.02, 0.03],
          [0.98, 0.03],
          [0.4, 0.98],
        ],
      ],
      '1': [
        [
          [0.5, 0.2],
          [0.5, 0.9],
          [-0.2, 1.2],
          [-0.2, 0.5],
        ],
      ],
    };
    for (const [digit, lines] of Object.entries(large)) {
      await draw(page, lines);
      expect(await verdict(page)).toBe(digit);
      await page.keyboard.press('Escape');
    }
    await closed(page);
  });

  test('a tap leaves a dot, which is too small to read', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    await draw(page, [[[0.5, 0.5]]]);
    await expect.poll(() => inkAt(page, 0.5, 0.5)).toBe(255);
    expect(await inkAt(page, 0.5, 0.6)).toBe(0);
    expect(await page.locator('#certainty').textContent()).toBe('larger, please');
    await closed(page);
  });

  test.each<[string, readonly Line[], string]>([
    ['a tiny digit', moved(digits['7'] ?? [], { scale: 0.15 }), 'larger, please'],
    [
      'two digits side by side',
      [
        ...moved(digits['4'] ?? [], { scale: 0.6, right: -0.2 }),
        ...moved(digits['2'] ?? [], { scale: 0.6, right: 0.2 }),
      ],
      'one digit at a time, please',
    ],
    [
      'a 1 beside a 7',
      [...moved(digits['1'] ?? [], { right: -0.3 }), ...moved(digits['7'] ?? [], { right: 0.2 })],
      'one digit at a time, please',
    ],
  ])('of %s it says what it needs, and no digit', { tags: ['exhaustive'] }, async (_, lines, hint) => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    await draw(page, lines);
    expect([await verdict(page), await page.locator('#certainty').textContent()]).toEqual(['', hint]);
    expect(await page.locator('#bars .percent').allTextContents()).toEqual(Array(10).fill(''));
    await closed(page);
  });

  test('classifies digits whose strokes do not meet, and small ones', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    const broken: Readonly<Record<string, readonly Line[]>> = {
      '0': [arc(0.48, 0.5, 0.17, 0.3, 1.05, 2.95), arc(0.54, 0.5, 0.17, 0.3, -0.95, 0.95)],
      '4': [
        [
          [0.38, 0.2],
          [0.3, 0.55],
          [0.52, 0.55],
        ],
        [
          [0.63, 0.2],
          [0.61, 0.85],
        ],
      ],
      '5': [
        [[0.4, 0.3], [0.37, 0.47], ...arc(0.48, 0.62, 0.19, 0.18, -1.2, 1.8)],
        [
          [0.45, 0.18],
          [0.7, 0.17],
        ],
      ],
      '7': moved(digits['7'] ?? [], { scale: 0.4 }),
    };
    for (const [digit, lines] of Object.entries(broken)) {
      await draw(page, lines);
      expect(await verdict(page)).toBe(digit);
      await page.keyboard.press('Escape');
    }
    await closed(page);
  });

  test('of a phone held sideways the paper and its buttons take no more than there is', {
    tags: ['exhaustive'],
  }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'), { viewport: { width: 844, height: 390 } });
    const box = await page.locator('.drawing').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(390);
    await closed(page);
  });

  test('the keyboard keeps its place when a button goes out of use', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    await draw(page, digits['7'] ?? []);
    await page.locator('#clear').focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('paper');
    await closed(page);
  });

  test('classifies a digit drawn with the keyboard', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    for (let step = 0; step < 22; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    expect(await verdict(page)).toBe('1');
    await closed(page);
  });

  test('classifies a digit drawn by finger, in the dark', { tags: ['exhaustive'] }, async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'), {
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    const box = (await page.locator('#paper').boundingBox()) as { x: number; y: number; width: number; height: number };
    const session = await page.context().newCDPSession(page);
    const [line = []] = digits['7'] ?? [];
    for (const [at, [x, y]] of line.entries()) {
      const touchPoints = [{ x: box.x + x * box.width, y: box.y + y * box.height }];
      await session.send('Input.dispatchTouchEvent', { type: at === 0 ? 'touchStart' : 'touchMove', touchPoints });
    }
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(() => verdict(page)).toBe('7');
    // The page stays where it is under a drawing finger.
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await closed(page);
  });

  test.each([320, 390, 740, 1280])('fits a screen of %i pixels', { tags: ['exhaustive'] }, async (width) => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'), { viewport: { width, height: 640 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    // With its padding.
    expect((await page.locator('main').boundingBox())?.x).toBeGreaterThanOrEqual(16);
    await closed(page);
  });

  test('shows names as they are, whatever is in them', { tags: ['exhaustive'] }, async () => {
    const network = lenet5({ classes: 3 });
    const classes = ['<img src=x onerror=alert(1)>', '</script><script>alert(1)</script>', '"quoted" & more'];
    const model = { ...fixtureModel, network, parameters: network.initialize(seededRandom(1)), classes };
    const page = await opened(pageHtml(model, '</title><b>evil</b>'));
    expect(await page.locator('#bars .name').allTextContents()).toEqual(classes);
    expect(await page.title()).toBe('Draw · </title><b>evil</b>');
    await draw(page, digits['7'] ?? []);
    expect(classes).toContain(await verdict(page));
    await closed(page);
  });

  test('cannot ask for anything, even if it wanted to', async () => {
    const page = await opened(pageHtml(fixtureModel, 'lenet-documented'));
    const answer = await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'sent',
        () => 'refused',
      ),
    );
    expect(answer).toBe('refused');
    const complaints = asked.get(page) ?? [];
    expect(complaints.join(' ')).toContain('Content Security Policy');
    expect(complaints.filter((line) => line.startsWith('https:'))).toEqual([]);
    await page.close();
  });
});
