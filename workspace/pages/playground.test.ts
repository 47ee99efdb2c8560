/**
 * The playground in Chromium: it trains to the bytes of Node, with the headers of `longhand serve` and without, works without a
 * network once it is loaded, and nothing leaves it.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { subset } from '@longhand/datasets';
import { formatEntry, formatNames } from '@longhand/exporters';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle, optimizerKinds } from '@longhand/optimizers';
import { adaptiveRate, decodeModel, decodeOnnxModel, parametersChecksum, train } from '@longhand/training';
import { quickSettings } from '@longhand/training/quick-settings';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { savedModel } from '../../apps/playground/src/models/save-model';
import { colorSchemes, seriousViolations } from './accessibility';
import { hasBrowser, playgroundOfTests, press, startPlayground } from './playground-page';

/** The built command. */
const command = fileURLToPath(new URL('../../apps/trainer/dist/longhand.js', import.meta.url));

/** The model that comes with the page. */
const firstModel = fileURLToPath(new URL('../../apps/playground/src/model/first-model.safetensors', import.meta.url));

/** 1,280 images in batches of 64: twenty steps. */
const twentySteps = 'limit=1280&epochs=1';

/** The checksum of Node's weights after them. */
async function checksumInNode(seed: number): Promise<string> {
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 1280 });
  const { activation, pooling, batchSize, hardExamples, adamw: options } = quickSettings('lenet-documented');
  const run = train({
    network: lenetDocumented({ activation, pooling }),
    dataset,
    normalization: mnistNormalization,
    optimizer: adamw({ ...optimizerKinds.adamw.recommended(adaptiveRate('lenet-documented')), ...options }),
    schedule: oneCycle(),
    ...(hardExamples && { hardExamples }),
    epochs: 1,
    batchSize,
    seed,
  });
  return parametersChecksum(await run.result);
}

describe.skipIf(!hasBrowser)('the playground in Chromium (skipped where none is on the PATH)', () => {
  const { started, open } = playgroundOfTests();

  const checksumOf = (page: Page): Promise<string | null> => page.locator('.checksum').textContent();
  const isIsolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);
  /** Until the state of the run, beside its title. */
  const until = (page: Page, state: string): Promise<void> =>
    page.locator('.run-panel header [role=status]', { hasText: new RegExp(`^${state}$`) }).waitFor();

  test('one click trains the documented network to 97 %, and the page stays as it was meant', async () => {
    const { page } = await open({ hash: '#train?epochs=1' });
    expect(await isIsolated(page)).toBe(true);
    await press(page, 'Train');
    await until(page, 'finished');
    const accuracy = /(\d+\.\d\d) %/.exec((await page.locator('.run-panel .figures').textContent()) ?? '')?.[1];
    expect(Number(accuracy)).toBeGreaterThanOrEqual(97);
    expect(await page.locator('.model-line').textContent()).toMatch(/^Model: trained here, 1 epoch, 9[789]\.\d\d %/);
    expect(await page.locator('.confusion td').count()).toBe(100);
    await expect.poll(() => page.locator('.misclassified li').count()).toBe(24);
  });

  test('twenty steps come to the bytes of Node, with isolation and without, and of digits that the browser unpacks', async () => {
    const expected = await checksumInNode(3);
    for (const host of ['served', 'plain', 'unpacking'] as const) {
      const { page } = await open({ host, hash: `#train?${twentySteps}&seed=3` });
      expect(await isIsolated(page)).toBe(host === 'served');
      await press(page, 'Train');
      await until(page, 'finished');
      expect([host, await checksumOf(page)]).toEqual([host, expected]);
      expect(await page.getByText('One worker trains here').count()).toBe(host === 'served' ? 0 : 1);
      expect(await page.locator('.command code').first().textContent()).toBe(
        'longhand train --epochs 1 --seed 3 --limit 1280',
      );
    }
  });

  test('steps one by one, a pause and an epoch come to the same bytes', { tags: ['exhaustive'] }, async () => {
    const { page } = await open({ hash: `#train?${twentySteps}` });
    for (let step = 1; step <= 3; step++) {
      await press(page, 'One step');
      await page.getByText(`${step} of 20`).waitFor();
      await until(page, 'paused');
    }
    await press(page, 'Continue');
    await until(page, 'finished');
    const checksum = await checksumOf(page);
    expect(checksum).toBe(await checksumInNode(1));
    await press(page, 'Restart');
    await press(page, 'One epoch');
    await until(page, 'finished');
    expect(await checksumOf(page)).toBe(checksum);
  });

  test('a run that is kept stands beside the next one', { tags: ['exhaustive'] }, async () => {
    const { page } = await open({ hash: `#train?${twentySteps}` });
    await press(page, 'Train');
    await until(page, 'finished');
    await press(page, 'Keep to compare');
    await page.getByText('This run is kept as run A.').waitFor();
    await page.getByLabel('Seed').fill('2');
    await page.getByLabel('Seed').blur();
    await press(page, 'Train');
    await page.locator('.comparison th', { hasText: /^seed$/ }).waitFor();
    await until(page, 'finished');
    const rows = await page.locator('.comparison tbody tr').allInnerTexts();
    expect(rows[0]?.split(/\s+/)).toEqual(['seed', 'default', '2']);
    expect(rows.at(-2)?.replace(/\s+/g, ' ')).toBe(
      'command longhand train --epochs 1 --limit 1280 longhand train --epochs 1 --seed 2 --limit 1280',
    );
    expect(rows.at(-1)).toMatch(/^checksum\s+[\da-f]{8}\s+[\da-f]{8}$/);
    expect(await page.locator('.curves .key').first().textContent()).toMatch(/training A [\d.]+.*training B [\d.]+/);
    // The values under the pointer, of both, in the place of the last ones.
    const key = page.locator('.curves .key').first();
    const last = await key.textContent();
    const chart = page.locator('.curves svg').first();
    await chart.hover({ position: { x: 48 + 1, y: 60 } });
    expect(await key.textContent()).toMatch(/training A [\d.]+.*training B [\d.]+ ?at epoch 0\.\d\d$/);
    expect((await key.textContent())?.slice(0, 16)).not.toBe(last?.slice(0, 16));
    await page.locator('h1').hover();
    expect(await key.textContent()).toBe(last);
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await key.textContent()).toMatch(/at epoch 0\.98$/);
    await press(page, 'Forget run A');
    expect(await page.locator('.comparison').count()).toBe(0);
  });

  test('a network is built layer by layer, and what does not fit is said', async () => {
    const { page } = await open({ hash: '#train' });
    await press(page, 'Change its layers');
    expect(await page.locator('.layer-list > li').count()).toBe(9);
    await press(page, 'Remove flatten');
    expect(await page.locator('.train-settings [role=alert]').textContent()).toMatch(/^fc: expected /);
    await page.getByLabel('Add a layer').selectOption('flatten');
    await press(page, 'Move flatten up');
    await expect.poll(() => page.locator('.train-settings [role=alert]').count()).toBe(0);
    await page.getByLabel('convolution: maps').first().fill('4');
    await page.getByLabel('convolution: maps').first().blur();
    await page.locator('.layer-list > li > .note').first().getByText('24×24×4, 104 parameters').waitFor();
    expect(await page.locator('.command code').first().textContent()).toBe('longhand train --model network.json');
    // The address has it all.
    const built = await page.locator('.layer-list').textContent();
    await page.reload();
    await page.locator('.layer-list').waitFor();
    expect(await page.locator('.layer-list').textContent()).toBe(built);
  });

  test('digits are unpacked apart from the page, which loads little before them', async () => {
    const { page } = await open();
    const bytes = await page.evaluate(() =>
      (performance.getEntries() as PerformanceResourceTiming[])
        .filter(({ entryType, name }) => ['navigation', 'resource'].includes(entryType) && !name.includes('/mnist/'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    );
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(150_000);
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'DecompressionStream'));
    await page.goto(`${page.url()}#train?${twentySteps}`);
    await page.reload();
    expect(await page.evaluate(() => 'DecompressionStream' in globalThis)).toBe(false);
    await press(page, 'Train');
    await until(page, 'finished');
    // The menu at the top has what a model can be saved as.
    await press(page, 'Save it: Model ▸');
    await page.locator('.model-menu').getByRole('heading', { name: 'Save' }).waitFor();
  });

  for (const [settings, tags] of [
    [
      'network=own&layers=["flatten",{"kind":"dense","outFeatures":16},"relu",{"kind":"dense","outFeatures":10}]&optimizer=adam',
      [],
    ],
    [
      'network=lenet5&activation=tanh&pooling=mean&optimizer=sgd&learning-rate=0.03&schedule=cosine&seed=5&shift=1&elastic=1',
      ['exhaustive'],
    ],
  ] satisfies [string, string[]][]) {
    test(`the command line that stands there comes to the same bytes: ${settings}`, { tags }, async () => {
      const { page } = await open({ hash: `#train?${twentySteps}&batch-size=128&${encodeURI(settings)}` });
      await press(page, 'Train');
      await until(page, 'finished');
      const line = (await page.locator('.command code').first().textContent()) ?? '';
      const folder = mkdtempSync(join(tmpdir(), 'longhand-line-'));
      try {
        if (line.includes('network.json')) {
          const downloaded = page.waitForEvent('download');
          await press(page, 'Save network.json');
          await (await downloaded).saveAs(join(folder, 'network.json'));
        }
        const words = [command, ...line.split(' ').slice(1), '--json'];
        const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
        expect(stderr.replace(/^note: .*\n/gm, '')).toBe('');
        const { checksum } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
        expect(await checksumOf(page)).toBe(checksum);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  test('a setting that cannot be used is refused where it stands', async () => {
    const { page } = await open({ hash: '#train?epochs=0&learning-rate=fast' });
    await page.locator('.field .refusal').first().waitFor();
    expect(await page.locator('.field .refusal').allTextContents()).toEqual([
      'Expected a number above 0 and up to 1000, got fast.',
      'Expected a whole number from 1 to 1000, got 0.',
    ]);
    await press(page, 'Train');
    expect(await page.locator('main > [role=alert]').textContent()).toMatch(/^Epochs: Expected a whole number/);
  });

  test('models leave and come back: saved, chosen and dropped, of other programs too', async () => {
    const { page } = await open();
    const line = page.locator('.model-menu summary');
    await line.click();
    const model = decodeModel(readFileSync(firstModel), 'the first model');
    const saved: Record<string, string> = {};
    for (const format of formatNames) {
      const downloaded = page.waitForEvent('download');
      await press(page, formatEntry(format).title);
      const { name, bytes, advice } = await savedModel(model, format);
      expect((await downloaded).suggestedFilename()).toBe(name);
      saved[format] = await (await downloaded).path();
      // The bytes of Node. Not compared by `toEqual`, which would print all of them.
      expect([format, readFileSync(saved[format]).equals(bytes)]).toEqual([format, true]);
      expect(await page.locator('.advice pre').textContent()).toBe(advice);
    }
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    const onnx = saved.onnx ?? '';
    expect(decodeOnnxModel(readFileSync(onnx), 'saved').parameters.values).toEqual(model.parameters.values);
    const chosen = { name: 'digits.onnx', mimeType: '', buffer: readFileSync(onnx) };
    await page.locator('.model-menu input').setInputFiles(chosen);
    await line.getByText('Model: digits.onnx, 99.21 % of the test digits').waitFor();

    const foreign = fileURLToPath(
      new URL('../../packages/training/fixtures/foreign/module.safetensors', import.meta.url),
    );
    const drop = (name: string, bytes: Uint8Array): Promise<void> =>
      page.evaluate(
        ([called, numbers]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([Uint8Array.from(numbers)], called));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, [...bytes]] as const,
      );
    await drop('weights.safetensors', readFileSync(foreign));
    await line.getByText(/^Model: weights.safetensors \(assumed: the network /).waitFor();
    await drop('broken.safetensors', new Uint8Array(20));
    await page.getByText(/^broken.safetensors: /).waitFor();
    // What was there stays.
    expect(await line.textContent()).toMatch(/^Model: weights.safetensors/);
  });

  test('loaded again without a server: it trains, and in the end on all cores of any host', async () => {
    // Servers of its own, to be ended.
    const own = await startPlayground();
    try {
      const { page } = await own.open({ host: 'plain', hash: `#train?${twentySteps}`, keeps: true });
      expect(await isIsolated(page)).toBe(false);
      await page.getByText('works without a network now').waitFor();
      await own.unplug();
      await page.reload();
      expect(await isIsolated(page)).toBe(true);
      await press(page, 'Train');
      await until(page, 'finished');
      expect(await checksumOf(page)).toBe(await checksumInNode(1));
    } finally {
      await own.close();
    }
  });

  test('a strict policy, by header and in the page: nothing inline runs', async () => {
    const playground = started();
    const policy = playground.headers['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toContain("'unsafe-eval'");
    for (const host of ['served', 'plain'] as const) {
      const { page, troubles } = await playground.open({ host });
      const ran = await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.inlineRan = true';
        document.head.append(script);
        return 'inlineRan' in globalThis;
      });
      expect(ran).toBe(false);
      expect(troubles.join('\n')).toContain('Content Security Policy');
      await page.context().close();
    }
  });

  for (const [colorScheme, tags] of colorSchemes) {
    test(`accessible to all, ${colorScheme}: axe-core has nothing serious to say`, { tags }, async () => {
      const { page } = await open({ colorScheme, hash: `#train?${twentySteps}` });
      await press(page, 'Train');
      await until(page, 'finished');
      // A digit, for the longest formulas: the derivatives of hardSwish.
      await page.locator('.masthead nav a', { hasText: 'Draw' }).click();
      await press(page, 'Test digit');
      const tabs = await page.locator('.masthead nav a').allTextContents();
      for (const [viewport, tab] of tabs.flatMap((name) => [
        [{ width: 1280, height: 900 }, name] as const,
        [{ width: 390, height: 844 }, name] as const,
      ])) {
        await page.setViewportSize(viewport);
        await page.locator('.masthead nav a', { hasText: tab }).click();
        await page.locator('main > *').first().waitFor();
        // A phone has the same elements and colors.
        if (viewport.width > 1000) expect(await seriousViolations(page), tab).toEqual([]);
        // No view is wider than a phone.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
      }
    });
  }
});
