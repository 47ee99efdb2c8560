/** Single images classified as by `evaluate`, and gradients and occlusion against their definitions. */
import { DatasetError, subset } from '@longhand/datasets';
import { type Kernels, referenceKernels, type SimdKernels } from '@longhand/kernels';
import { lenetDocumented, networkFrom } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { classifier, occlusionMap } from './classifier';
import { evaluate } from './evaluate';
import { lendKernels } from './workers/memory-stock';

const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 37 });
const network = lenetDocumented({ activation: 'tanh', pooling: 'mean' });
const model = { network, parameters: network.initialize(seededRandom(3)), normalization: mnistNormalization };
const image = (index: number): Uint8Array => dataset.images.subarray(index * 784, (index + 1) * 784);
const images = Array.from({ length: dataset.count }, (_, index) => image(index));

test('classifies as evaluate does, also more images than a micro-batch has', async () => {
  const { predicted, probability } = await evaluate({ ...model, dataset, threads: 1 });
  const classified = classifier(model).classify(images);
  expect(classified.length).toBe(37);
  classified.forEach((probabilities, index) => {
    expect(Math.max(...probabilities)).toBeCloseTo(probability[index], 6);
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(predicted[index]);
    expect(probabilities.reduce((sum, part) => sum + part)).toBeCloseTo(1, 5);
  });
});

test('predicts probabilities with the logits that they are made of, more images than a micro-batch has', () => {
  const own = classifier(model);
  const predictions = own.predict(images);
  expect(predictions.map(({ probabilities }) => probabilities)).toEqual(own.classify(images));
  expect(predictions.map(({ logits }) => logits)).toEqual(images.map((each) => own.layerOutputs(each).at(-1)?.values));
});

test.each(['softmax', 'sigmoid'])('a %s at the end gives the probabilities, and no second softmax is taken', (kind) => {
  const layers = ['flatten', { kind: 'dense', outFeatures: 10 }, kind];
  const closed = networkFrom({ input: [28, 28, 1], layers });
  const own = classifier({ ...model, network: closed, parameters: closed.initialize(seededRandom(4)) });
  const [probabilities] = own.classify([image(0)]);
  expect(probabilities).toEqual(own.layerOutputs(image(0)).at(-1)?.values);
  expect(own.predict([image(0)])).toEqual([{ probabilities, logits: undefined }]);
});

test('the layers’ outputs are those of the reference kernels, each under its name', () => {
  const [vectors, plain] = [classifier(model), classifier(model, referenceKernels)].map((each) =>
    each.layerOutputs(image(5)),
  );
  expect(vectors.map(({ name, symbol, shape }) => [name, symbol, shape.join('×')])).toEqual([
    ['conv1', 'k¹, b¹', '24×24×6'],
    ['tanh1', 'C¹', '24×24×6'],
    ['pool1', 'P¹', '12×12×6'],
    ['conv2', 'k², b²', '8×8×12'],
    ['tanh2', 'C²', '8×8×12'],
    ['pool2', 'P²', '4×4×12'],
    ['flatten', 'v', '192'],
    ['fc', 'w, b → o', '10'],
  ]);
  vectors.forEach(({ values }, at) => {
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(plain[at].values[k], 4);
    });
  });
});

test('the outputs of the layers within a block come before the block’s, in evaluation mode', () => {
  const layers = [
    { kind: 'conv2d', outChannels: 2, kernel: 3, stride: 4 },
    { kind: 'residual', body: ['batchNorm', { kind: 'dropout', rate: 0.5 }], shortcut: ['tanh'] },
    'flatten',
    { kind: 'dense', outFeatures: 10 },
  ];
  const blocks = networkFrom({ input: [28, 28, 1], layers });
  const parameters = blocks.initialize(seededRandom(4));
  parameters.get('block.body.bn.running_var').data.fill(0.25 - 1e-5);
  const outputs = new Map(
    classifier({ ...model, network: blocks, parameters })
      .layerOutputs(image(0))
      .map(({ name, values }) => [name, values]),
  );
  const names = ['conv', 'block.body.bn', 'block.body.dropout', 'block.shortcut.tanh', 'block', 'flatten', 'fc'];
  expect([...outputs.keys()]).toEqual(names);
  const [conv, bn, dropped, tanh, sum] = names.map((name) => outputs.get(name) ?? new Float32Array());
  expect(dropped).toEqual(bn);
  conv.forEach((value, at) => {
    expect(bn[at]).toBeCloseTo(2 * value, 4);
    expect(sum[at]).toBeCloseTo(bn[at] + tanh[at], 5);
  });
});

test('the gradient at the input is the central difference of the logit over one gray level', () => {
  const prepared = classifier(model, referenceKernels);
  const gradient = prepared.inputGradient(image(0), 4);
  const score = (changed: Uint8Array): number => prepared.layerOutputs(changed)[7].values[4];
  const middle = image(0).map((value) => Math.min(Math.max(value, 1), 254));
  const at = (pixel: number, by: number): Uint8Array => middle.map((value, k) => (k === pixel ? value + by : value));
  const gradientOfMiddle = prepared.inputGradient(middle, 4);
  for (const pixel of [300, 406, 407, 500]) {
    const difference = (score(at(pixel, 1)) - score(at(pixel, -1))) / (2 / 255);
    expect(gradientOfMiddle[pixel]).toBeCloseTo(difference, 2);
  }
  expect(gradient.length).toBe(784);
});

describe('memory', () => {
  test('is shared by classifiers, and given back', () => {
    const { kernels, giveBack } = lendKernels();
    const before = (kernels as SimdKernels).bytesInUse();
    const expected = classifier(model).classify([image(0)]);
    const first = (kernels as SimdKernels).bytesInUse();
    expect(first).toBeGreaterThan(before);
    for (let turn = 0; turn < 300; turn++) {
      using own = classifier(model);
      if (turn % 100 === 0) expect(own.classify([image(0)])).toEqual(expected);
    }
    expect((kernels as SimdKernels).bytesInUse()).toBe(first);
    giveBack();
  });

  test('of forgotten classifiers does not fill up for others', () => {
    const sets = new Set<Kernels>();
    for (let turn = 0; turn < 8; turn++) {
      const { kernels } = lendKernels();
      kernels.allocateBytes(100 * 2 ** 20);
      sets.add(kernels);
    }
    expect(sets.size).toBe(3);
  });

  test('is the next run’s after the last classifier', () => {
    // The set of the other tests becomes too full to be shared.
    lendKernels().kernels.allocateBytes(2 ** 28);
    const { kernels, giveBack } = lendKernels();
    const other = lendKernels();
    expect(other.kernels).toBe(kernels);
    const array = kernels.allocate('float32', 1).fill(1);
    giveBack();
    giveBack();
    expect(array[0]).toBe(1);
    other.giveBack();
    expect(array[0]).toBe(0);
    expect(lendKernels().kernels).not.toBe(kernels);
  });

  test('given back is not used any more', () => {
    const own = classifier(model);
    own.release();
    own.release();
    const message = 'classifier: expected one in use, got one that has been released; prepare another';
    expect(() => own.classify([image(0)])).toThrow(message);
    expect(() => own.layerOutputs(image(0))).toThrow(message);
    expect(() => own.inputGradient(image(0), 1)).toThrow(message);
  });
});

test('pixels that are no bytes are refused', () => {
  expect(() => classifier(model).classify([new Float32Array(784) as never])).toThrow(
    new DatasetError(
      'image: expected pixels as bytes in a Uint8Array, got a Float32Array; give Uint8Array.from(pixels)',
    ),
  );
});

test('an occlusion hides a square around each pixel, cut at the edges', () => {
  const seen: Uint8Array[] = [];
  const counting = {
    classify: (hidden: readonly Uint8Array[]) => {
      seen.push(...hidden);
      return hidden.map((bytes) =>
        Float32Array.of(
          0,
          bytes.reduce((sum, byte) => sum + byte, 0),
        ),
      );
    },
  };
  const white = new Uint8Array(20).fill(1);
  const map = occlusionMap(counting, { image: white, height: 4, width: 5, classIndex: 1, patch: 3 });
  expect([...map]).toEqual([16, 14, 14, 14, 16, 14, 11, 11, 11, 14, 14, 11, 11, 11, 14, 16, 14, 14, 14, 16]);
  expect([...seen[0]]).toEqual([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, ...Array(10).fill(1)]);
});

test('an occlusion of an image in color hides all channels of a pixel, with the paint that is given', () => {
  const seen: Uint8Array[] = [];
  const classify = (hidden: readonly Uint8Array[]): Float32Array[] => {
    seen.push(...hidden);
    return hidden.map(() => Float32Array.of(0));
  };
  const image = Uint8Array.from({ length: 3 * 3 * 3 }, (_, k) => 100 + k);
  const map = occlusionMap({ classify }, { image, height: 3, width: 3, classIndex: 0, patch: 1, paint: [7, 8, 9] });
  expect(map.length).toBe(9);
  expect([...seen[4]]).toEqual([...image.subarray(0, 12), 7, 8, 9, ...image.subarray(15)]);
});

test('an image of another size and a class out of range are refused', () => {
  const prepared = classifier(model);
  expect(() => prepared.classify([new Uint8Array(5)])).toThrow('image: expected 784 bytes for [28, 28, 1], got 5');
  expect(() => prepared.inputGradient(image(0), 10)).toThrow('inputGradient: expected a class from 0 to 9, got 10');
});
