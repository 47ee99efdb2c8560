/** Evaluation of a network whose outputs are known. */
import { type ImageDataset, imageDataset, subset } from '@longhand/datasets';
import { dense, flatten, relu, sequential } from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { evaluate } from './evaluate';
import { TrainingRun } from './training-run';

/** Classifies a pixel below 64 as 0, up to 191 as 1, above as 2: the logits are three lines, of which one is on top. */
const network = sequential({ input: [1, 1, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 3 }) } });
const parameters = network.zeros();
parameters.get('fc.weight').data.set([0, 1, 2]);
parameters.get('fc.bias').data.set([0, -0.25, -1]);

test('counts the confusion matrix', async () => {
  // Twenty images, so that the last micro-batch is not full.
  const images = Uint8Array.from([0, 10, 100, 128, 255, 200, 60, 70, 190, 192, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]);
  const labels = Uint8Array.from([0, 0, 1, 1, 2, 2, 1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
  const dataset = imageDataset({ name: 'gray', images, labels, height: 1, width: 1, classes: 3 });
  const result = await evaluate({ network, parameters, dataset, normalization: { mean: 0, std: 1 } });
  expect(result.confusion).toEqual([
    [10, 1, 1],
    [1, 2, 0],
    [0, 1, 4],
  ]);
  expect(result.count).toBe(20);
  expect(result.correct).toBe(16);
  expect(result.accuracy).toBe(0.8);
  expect(result.standardError).toBeCloseTo(Math.sqrt((0.8 * 0.2) / 20), 15);
  expect([...result.predicted]).toEqual([0, 0, 1, 1, 2, 2, 0, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2]);
});

test('gives the probability of each prediction, for any number of threads', async () => {
  const images = Uint8Array.from({ length: 37 }, (_, index) => (index * 7) % 256);
  const dataset = imageDataset({ name: 'gray', images, labels: new Uint8Array(37), height: 1, width: 1, classes: 3 });
  for (const threads of [1, 3]) {
    const result = await evaluate({
      network,
      parameters,
      dataset,
      normalization: { mean: 0, std: 1 },
      threads,
    });
    for (const [index, pixel] of images.entries()) {
      const logits = [0, pixel / 255 - 0.25, (2 * pixel) / 255 - 1];
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      expect(result.predicted[index]).toBe(logits.indexOf(largest));
      expect(result.probability[index]).toBeCloseTo(1 / sum, 6);
    }
  }
});

test('evaluates the pixels as they are now, also where a buffer was changed', async () => {
  const images = new Uint8Array(3);
  const dataset = imageDataset({ name: 'gray', images, labels: new Uint8Array(3), height: 1, width: 1, classes: 3 });
  const predict = async (): Promise<number[]> => {
    const { predicted } = await evaluate({ network, parameters, dataset, normalization: { mean: 0, std: 1 } });
    return [...predicted];
  };
  expect(await predict()).toEqual([0, 0, 0]);
  images.set([255, 128, 0]);
  expect(await predict()).toEqual([2, 1, 0]);
});

test('parameters of another network are refused', async () => {
  const larger = sequential({ input: [1, 1, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 4 }) } });
  const dataset = imageDataset({
    name: 'one',
    images: Uint8Array.of(0),
    labels: Uint8Array.of(0),
    height: 1,
    width: 1,
  });
  const options = { network, parameters: larger.zeros(), dataset, normalization: { mean: 0, std: 1 } };
  const message = 'expected 6 numbers as parameters of this network, got 8';
  await expect(evaluate(options)).rejects.toThrow(`evaluate: ${message}`);
  const optimizer = sgd({ learningRate: 1 });
  expect(() => new TrainingRun({ ...options, optimizer, epochs: 1, batchSize: 1, seed: 1 })).toThrow(
    `train: ${message}`,
  );
});

test('the loss is the mean of every image’s', async () => {
  const dataset = imageDataset({
    name: 'two',
    images: Uint8Array.of(0, 255),
    labels: Uint8Array.of(0, 1),
    height: 1,
    width: 1,
  });
  const { loss } = await evaluate({ network, parameters, dataset, normalization: { mean: 0, std: 1 } });
  const costOf = (logits: number[], label: number): number =>
    Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[label];
  expect(loss).toBeCloseTo((costOf([0, -0.25, -1], 0) + costOf([0, 0.75, 1], 1)) / 2, 6);
});

test('what is said of an image on pixels does not depend on the images around it', async () => {
  const perceptron = sequential({
    input: [9, 9, 1],
    layers: { flatten: flatten(), fc1: dense({ outFeatures: 40 }), relu: relu(), fc2: dense({ outFeatures: 3 }) },
  });
  // Drawings and, from the middle on, photographs: the former by lists, the latter with all pixels, and both in one micro-batch.
  const count = 56;
  const random = seededRandom('images');
  const images = Uint8Array.from({ length: count * 81 }, (_, at) =>
    at < (count / 2) * 81 && random.integer(5) > 0 ? 0 : random.integer(256),
  );
  const dataset = imageDataset({
    name: 'both',
    images,
    labels: new Uint8Array(count),
    height: 9,
    width: 9,
    classes: 3,
  });
  const own = perceptron.initialize(random);
  const probabilitiesOf = async (part: ImageDataset, threads: number): Promise<number[]> => {
    let all: number[] = [];
    const keep = ({ probabilities }: { readonly probabilities: Float32Array }): number => {
      all = [...probabilities];
      return 0;
    };
    const normalization = { mean: 0.2, std: 0.3 };
    await evaluate({ network: perceptron, parameters: own, dataset: part, normalization, metrics: { keep }, threads });
    return all;
  };
  const together = await probabilitiesOf(dataset, 0);
  expect(await probabilitiesOf(dataset, 2)).toEqual(together);
  for (const image of [0, 20, 27, 28, 40, 55]) {
    const alone = await probabilitiesOf(subset(dataset, { from: image, to: image + 1 }), 0);
    expect(alone, `image ${image}`).toEqual(together.slice(3 * image, 3 * image + 3));
  }
});
