/** What leaves is what was trained: all 10,000 test digits are read alike from the exported files. */
import { readFileSync } from 'node:fs';
import { channelNormalizations, type ImageDataset, type LabelArray, subset } from '@longhand/datasets';
import { readSafetensors } from '@longhand/formats';
import { referenceKernels } from '@longhand/kernels';
import { loadMnist } from '@longhand/mnist/node';
import { decodeModel, type Evaluation, evaluate, parametersOfStateDict, quantizedModel } from '@longhand/training';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { fixtureFile, fixtureModel } from '../../testing/fixture-model';
import { at } from '../../testing/test-folder';

env.wasm.numThreads = 1;

const dataset = loadMnist({ split: 'test' });
let expected: LabelArray;
beforeAll(async () => {
  expected = (await evaluate({ ...fixtureModel, dataset })).predicted;
});

async function exported(name: string, ...options: string[]): Promise<Uint8Array> {
  expect(await longhand(['export', fixtureFile, '--output', name, ...options])).toMatchObject({ code: 0, stderr: '' });
  return readFileSync(at(name));
}

/** What onnxruntime makes of images, a row of ten for each. */
async function rowsOf(
  session: InferenceSession,
  { images, count }: ImageDataset,
  inside: boolean,
): Promise<Float32Array> {
  const [{ mean, std }] = channelNormalizations('fixture', fixtureModel.normalization, 1);
  const x = Float32Array.from(images, (byte) => (inside ? byte / 255 : (byte / 255 - mean) / std));
  const results = await session.run({ input: new Tensor('float32', x, [count, 1, 28, 28]) });
  return results[inside ? 'probabilities' : 'logits']?.data as Float32Array;
}

function indexOfLargest(row: Float32Array): number {
  return row.indexOf(Math.max(...row));
}

test.each([
  ['logits of normalized pixels', []],
  ['probabilities of pixels', ['--softmax', '--normalization', 'inside', '--opset', '13']],
])('ONNX, %s', async (_, options) => {
  const inside = options.length > 0;
  const session = await InferenceSession.create(await exported(inside ? 'inside.onnx' : 'outside.onnx', ...options));
  const predicted = new Uint8Array(dataset.count);
  for (let from = 0; from < dataset.count; from += 500) {
    const rows = await rowsOf(session, subset(dataset, { from, to: from + 500 }), inside);
    for (let image = 0; image < 500; image++) {
      predicted[from + image] = indexOfLargest(rows.subarray(10 * image, 10 * image + 10));
    }
  }
  await session.release();
  expect(predicted).toEqual(expected);
});

test('ONNX, the same logits to 1e-5', async () => {
  const session = await InferenceSession.create(await exported('logits.onnx'));
  const rows = await rowsOf(session, subset(dataset, { from: 0, to: 50 }), false);
  await session.release();
  const { network, parameters } = fixtureModel;
  const [{ mean, std }] = channelNormalizations('fixture', fixtureModel.normalization, 1);
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 50, mode: 'evaluate' });
  for (let image = 0; image < 50; image++) {
    for (let pixel = 0; pixel < 784; pixel++) {
      const byte = dataset.images[image * 784 + pixel] ?? 0;
      pass.input[pixel * 50 + image] = (byte / 255 - mean) / std;
    }
  }
  pass.forward();
  const farthest = rows.reduce((most, logit, k) => {
    const own = pass.output[(k % 10) * 50 + Math.floor(k / 10)] ?? Number.NaN;
    // A logit of 20 has fewer digits behind the point.
    return Math.max(most, Math.abs(logit - own) / Math.max(1, Math.abs(own)));
  }, 0);
  expect(farthest).toBeLessThan(1e-5);
});

test('int8: onnxruntime predicts what Longhand does of the same integers, within 0.1 points of float32', async () => {
  const { evaluation, quantized } = await quantizedEvaluation();
  const session = await InferenceSession.create(await exported('int8.onnx', '--quantize', 'int8'));
  const predicted = new Uint8Array(dataset.count);
  for (let from = 0; from < dataset.count; from += 500) {
    const rows = await rowsOf(session, subset(dataset, { from, to: from + 500 }), false);
    for (let image = 0; image < 500; image++) {
      predicted[from + image] = indexOfLargest(rows.subarray(10 * image, 10 * image + 10));
    }
  }
  await session.release();
  expect(predicted).toEqual(quantized.predicted);
  expect(Math.abs(quantized.accuracy - evaluation.accuracy)).toBeLessThan(0.001);
  const own = decodeModel(await exported('int8.safetensors', '--quantize', 'int8'), 'int8');
  expect((await evaluate({ ...own, dataset })).predicted).toEqual(quantized.predicted);
});

async function quantizedEvaluation(): Promise<Record<'evaluation' | 'quantized', Evaluation>> {
  const evaluation = await evaluate({ ...fixtureModel, dataset });
  return { evaluation, quantized: await evaluate({ ...quantizedModel(fixtureModel), dataset }) };
}

test('safetensors, as a program that knows nothing of longhand reads them', async () => {
  const { tensors } = readSafetensors(await exported('foreign.safetensors'));
  const parameters = parametersOfStateDict(tensors, fixtureModel.network, 'foreign.safetensors');
  const { predicted } = await evaluate({ ...fixtureModel, parameters, dataset });
  expect(predicted).toEqual(expected);
});
