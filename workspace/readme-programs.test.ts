/** Programs of the packages' READMEs that want a model: they are called with a small one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mnistLayout, type RasterImage, subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw } from '@longhand/optimizers';
import { fit, type Model } from '@longhand/training';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeBlocks, textOf } from './documents';
import { workspaceFolder } from './workspace-packages';

// In the workspace, where a program finds the packages.
const folder = mkdtempSync(join(workspaceFolder, '.programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: Model;

beforeAll(async () => {
  const network = lenetDocumented();
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 6000 });
  const optimizer = adamw({ learningRate: 0.005 });
  // biome-ignore lint/suspicious/noFocusedTests: it trains.
  const { parameters } = await fit({ network, dataset, normalization, optimizer, epochs: 2, batchSize: 64, seed: 1 });
  model = {
    network,
    parameters,
    normalization,
    classes: [...'0123456789'],
    data: { name: 'MNIST', layout: mnistLayout },
  };
});

/** The first test digit, a 7, in dark ink on light paper, three times as large, as often as is said. */
function sevens(count: number): RasterImage {
  const seven = loadMnist({ split: 'test' }).images;
  const [width, height] = [84 * count, 84];
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => {
    const [row, column] = [Math.floor(k / width / 3), Math.floor((k % width) / 3) % 28];
    return 255 - (seven[28 * row + column] ?? 0);
  });
  return { width, height, channels: 1, pixels };
}

test('the digit of a picture, and whether to believe it', async () => {
  const block = codeBlocks(textOf('packages/handwriting/README.md')).find(({ file }) => file === 'digit-of.mjs');
  const file = join(folder, 'digit-of.mjs');
  writeFileSync(file, block?.code ?? '');
  const { digitOf } = await import(pathToFileURL(file).href);
  expect(digitOf(sevens(1), model)).toEqual({ digit: '7', sure: true, sideBySide: 1 });
  expect(digitOf(sevens(3), model)).toMatchObject({ sure: false, sideBySide: 3 });
});
