/**
 * "Not sure" from end to end: a run that calibrates its models, digits that it is sure of, and letters and scribbles that it mostly is
 * not.
 *
 * @module-tag exhaustive
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { encodePng } from '@longhand/datasets/node';
import { classifierOf, type PageModel } from '@longhand/exporters';
import { prepareDigit } from '@longhand/handwriting';
import { type Classifier, classifier, decodeModel, doubtOf, type Model } from '@longhand/training';
import { beforeAll, expect, test } from 'vitest';
import { type RenderedDrawing, renderedLetters, renderedScribbles } from '../../fixtures/rendered-digits/no-digits';
import { longhand } from '../../testing/command-in-process';
import { at } from '../../testing/test-folder';

/** Every third of all letters by all hands. */
const someLetters = [...renderedLetters({ seed: 3, rounds: 1 })].filter((_, k) => k % 3 === 0);
const file = 'runs/calibrated/best.safetensors';
let model: Model;
let images: Classifier;

beforeAll(async () => {
  const options = ['--epochs', '1', '--validation', '5000', '--name', 'calibrated', '--quiet'];
  expect(await longhand(['train', ...options])).toMatchObject({ code: 0, stderr: '' });
  model = decodeModel(readFileSync(at(file)), file);
  images = classifier(model);
});

function prepared(drawings: Iterable<RenderedDrawing>): Uint8Array[] {
  return [...drawings].flatMap(({ picture }) => {
    try {
      return [prepareDigit(picture).image];
    } catch {
      // Nothing was found in it, which is said.
      return [];
    }
  });
}

/** The part of the images that the model is not sure of. */
function notSure(of: readonly Uint8Array[]): number {
  const doubts = images.classify(of).filter((probabilities) => doubtOf(probabilities, model.calibration) !== undefined);
  return doubts.length / of.length;
}

test('most digits are sure, and nearly all of those right', async () => {
  const { coverage, accuracy } = JSON.parse((await longhand(['evaluate', 'runs/calibrated', '--json'])).stdout);
  expect(coverage.sure / coverage.images).toBeGreaterThan(0.92);
  expect(coverage.accuracy).toBeGreaterThan(0.993);
  expect(coverage.accuracy).toBeGreaterThan(accuracy);
  const { stdout } = await longhand(['evaluate', 'runs/calibrated']);
  expect(stdout).toMatch(/^coverage {2}9\d\.\d\d % are sure \(from [89]\d\.\d % on\), 99\.\d\d % of them correct$/m);
});

test('letters and scribbles are mostly not sure, far more often than by 80 % alone', () => {
  const drawings = {
    letters: prepared(someLetters),
    scribbles: prepared(renderedScribbles({ seed: 3, count: 70 })),
  };
  const { calibration: _, ...plain } = model;
  const uncalibrated = classifier(plain);
  for (const of of Object.values(drawings)) {
    const before = uncalibrated.classify(of).filter((probabilities) => doubtOf(probabilities) !== undefined).length;
    expect(notSure(of)).toBeGreaterThan(0.6);
    expect(notSure(of)).toBeGreaterThan(before / of.length + 0.05);
  }
});

test('both models of the run are calibrated, and their weights are those of the checkpoint', () => {
  const last = decodeModel(readFileSync(at('runs/calibrated/last.safetensors')), 'last');
  expect(last.calibration).toEqual(model.calibration);
  expect(model.calibration).toMatchObject({ version: 1, images: 5000, data: 'MNIST train, validation' });
});

test('what is not sure is said in a line, in JSON and in the table, with the reason', async () => {
  const all = someLetters;
  const doubts = images.classify(prepared(all)).map((probabilities) => doubtOf(probabilities, model.calibration));
  const letter = all[doubts.indexOf('similarity')];
  writeFileSync(at('letter.png'), encodePng(letter.picture));
  const predict = async (...options: string[]): Promise<string> =>
    (await longhand(['predict', 'letter.png', '--model', file, ...options])).stdout;
  expect(await predict()).toMatch(/^letter\.png: not sure, perhaps (\d) {2}\(\d\d\.\d %, but unlike other \1\)$/m);
  expect(JSON.parse(await predict('--json'))).toMatchObject({ sure: false, doubt: 'similarity' });
  await predict('--csv', 'letter.csv', '--force');
  expect(readFileSync(at('letter.csv'), 'utf8').split('\r\n')[1]).toMatch(/^letter\.png,\d,[\d.]+,false,/);
  const { threshold = 0 } = model.calibration ?? {};
  expect(await predict()).toContain(`sure from ${(100 * threshold).toFixed(1)} % on`);
});

test('the exported page doubts what predict doubts', async () => {
  expect(await longhand(['export', file, '--output', 'page.html'])).toMatchObject({ code: 0 });
  const page = readFileSync(at('page.html'), 'utf8');
  const text = /<script type="application\/json" id="model">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  const classify = classifierOf(JSON.parse(text) as PageModel);
  for (const image of prepared(someLetters.slice(0, 20))) {
    const [probabilities] = images.classify([image]);
    const found = classify(image);
    expect(found.doubt).toBe(doubtOf(probabilities, model.calibration));
    for (const [k, p] of probabilities.entries()) expect(found.probabilities[k]).toBeCloseTo(p, 4);
  }
});
