/** Models that TensorFlow.js wrote: recognized, and computing what it computes; and what is refused, in one line. */
import { readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { images } from '../../fixtures/onnx-files';
import { FormatError } from '../format-error';
import type { OnnxLayer } from '../onnx/layer';
import { layersOfOnnx } from '../onnx/layers-from-onnx';
import { decodeTfjs, isTfjsModel } from './tfjs-model';

const folder = new URL('../../fixtures/tfjs/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const { files } = JSON.parse(readFileSync(new URL('figures.json', folder), 'utf8')) as {
  files: Record<string, { inputShape: number[]; output: number[][] }>;
};
const networkOf = (name: string, bytes = bytesOf(name)) =>
  layersOfOnnx(decodeTfjs(bytes, name, { external: bytesOf }), name);
const outline = (layers: readonly OnnxLayer[]): string =>
  layers.map((layer) => ('name' in layer ? layer.name : layer.kind)).join(' ');

test.each(Object.entries(files))("%s gives TensorFlow.js's figures", (name, { inputShape, output }) => {
  const { layers, inputShape: shape } = networkOf(name);
  expect(shape).toEqual(inputShape);
  const size = inputShape.reduce((product, extent) => product * extent, 1);
  const x = images(2, inputShape);
  for (const [image, expected] of output.entries()) {
    const given = naiveNetwork(layers, inputShape, [...x.subarray(image * size, (image + 1) * size)]);
    expect(given).toHaveLength(expected.length);
    for (const [k, value] of given.entries()) expect(Math.abs(value - expected[k]), `${k}`).toBeLessThan(1e-5);
  }
});

test.each([
  [
    'sequence.json',
    'conv2d_Conv2D1 relu batch_normalization_BatchNormalization1 leakyRelu depthwise_conv2d_DepthwiseConv2D1 silu averagePool separable_conv2d_SeparableConv2D1_depthwise separable_conv2d_SeparableConv2D1 tanh flatten batch_normalization_BatchNormalization2 dropout dense_Dense1 relu6 dense_Dense2 softmax',
  ],
  ['branches.json', 'normalization conv2d_Conv2D2 residual relu maxPool globalAveragePool flatten dense_Dense3'],
  ['nested.json', 'conv1d_Conv1D1 relu maxPool flatten dense_Dense4'],
])('the layers of %s', (name, layers) => {
  expect(outline(networkOf(name).layers)).toBe(layers);
});

describe('a zip', () => {
  const members = (within: string) =>
    Object.fromEntries(
      ['sequence.json', 'sequence-shard1of2.bin', 'sequence-shard2of2.bin'].map((name) => [
        `${within}${name === 'sequence.json' ? 'model.json' : name}`,
        bytesOf(name),
      ]),
    );

  test.each([
    ['compressed', '', 9],
    ['stored', '', 0],
    ['of the folder, compressed', 'web/', 6],
  ] as const)('%s', (_, within, level) => {
    const zip = zipSync(members(within), { level });
    expect(networkOf('a.zip', zip)).toEqual(networkOf('sequence.json'));
  });

  test('without one of its shards', () => {
    const { 'sequence-shard2of2.bin': _, ...rest } = members('');
    expect(() => decodeTfjs(zipSync(rest), 'a.zip')).toThrow(
      new FormatError('a.zip: expected the shard "sequence-shard2of2.bin" in the zip, got none; pack it again'),
    );
  });

  test('of a bomb', () => {
    const zip = zipSync({ ...members(''), 'model.json': strToU8(' '.repeat(17_000_000)) }, { level: 9 });
    expect(() => decodeTfjs(zip, 'a.zip')).toThrow(
      /^a\.zip: expected at most 16,000,000 bytes of JSON, got 17,000,000; /,
    );
  });
});

test('files of TensorFlow.js are known by their beginning', () => {
  for (const name of Object.keys(files)) expect(isTfjsModel(bytesOf(name)), name).toBe(true);
  expect(isTfjsModel(strToU8('{"layers":[]}'))).toBe(false);
});

describe('refuses', () => {
  interface LayerJson {
    class_name: string;
    config: Record<string, unknown>;
  }
  interface Json {
    format: string;
    modelTopology: { class_name: string; config: { layers: LayerJson[] } };
    weightsManifest: [{ paths: string[]; weights: { name: string; shape: number[] }[] }];
    weightSpecs?: unknown;
    weightData?: unknown;
  }
  const given = JSON.parse(readFileSync(new URL('nested.json', folder), 'utf8')) as Json;
  const changed = (change: (json: Json) => void): Uint8Array => {
    const json = structuredClone(given);
    change(json);
    return strToU8(JSON.stringify(json));
  };
  const layersOf = (json: Json): LayerJson[] => json.modelTopology.config.layers;

  test.each<[string, (json: Json) => void, string | RegExp]>([
    [
      'a graph model',
      (json) => {
        json.format = 'graph-model';
      },
      'expected a layers model of TensorFlow.js, got a graph model, which has operators of TensorFlow in place of layers; convert the Keras model that it was made of with tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model, or export it as ONNX',
    ],
    [
      'a layer that is not known',
      (json) => {
        layersOf(json)[1].class_name = 'LSTM';
      },
      /^file: layer "flatten_Flatten2" \(LSTM\): expected one of the layers that this project knows: Conv1D, /,
    ],
    [
      'an activation that is not known',
      (json) => {
        layersOf(json)[2].config.activation = 'softsign';
      },
      /^file: layer "dense_Dense4" \(Dense\): expected one of the activations linear, .*, got "softsign"$/,
    ],
    [
      'a weight without its layer',
      (json) => {
        json.weightsManifest[0].weights[0].name = 'other/kernel';
      },
      'layer "conv1d_Conv1D1" (Conv1D): expected its weight "kernel", got "bias"; save the model again',
    ],
    [
      'a shard outside the folder',
      (json) => {
        json.weightsManifest[0].paths = ['../elsewhere.bin'];
      },
      'expected its weights in its folder, got a reference to "../elsewhere.bin"; save it again',
    ],
    [
      'a shard twice',
      (json) => {
        json.weightsManifest[0].paths.push(json.weightsManifest[0].paths[0]);
      },
      'expected every shard once, got "nested-shard1of1.bin" twice',
    ],
    [
      'too few bytes',
      (json) => {
        json.weightsManifest[0].weights[0].shape = [3, 3, 4000];
      },
      'weight "conv1d_Conv1D1/kernel": expected 36000 numbers from byte 0 on, got 608 bytes in all; fetch all shards again',
    ],
    [
      'too many bytes',
      (json) => {
        json.weightsManifest[0].weights.pop();
      },
      'expected 592 bytes of weights, got 608; are these the shards of this model?',
    ],
    [
      'artifacts without bytes',
      (json) => {
        json.weightSpecs = json.weightsManifest[0].weights;
        json.weightData = {};
      },
      'expected weightData as base64, got {}, which is all that JSON.stringify makes of an ArrayBuffer; write it as base64',
    ],
    [
      'a class of one’s own',
      (json) => {
        json.modelTopology.class_name = 'Mine';
      },
      'expected a Sequential or a Functional model, got the class "Mine"; a class of one\'s own is code, so export it as ONNX',
    ],
  ])('%s', (_, change, message) => {
    const decoded = () => decodeTfjs(changed(change), 'file', { external: bytesOf });
    expect(decoded).toThrow(FormatError);
    expect(decoded).toThrow(typeof message === 'string' ? new FormatError(`file: ${message}`) : message);
  });

  test('other JSON', () => {
    expect(() => decodeTfjs(strToU8('[]'), 'file')).toThrow(
      new FormatError('file: expected a model of TensorFlow.js with a modelTopology, got other JSON'),
    );
  });
});
