/**
 * Files written by Longhand 0.1.0 before its words changed (`deviation`, `plainEnd`) load, with equal results up to rounding: kernels
 * have been rounding otherwise since.
 */
import { readFileSync } from 'node:fs';
import { augmentation, imageDataset } from '@longhand/datasets';
import { adamw, oneCycle, weightAverage } from '@longhand/optimizers';
import { expect, test } from 'vitest';
import { decodeCheckpoint } from './checkpoint';
import { evaluate } from './evaluate';
import { decodeOnnxModel } from './exchange/onnx-file';
import { decodeModel, encodeModel } from './model-file';
import { TrainingRun } from './training-run';

const file = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/earlier/${name}`, import.meta.url));
const figures = JSON.parse(new TextDecoder().decode(file('figures.json')));

/** The images that the files were made with, by the formula of `make-earlier-files.mjs.txt`. */
const dataset = imageDataset({
  name: 'formula',
  images: Uint8Array.from({ length: 40 * 64 }, (_, k) => (k * k * 31 + (k >> 6) * 17) % 256),
  labels: Uint8Array.from({ length: 40 }, (_, index) => index % 3),
  height: 8,
  width: 8,
});
const model = decodeModel(file('model.safetensors'), 'model');

test('a model file gives the same parameters and the same outputs', async () => {
  expect(Object.values(model.normalization)).toEqual([0.4, 0.25]);
  expect(model.classes).toEqual(['a', 'b', 'c']);
  expect(model.training).toEqual({ seed: 7 });
  expect([...model.parameters.values]).toEqual(figures.values);
  const { loss, confusion, probability } = await evaluate({ ...model, dataset });
  expect(confusion).toEqual(figures.confusion);
  expect(Math.abs(loss - figures.loss)).toBeLessThan(1e-6);
  expect(largestDifference(probability, figures.probability)).toBeLessThan(1e-6);
});

function largestDifference(values: ArrayLike<number>, expected: readonly number[]): number {
  expect(values).toHaveLength(expected.length);
  return Math.max(...Array.from(values, (value, at) => Math.abs(value - expected[at])));
}

test('a model that was loaded and saved again loads as the same', () => {
  const again = decodeModel(encodeModel(model), 'again');
  expect(again.normalization).toEqual(model.normalization);
  expect(again.parameters.values).toEqual(model.parameters.values);
});

test('an ONNX file with its metadata gives the same model', () => {
  const { network, parameters, normalization, classes } = decodeOnnxModel(file('model.onnx'), 'model.onnx');
  expect(network.layers.map(({ name }) => name)).toEqual(['conv', 'silu', 'pool', 'flatten', 'fc']);
  expect(parameters.values).toEqual(model.parameters.values);
  expect(normalization).toEqual(model.normalization);
  expect(classes).toEqual(model.classes);
});

test('a checkpoint resumes with the same weights at the end', async () => {
  const { state, record } = decodeCheckpoint(file('checkpoint.safetensors'), 'checkpoint');
  expect(state.steps).toBe(3);
  expect(record).toEqual({ epochs: [{ epoch: 1, loss: 1 }] });
  const run = new TrainingRun(
    {
      network: model.network,
      dataset,
      normalization: model.normalization,
      optimizer: adamw({ learningRate: 0.02 }),
      schedule: oneCycle(),
      augmentation: augmentation({ shift: 1, rotation: 5 }),
      closeAugmentation: 0.25,
      labelSmoothing: 0.1,
      averaging: weightAverage({ decay: 0.9 }),
      epochs: 4,
      batchSize: 20,
      seed: 7,
    },
    state,
  );
  for await (const _ of run.steps());
  expect(largestDifference((await run.state()).values, figures.values)).toBeLessThan(1e-5);
  await run.end();
});
