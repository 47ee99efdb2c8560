/**
 * The playground's drawing in Chromium: digits by mouse, photographs dropped and chosen, a look at single numbers, lessons.
 *
 * @module-tag slow
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@longhand/datasets/node';
import { type Calibration, decodeModel, encodeModel, type Model } from '@longhand/training';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { renderedDigits } from '../../apps/trainer/fixtures/rendered-digits/rendered-digits';
import { digits, draw, moved } from '../../apps/trainer/testing/drawn-digits';
import { colorSchemes, seriousViolations } from './accessibility';
import { hasBrowser, type OpenOptions, playgroundOfTests, press } from './playground-page';

const firstModel = fileURLToPath(new URL('../../apps/playground/src/model/first-model.safetensors', import.meta.url));

const photograph = (wanted: number): Buffer => {
  for (const { digit, picture } of renderedDigits({ seed: 2024, rounds: 1 })) {
    if (digit === wanted) return Buffer.from(encodePng(picture));
  }
  throw new Error(`no photograph of a ${wanted}`);
};

describe.skipIf(!hasBrowser)('drawing in Chromium (skipped where none is on the PATH)', () => {
  const playground = playgroundOfTests();

  async function open(options: OpenOptions = {}): Promise<Page> {
    const { page } = await playground.open({ hash: '#draw', ...options });
    await page.locator('#paper').waitFor();
    return page;
  }

  const verdict = (page: Page) => page.locator('.verdict');
  const maps = (page: Page, layer: string) => page.getByRole('application', { name: new RegExp(`^${layer},`) });

  test('ten digits drawn by mouse are read, and several as a number', async () => {
    const page = await open();
    const read: Record<string, string | null> = {};
    for (const [digit, lines] of Object.entries(digits)) {
      await draw(page, lines);
      await expect.poll(() => verdict(page).textContent()).not.toBe('');
      read[digit] = await verdict(page).textContent();
      await press(page, 'Clear');
      await expect.poll(() => verdict(page).textContent()).toBe('');
    }
    expect(read).toEqual(Object.fromEntries('0123456789'.split('').map((digit) => [digit, digit])));
    // A pen that rests is read before it is lifted.
    const { x, y, width, height } = (await page.locator('#paper').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    for (const [at, [across, down]] of (digits['1']?.[0] ?? []).entries()) {
      await page.mouse.move(x + across * width, y + down * height);
      if (at === 0) await page.mouse.down();
    }
    await expect.poll(() => verdict(page).textContent()).toBe('1');
    await page.mouse.up();
    await press(page, 'Clear');
    await draw(page, moved(digits['4'] ?? [], { scale: 0.5, right: -0.25 }));
    await draw(page, moved(digits['2'] ?? [], { scale: 0.5, right: 0.25 }));
    await expect.poll(() => verdict(page).textContent()).toBe('42');
    expect(await page.locator('.stages strong').allTextContents()).toEqual([
      'gray',
      'sheet',
      'ink',
      'strokes',
      'crop',
      '28×28',
    ]);
    await page.locator('.digit').nth(1).click();
    expect(await page.locator('.bars .best .name').textContent()).toBe('2');
    await press(page, 'Undo');
    await expect.poll(() => verdict(page).textContent()).toBe('4');
  });

  test('a model says itself when it is sure', { tags: ['exhaustive'] }, async () => {
    const page = await open();
    await page
      .getByLabel('A photograph of digits')
      .setInputFiles({ name: 'three.png', mimeType: 'image/png', buffer: photograph(3) });
    const sentence = page.locator('.answer .note');
    await expect.poll(() => sentence.textContent()).toMatch(/^(?:> )?\d\d\.\d % sure$/);
    const model = decodeModel(readFileSync(firstModel), 'the first model');
    const { similarity, ...calibration } = model.calibration as Calibration;
    const { calibration: _, ...without } = model;
    const openModel = (changed: Model): Promise<void> =>
      page
        .locator('.model-menu input')
        .setInputFiles({ name: 'changed.safetensors', mimeType: '', buffer: Buffer.from(encodeModel(changed)) });
    await openModel({ ...model, calibration: { ...calibration, threshold: 1 } });
    await expect.poll(() => sentence.textContent()).toMatch(/^Not sure, (?:> )?\d\d\.\d %$/);
    await openModel({
      ...model,
      calibration: { ...calibration, similarity: { directions: [], ...similarity, least: 1 } },
    });
    await expect.poll(() => sentence.textContent()).toMatch(/^Not sure, (?:> )?\d\d\.\d %, but unlike other 3$/);
    await openModel(without);
    await expect.poll(() => sentence.textContent()).toMatch(/^(?:> )?\d\d\.\d % sure$/);
  });

  test('a photograph is read: dropped, chosen, and what is none is refused in a line', {
    tags: ['exhaustive'],
  }, async () => {
    const page = await open();
    const drop = async (name: string, type: string, content: string): Promise<void> => {
      await page.evaluate(
        ([name, type, content]) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
          data.items.add(new File([bytes], name, { type }));
          document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
        },
        [name, type, content] as const,
      );
    };
    await drop('three.png', 'image/png', photograph(3).toString('base64'));
    await expect.poll(() => verdict(page).textContent()).toBe('3');
    expect(await page.getByRole('img', { name: 'The picture three.png' }).count()).toBe(1);
    await page
      .getByLabel('A photograph of digits')
      .setInputFiles({ name: 'five.png', mimeType: 'image/png', buffer: photograph(5) });
    await expect.poll(() => verdict(page).textContent()).toBe('5');
    await drop('notes.txt', 'text/plain', btoa('no picture'));
    expect(await page.getByRole('alert').textContent()).toBe(
      'notes.txt: expected a picture that this browser can show, got text/plain',
    );
    await press(page, 'Back to the paper');
    await page.locator('#paper').waitFor();
  });

  test('the camera is asked for on a click only, and what fails is said', { tags: ['exhaustive'] }, async () => {
    const page = await open();
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no camera for this test'));
    });
    expect(await page.locator('video').count()).toBe(0);
    await press(page, 'Camera');
    expect(await page.getByRole('alert').textContent()).toBe(
      'camera: no camera for this test; take a photograph and drop it here instead',
    );
    // A camera that shows a digit: a canvas is one.
    await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 320;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const paint = (): void => {
        context.fillStyle = '#d8d8d0';
        context.fillRect(0, 0, 320, 320);
        context.fillStyle = '#222';
        context.fillRect(150, 70, 22, 180);
        requestAnimationFrame(paint);
      };
      paint();
      navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
    });
    await press(page, 'Camera');
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await press(page, 'Take it');
    await expect.poll(() => verdict(page).textContent()).toBe('1');
    expect(await page.locator('video').count()).toBe(0);
  });

  test('a number by keyboard: its receptive field, and an arithmetic that comes to it', {
    tags: ['exhaustive'],
  }, async () => {
    const page = await open();
    await draw(page, digits['3'] ?? []);
    await expect.poll(() => verdict(page).textContent()).toBe('3');
    await maps(page, 'C²').focus();
    for (const key of ['ArrowDown', 'PageDown', 'PageDown', 'ArrowLeft']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'C², map 3, row 4, column 3' }).waitFor();
    expect(await page.locator('.window').count()).toBe(6);
    expect(await page.locator('.arithmetic li').count()).toBe(2);
    expect(await page.locator('.arithmetic math').first().textContent()).toMatch(/^C3,4,32/);
    // The sum in general, then its first terms.
    const general = page.locator('.arithmetic li').nth(1).locator('.formula').first();
    expect(await general.textContent()).toMatch(/^S3,4,32\s*=\s*∑n=16∑i=04∑j=04Pn,i\+4,j\+31·k3,n,i,j2\+b32$/);
    expect(await general.locator('munderover').count()).toBe(3);
    const sum = (await page.locator('.total strong').textContent()) ?? '';
    const lines = await page.locator('.arithmetic li').nth(1).locator('.formula').allTextContents();
    expect(lines.at(-1)?.replace(/[\s=]/g, '')).toBe(sum.replace(/\s/g, ''));
    // The window of an output is the whole image; that of a pixel is itself.
    await page.getByRole('button', { name: /^o of 3:/ }).click();
    await page.getByRole('heading', { name: 'o, output 3' }).waitFor();
    expect(await page.locator('.window').count()).toBe(12);
    await maps(page, 'input').focus();
    for (const key of ['ArrowLeft', 'Home']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'input, row 14, column 0' }).waitFor();
    await press(page, 'Look at all');
    await page.getByRole('heading', { name: 'One number' }).waitFor();
  });

  test('a lesson changes the answer, says what it costs, and is undone', async () => {
    const page = await open();
    await draw(page, digits['3'] ?? []);
    await expect.poll(() => verdict(page).textContent()).toBe('3');
    await page.locator('.labels button', { hasText: '8' }).click();
    await page.getByLabel('Steps of 64 images').selectOption('50');
    await page.getByLabel('half of them training digits').uncheck();
    await press(page, 'Teach it');
    await page.locator('.lesson').waitFor();
    expect(await page.locator('.lesson').textContent()).toMatch(
      /0 of 1 → 1 of 1 correct, after 50 steps10,000 test digits99\.21 % → \d+\.\d\d %, [\d,]+ fewer correct/,
    );
    expect(await verdict(page).textContent()).toBe('8');
    expect(await page.locator('.model-line').textContent()).toContain('taught 1 image of yours');
    await press(page, 'Undo the lesson');
    await expect.poll(() => verdict(page).textContent()).toBe('3');
  });

  test('backwards: the derivative of one weight is found, and is its central difference', async () => {
    const page = await open();
    await draw(page, digits['3'] ?? []);
    await expect.poll(() => verdict(page).textContent()).toBe('3');
    await page.locator('.masthead nav a', { hasText: 'Backwards' }).click();
    const title = page.locator('.derivation h2');
    // Before any click, the weight of k¹ with the largest gradient.
    await expect.poll(() => title.textContent()).toMatch(/^The derivative of the loss by k1\.\d\.\d\.\d$/);
    await page.locator('.labels button', { hasText: '5' }).click();
    await expect.poll(() => page.locator('.loss .formula').first().textContent()).toContain('5');
    await maps(page, 'k²').focus();
    for (const key of ['ArrowDown', 'PageDown', 'ArrowRight']) await page.keyboard.press(key);
    await expect.poll(() => title.textContent()).toBe('The derivative of the loss by k2.1.2.2.3');
    const named = page.getByLabel('Another number, by its name');
    const ask = async (name: string): Promise<void> => {
      await named.fill(name);
      await named.blur();
    };
    await ask('k2.4.3.1.2');
    await expect.poll(() => title.textContent()).toBe('The derivative of the loss by k2.4.3.1.2');
    expect(await page.locator('.derivation header .note').textContent()).toBe(
      'k², map 4, input map 3, row 1, column 2',
    );
    const figure = async (name: string): Promise<number> => {
      const text = await page.locator('.derivation .figures div', { hasText: name }).locator('dd').textContent();
      return Number(text?.replace('−', '-'));
    };
    // It comes a moment after the rest.
    await expect.poll(() => figure('central difference')).not.toBeNaN();
    const [derived, numerical] = [await figure('derived'), await figure('central difference')];
    expect(Math.abs(derived)).toBeGreaterThan(1e-6);
    expect(Math.abs(derived - numerical)).toBeLessThan(1e-4 * Math.abs(derived));
    expect(await figure('they differ by')).toBeLessThan(1e-7);
    expect(await page.locator('.derivation > .formula').first().textContent()).toMatch(/=\s*∑i=07∑j=07/);
    // Its sum, over the 64 places that the weight meets.
    expect(await page.locator('.window .numbers').first().locator('td').count()).toBe(64);
    await page.getByRole('button', { name: 'follow it' }).first().click();
    await expect.poll(() => title.textContent()).toMatch(/by S2\.4\.\d\.\d$/);
    await ask('w.3.100');
    await expect.poll(() => title.textContent()).toBe('The derivative of the loss by w.3.100');
    await ask('k9.1');
    expect(await page.locator('.derivation .refusal').textContent()).toMatch(/^quantity: expected /);
    expect(await page.getByRole('img', { name: 'Occlusion map of 5' }).count()).toBe(1);
    // The address has the number, the label and the picture: it opens the same derivation.
    await ask('k2.4.3.1.2');
    const inAddress = (name: string): string | null => new URLSearchParams(page.url().split('?')[1]).get(name);
    await expect.poll(() => inAddress('quantity')).toBe('k2.4.3.1.2');
    expect([inAddress('label'), inAddress('picture')]).toEqual(['5', expect.stringMatching(/^28x28\./)]);
    await page.reload();
    await expect.poll(() => title.textContent()).toBe('The derivative of the loss by k2.4.3.1.2');
    expect(await figure('derived')).toBe(derived);
  });

  test('backwards: a link has the run of the server that it is of, and says when its weights are others', async () => {
    const page = await open();
    await page.route('**/runs/mine/last.safetensors', (route) => route.fulfill({ path: firstModel }));
    await page.evaluate(() => {
      location.hash = '#backwards?quantity=w.3.100&label=9&run=mine&weights=0000abcd';
    });
    await page
      .getByRole('alert')
      .getByText('run mine: expected weights with the checksum 0000abcd of the address, got')
      .waitFor();
    await page.getByText('Model: run mine').waitFor();
    await press(page, 'Test digit');
    await page.getByText('a link to this derivation, wherever the run mine is served').waitFor();
    const inAddress = (): object => Object.fromEntries(new URLSearchParams(page.url().split('?')[1]));
    const opened = { quantity: 'w.3.100', run: 'mine', weights: expect.stringMatching(/^[0-9a-f]{8}$/) };
    await expect.poll(inAddress).toMatchObject({ ...opened, picture: expect.stringMatching(/^28x28/) });
    expect(page.url()).not.toContain('0000abcd');
    await page.reload();
    await page.getByText('Model: run mine').waitFor();
    await page.getByRole('heading', { name: 'The derivative of the loss by w.3.100' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('on a phone a map is enlarged before one of its numbers is chosen, or that is named', {
    tags: ['exhaustive'],
  }, async () => {
    const page = await open({ viewport: { width: 390, height: 800 }, hasTouch: true });
    await press(page, 'Test digit');
    const canvas = maps(page, 'C¹').locator('canvas');
    await canvas.tap({ position: { x: 20, y: 20 } });
    const title = page.locator('.cell-panel h2');
    expect(await title.count()).toBe(0);
    await canvas.tap({ position: { x: 12 * 13 + 6, y: 6 } });
    await expect.poll(() => title.textContent()).toBe('C¹, map 1, row 0, column 12');
    await press(page, 'All maps');
    await page.getByLabel('Another number, by its name').fill('C2.3.1.2');
    await page.keyboard.press('Enter');
    await expect.poll(() => title.textContent()).toBe('C², map 3, row 1, column 2');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test('backwards: another label shows its gradients first, then makes the passes of the central difference', async () => {
    const page = await open();
    await draw(page, digits['3'] ?? []);
    await expect.poll(() => verdict(page).textContent()).toBe('3');
    await page.locator('.masthead nav a', { hasText: 'Backwards' }).click();
    const shown = page.locator('.derivation .figures dd');
    await expect.poll(() => shown.nth(2).textContent()).toMatch(/\d/);
    const texts = await page.evaluate(
      () =>
        new Promise<string[][]>((resolve) => {
          const figures = document.querySelector('.derivation') as Element;
          const seen: string[][] = [];
          new MutationObserver(() => {
            const now = [...figures.querySelectorAll('.figures dd')].map(({ textContent }) => textContent ?? '');
            seen.push(now);
            // Seen as they are drawn, with the gradient that they are of.
            if (seen.some(([, , difference]) => difference === '…') && /\d/.test(now[2] ?? '')) resolve(seen);
          }).observe(figures, { characterData: true, childList: true, subtree: true });
          [...document.querySelectorAll<HTMLButtonElement>('.labels button')]
            .find(({ textContent }) => textContent === '8')
            ?.click();
        }),
    );
    const waiting = texts.find(([, , difference]) => difference === '…');
    expect(waiting?.[1]).toBe(texts.at(-1)?.[1]);
    expect(waiting?.[1]).toMatch(/\d/);
  });

  for (const [colorScheme] of colorSchemes) {
    test(`accessible to all with a digit drawn, ${colorScheme}`, { tags: ['exhaustive'] }, async () => {
      const page = await open({ colorScheme });
      await draw(page, moved(digits['4'] ?? [], { scale: 0.5, right: -0.25 }));
      await draw(page, moved(digits['2'] ?? [], { scale: 0.5, right: 0.25 }));
      await page.locator('.labels button', { hasText: '7' }).click();
      await maps(page, 'C²').focus();
      await page.keyboard.press('ArrowDown');
      for (const [width, view] of [1280, 390].flatMap((wide) => [
        [wide, 'Draw'] as const,
        [wide, 'Backwards'] as const,
      ])) {
        await page.setViewportSize({ width, height: 900 });
        await page.locator('.masthead nav a', { hasText: view }).click();
        await page.locator(`.${view.toLowerCase()}-view .product-windows`).waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    });
  }
});
