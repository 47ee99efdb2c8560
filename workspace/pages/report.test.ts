/**
 * The report in a browser as narrow as a telephone: nothing is cut, and tables that scroll keep their first column.
 *
 * @module-tag slow
 */
import { featureMapsPage, type TrainingReport, trainingReportPage } from '@longhand/rendering';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from '../../apps/trainer/testing/programs';
import { colorSchemes, seriousViolations } from './accessibility';

const classes = [...Array(10).keys()].map(String);
const many = Array.from({ length: 72 }, () => ({ height: 5, width: 5, values: Array(25).fill(0.5) }));
const report: TrainingReport = {
  title: 'lenet-documented',
  about: 'lenet-documented on MNIST',
  reproduce: 'longhand train',
  network: {
    rows: [{ name: 'conv1', kind: 'conv2d', outputShape: [24, 24, 6], parameters: 156, multiplyAdds: 86_400 }],
    parameters: 3898,
    multiplyAdds: 203_520,
  },
  epochs: [
    {
      epoch: 1,
      steps: 938,
      loss: 0.3124,
      accuracy: 0.9018,
      learningRate: 0.015,
      seconds: 62,
      imagesPerSecond: 75_800,
      validation: { loss: 0.1512, accuracy: 0.9512, best: true },
    },
  ],
  lossCurve: { every: 10, losses: [2.3, 1.1, 0.6] },
  test: {
    data: 'MNIST test',
    images: 10_000,
    correct: 9_900,
    accuracy: 0.99,
    standardError: 0.001,
    loss: 0.03,
    model: 'best',
    classes,
    confusion: classes.map((_, row) => classes.map((__, at) => (at === row ? 1_111 : 11))),
    scores: classes.map(() => ({ support: 1_111, precision: 0.99, recall: 0.99, f1: 0.99 })),
  },
  misclassified: [],
  configuration: [['batch size', '64']],
  unused: ['shift'],
  versions: [['Node.js', 'v20.19.0']],
  kernels: [{ layer: 'conv2', outputs: 12, inputs: 6, maps: many }],
};

describe.skipIf(chromium === undefined)('the report in Chromium (skipped where none is on the PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
  });
  afterAll(() => browser.close());

  test.each([390, 320])('%i px wide scrolls down only, with its kernels in rows', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.setContent(trainingReportPage(report));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const rows =
      'new Set([...document.querySelectorAll(".weights")].map((kernel) => kernel.getBoundingClientRect().top))';
    expect(await page.evaluate(`${rows}.size`)).toBe(12);
    await page.close();
  });

  const dot =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  const picture = { title: 'map 1', source: dot, width: 1, height: 1 };
  const maps = featureMapsPage({
    title: 'seven.png: predicted 7',
    about: 'maps',
    image: picture,
    photograph: { ...picture, title: 'the picture', box: { left: 0, top: 0, right: 1, bottom: 1 } },
    probabilities: classes.map((name) => [name, 0.1] as const),
    sections: [
      {
        title: 'C¹',
        note: 'activation',
        images: [{ ...picture, values: { height: 1, width: 1, values: [-2.5] } }],
        scale: { low: -2.5, high: 0, largest: 2.5, signed: true },
      },
      { title: 'o', images: [], scores: classes.map((name, at) => [name, at - 4] as const) },
    ],
  });

  for (const [scheme, tags] of colorSchemes) {
    test(`accessible to all, ${scheme}: axe-core has nothing serious to say`, { tags }, async () => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: scheme });
      for (const text of [trainingReportPage(report), maps]) {
        // The policy of the page would refuse axe-core.
        await page.setContent(text.replace(/<meta http-equiv[^>]+>/, ''));
        expect(await seriousViolations(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      }
      await page.close();
    });
  }

  test('the number under the pointer is said, and the figures of an epoch', async () => {
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    await page.setContent(maps);
    await page.getByAltText('map 1').last().hover();
    expect(await page.locator('.pointed').textContent()).toBe('row 1, column 1: −2.5');
    await page.setContent(trainingReportPage(report));
    const strip = page.locator('.readings span').first();
    await strip.hover();
    expect(await strip.locator('b').isVisible()).toBe(true);
    expect(await strip.textContent()).toBe('epoch 1: training 0.3124, validation 0.1512');
    await page.close();
  });

  test('390 px wide has room for ten classes; wider tables keep the names of their rows', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.setContent(trainingReportPage(report));
    const hidden = (label: string): Promise<number> =>
      page.getByLabel(label, { exact: true }).evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(await hidden('Confusion matrix')).toBe(0);
    expect(await hidden('The network')).toBe(0);
    expect(await hidden('Epoch by epoch')).toBeGreaterThan(0);
    const table = page.getByLabel('Epoch by epoch', { exact: true });
    const name = table.locator('tbody th');
    const before = await name.boundingBox();
    await table.evaluate((box) => {
      box.scrollLeft = 100;
    });
    expect((await name.boundingBox())?.x).toBe(before?.x);
    await page.close();
  });
});
