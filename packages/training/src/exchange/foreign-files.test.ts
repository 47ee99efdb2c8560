/** Files that PyTorch wrote: their networks come in, and read images as PyTorch does. */
import { readFileSync } from 'node:fs';
import { referenceKernels } from '@longhand/kernels';
import {
  describeNetwork,
  lenetDocumented,
  type Network,
  type NetworkParameters,
  networkFrom,
  presets,
  summary,
} from '@longhand/layers';
import { type Tensor, tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../model-file';
import { ModelError } from '../model-settings';
import { decodeOnnxModel } from './onnx-file';
import { matchStateDict, parametersOfStateDict, presetOfStateDict, readStateDict } from './state-dict';

const folder = new URL('../../fixtures/foreign/', import.meta.url);
const figures = JSON.parse(readFileSync(new URL('figures.json', folder), 'utf8')) as Record<string, number[][]>;
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, folder));
const tensorsOf = (name: string): Map<string, Tensor> => readStateDict(bytesOf(name), name).tensors;

/** The logits of the three images that the figures were made with. */
function logitsOf(network: Network, parameters: NetworkParameters): number[][] {
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 3, mode: 'evaluate' });
  for (let image = 0; image < 3; image++) {
    for (let pixel = 0; pixel < 784; pixel++) {
      const byte = (37 * (image * 784 + pixel) + 11) % 256;
      pass.input[pixel * 3 + image] = (byte / 255 - 0.1307) / 0.3081;
    }
  }
  pass.forward();
  return [0, 1, 2].map((image) => Array.from({ length: 10 }, (_, k) => pass.output[k * 3 + image]));
}

function expectFigures(name: string, network: Network, parameters: NetworkParameters): void {
  const got = logitsOf(network, parameters);
  for (const [image, logits] of figures[name].entries()) {
    for (const [k, logit] of logits.entries())
      expect(Math.abs(got[image][k] - logit), `${name}: ${k}`).toBeLessThan(1e-5);
  }
}

/** `conv1`, `bn1` and so on, without biases where a normalization follows. */
const conv = (name: string, outChannels: number, options: object = { padding: 1 }) => {
  return { name, kind: 'conv2d', outChannels, kernel: 3, bias: false, ...options };
};
const batchNorm = (name: string, options: object = {}) => ({ name, kind: 'batchNorm', ...options });
const block = (name: string, maps: number, { stride = 1, shortcut = [] as object[] } = {}) => ({
  name,
  kind: 'residual',
  body: [
    conv('conv1', maps, { padding: 1, ...(stride === 1 ? {} : { stride }) }),
    batchNorm('bn1'),
    'relu',
    conv('conv2', maps),
    batchNorm('bn2'),
  ],
  ...(shortcut.length === 0 ? {} : { shortcut }),
});
const projection = { kernel: 1, stride: 2 };

/** torchvision's kind of ResNet, with the names that its modules have. */
const resnet = networkFrom({
  input: [28, 28, 1],
  layers: [
    conv('conv1', 4, { stride: 2, padding: 1 }),
    batchNorm('bn1'),
    'relu',
    block('layer1_0', 4),
    'relu',
    block('layer1_1', 4),
    'relu',
    block('layer2_0', 6, {
      stride: 2,
      shortcut: [conv('downsample_0', 6, projection), batchNorm('downsample_1')],
    }),
    'relu',
    'globalAveragePool',
    { kind: 'dropout', rate: 0.25 },
    { name: 'fc', kind: 'dense', outFeatures: 10 },
  ],
});

/** The same blocks under names of Longhand. */
const blocks = networkFrom({
  input: [28, 28, 1],
  layers: [
    conv('conv', 4, { stride: 2, padding: 1 }),
    batchNorm('bn', { epsilon: 1e-3, momentum: 0.3 }),
    'relu',
    block('block1', 4),
    'relu',
    block('block2', 6, { stride: 2, shortcut: [conv('conv', 6, projection), batchNorm('bn')] }),
    'relu',
    'globalAveragePool',
    { kind: 'dropout', rate: 0.5 },
    { name: 'fc', kind: 'dense', outFeatures: 10 },
  ],
});

const kinds = (network: Network): string[] => summary(network).rows.map(({ kind }) => kind);

describe('safetensors', () => {
  test.each(['module', 'sequence', 'wrapped'])('%s is the documented network by its shapes', (stem) => {
    const name = `${stem}.safetensors`;
    const { name: preset, network } = presetOfStateDict(tensorsOf(name), {}, name);
    expect(preset).toBe('lenet-documented');
    expectFigures(name, network, parametersOfStateDict(tensorsOf(name), network, name));
  });

  test('two sequences, whose names are in another order than their layers, in half precision', () => {
    const name = 'two-sequences-half.safetensors';
    const tensors = tensorsOf(name);
    expect([...tensors.keys()][0]).toBe('classifier.0.bias');
    const { name: preset, network } = presetOfStateDict(tensors, { activation: 'tanh', pooling: 'mean' }, name);
    expect(preset).toBe('lenet5');
    expectFigures(name, network, parametersOfStateDict(tensors, network, name));
  });

  test('layers of one shape are taken in the order in which their names count', () => {
    const square = (value: number): Tensor => tensor([2, 2], [value, 0, 0, value]);
    const tensors = new Map([10, 2, 4].map((number) => [`${number}.weight`, square(number)]));
    const layer = { kind: 'dense', outFeatures: 2, bias: false };
    const network = networkFrom({ input: [2], layers: [layer, 'relu', layer, 'relu', layer] });
    expect([...parametersOfStateDict(tensors, network, 'file').values]).toEqual([2, 0, 0, 2, 4, 0, 0, 4, 10, 0, 0, 10]);
  });

  test('as many outputs as the file has', () => {
    const tensors = tensorsOf('module.safetensors');
    tensors.set('fc.weight', tensor([26, 192])).set('fc.bias', tensor([26]));
    expect(presetOfStateDict(tensors, {}, 'letters').network.outputShape).toEqual([26]);
  });

  describe('with batch normalization and blocks', () => {
    const name = 'blocks.safetensors';

    test('a network of the same names', () => {
      const { tensors, skipped } = readStateDict(bytesOf(name), name);
      expect(skipped).toContain('block2.shortcut.bn.num_batches_tracked');
      expect(skipped).toHaveLength(6);
      const parameters = parametersOfStateDict(tensors, blocks, name);
      expect(parameters.get('block1.body.bn2.running_var').data).toEqual(
        tensors.get('block1.body.bn2.running_var')?.data,
      );
      expectFigures(name, blocks, parameters);
    });

    // The script of the fixtures loads these very tensors with load_state_dict(strict=True).
    test('a model file has the tensors that PyTorch loads, and comes back', () => {
      const tensors = tensorsOf(name);
      const parameters = parametersOfStateDict(tensors, blocks, name);
      const classes = Array.from({ length: 10 }, (_, label) => String(label));
      const normalization = { mean: 0.1307, std: 0.3081 };
      const bytes = encodeModel({ network: blocks, parameters, normalization, classes });
      const written = readStateDict(bytes, 'model').tensors;
      expect(new Map([...written].sort())).toEqual(new Map([...tensors].sort()));
      const model = decodeModel(bytes, 'model');
      expect(model.parameters.buffers).toEqual(parameters.buffers);
      expectFigures(name, model.network, model.parameters);
    });

    test('counts of batches that were made floats are passed over', () => {
      const tensors = tensorsOf(name).set('bn.num_batches_tracked', tensor([], [3]));
      expectFigures(name, blocks, parametersOfStateDict(tensors, blocks, name));
    });

    test('a ResNet of torchvision by the names of its modules', () => {
      const tensors = tensorsOf('resnet.safetensors');
      const match = matchStateDict(tensors, resnet, 'file');
      expect(match.guessed).toEqual([]);
      expect(match.layers.get('layer2_0.shortcut.downsample_1')).toBe('layer2.0.downsample.1');
      expectFigures('resnet.safetensors', resnet, parametersOfStateDict(tensors, resnet, 'file'));
      const wrapped = new Map([...tensors].map(([key, values]) => [`module.net.${key}`, values]));
      expectFigures('resnet.safetensors', resnet, parametersOfStateDict(wrapped, resnet, 'file'));
    });

    test('by shape, where names of one shape that do not count are reported', () => {
      const { input, layers } = describeNetwork(resnet);
      const renamed = networkFrom({
        input,
        layers: layers.map((layer, at) => ({ ...layer, name: `layer${at}` })),
      });
      const tensors = tensorsOf('resnet.safetensors');
      const match = matchStateDict(tensors, renamed, 'file');
      expect(match.guessed).toEqual(['layer1', 'layer7.body.bn2']);
      expect(match.layers.get('layer7.shortcut.downsample_1')).toBe('layer2.0.downsample.1');
      expectFigures('resnet.safetensors', renamed, parametersOfStateDict(tensors, renamed, 'file', match));
    });

    test('layers of one shape in the order in which a file of PyTorch defines them, and reported', () => {
      const file = new URL('../../../formats/fixtures/pytorch/defined.pt', import.meta.url);
      const { tensors, order } = readStateDict(new Uint8Array(readFileSync(file)), 'defined.pt');
      const outputs = [3, 3, 3, 2];
      const layers = outputs.map((outFeatures, at) => ({ name: `fc${at + 1}`, kind: 'dense', outFeatures }));
      const dense = networkFrom({ input: [4], layers });
      const taken = (match: ReturnType<typeof matchStateDict>) => [match.layers.get('fc2'), match.layers.get('fc3')];
      const match = matchStateDict(tensors, dense, 'defined.pt', order);
      expect([order, taken(match), match.guessed]).toEqual(['definition', ['second', 'first'], ['fc2']]);
      // As in safetensors, whose tensors lie in no order of layers.
      expect(taken(matchStateDict(tensors, dense, 'defined.pt'))).toEqual(['first', 'second']);
    });

    test('running statistics that are missing are no others', () => {
      const tensors = tensorsOf(name);
      tensors.delete('block1.body.bn1.running_var');
      expect(() => parametersOfStateDict(tensors, blocks, 'file')).toThrow(
        new ModelError("file: expected 'block1.body.bn1.running_var' [4], got none"),
      );
    });

    test('a preset', () => {
      const preset: Network = presets['resnet-small']();
      const tensors = new Map(
        [...preset.parameterEntries, ...preset.bufferEntries].map(({ path, shape }) => [path, tensor(shape)]),
      );
      tensors.set('bn.num_batches_tracked', tensor([]));
      expect(presetOfStateDict(tensors, {}, 'file').name).toBe('resnet-small');
    });
  });

  test('kernels of a true convolution are flipped when they are read', () => {
    const { input, layers } = describeNetwork(lenetDocumented());
    const turning = layers.map((layer) => ({
      ...layer,
      ...(layer.name.startsWith('conv') && { trueConvolution: true }),
    }));
    const network = networkFrom({ input, layers: turning });
    const name = 'module.safetensors';
    const parameters = parametersOfStateDict(tensorsOf(name), network, name);
    expect(parameters.get('conv1.weight').data[0]).toBe(tensorsOf(name).get('conv1.weight')?.data[24]);
    expectFigures(name, network, parameters);
  });

  test.each<[string, (tensors: Map<string, Tensor>) => void, string]>([
    [
      'a network of other shapes',
      (tensors) => tensors.set('conv1.weight', tensor([6, 1, 3, 3])),
      "file: expected 'conv1.weight' as [6, 1, 5, 5], got [6, 1, 3, 3]",
    ],
    [
      'a layer too many',
      (tensors) => tensors.set('fc2.weight', tensor([10, 10])),
      "file: expected the weights of its network, got 'fc2.weight' besides, which fits no layer",
    ],
    ['a bias too few', (tensors) => tensors.delete('fc.bias'), "file: expected 'fc.bias' [10], got none"],
    [
      'something that is learned otherwise',
      (tensors) => tensors.set('bn.running_mean', tensor([6])),
      "file: expected the tensors of layers, each called weight, bias, such as conv1.weight, got 'bn.running_mean'",
    ],
    [
      'other names and other shapes',
      (tensors) => {
        tensors.set('c.weight', tensor([6, 1, 3, 3])).set('c.bias', tensor([6]));
        for (const name of ['conv1.weight', 'conv1.bias']) tensors.delete(name);
      },
      'file: expected a layer with bias [6], weight [6, 1, 5, 5] for conv1, got c with bias [6], weight [6, 1, 3, 3]; conv2 with bias [12], weight [12, 6, 5, 5]; fc with bias [10], weight [10, 192]',
    ],
    [
      'a number that is none',
      (tensors) => tensors.set('fc.bias', tensor([10], [0, 1, 2, 3, Number.NaN, 5, 6, 7, 8, 9])),
      "file: expected numbers in 'fc.bias', got NaN; train the network again",
    ],
  ])('refuses %s', (_, change, message) => {
    const tensors = tensorsOf('module.safetensors');
    change(tensors);
    expect(() => parametersOfStateDict(tensors, lenetDocumented(), 'file')).toThrow(new ModelError(message));
  });

  test('reports the shapes when no preset fits', () => {
    const tensors = tensorsOf('module.safetensors');
    expect(() => presetOfStateDict(tensors, { only: 'lenet5' }, 'file')).toThrow(
      new ModelError(
        'file: expected the weights of lenet5, got conv1.bias [6], conv1.weight [6, 1, 5, 5], conv2.bias [12], conv2.weight [12, 6, 5, 5], …; describe its network in a file and give that as --model',
      ),
    );
  });
});

describe('ONNX', () => {
  test('a network with its names, activation and pooling', () => {
    const { network, parameters, normalization } = decodeOnnxModel(bytesOf('sequence.onnx'), 'sequence.onnx');
    expect(kinds(network)).toEqual(['conv2d', 'sigmoid', 'mean', 'conv2d', 'sigmoid', 'mean', 'flatten', 'dense']);
    expect(network.parameterEntries.map(({ path }) => path)).toContain('conv0.weight');
    expect(normalization).toBeUndefined();
    expectFigures('sequence.onnx', network, parameters);
  });

  test('a normalization of bytes becomes one of pixels from 0 to 1, and a softmax is left out', () => {
    const { network, parameters, normalization } = decodeOnnxModel(bytesOf('whole-reader.onnx'), 'whole-reader.onnx');
    expect(normalization?.mean).toBeCloseTo(0.1307, 7);
    expect(normalization?.std).toBeCloseTo(0.3081, 7);
    expect(kinds(network)).toEqual(kinds(lenetDocumented()));
    expectFigures('whole-reader.onnx', network, parameters);
  });

  test('a ResNet with its names, its blocks called after their modules', () => {
    const { network, parameters } = decodeOnnxModel(bytesOf('resnet.onnx'), 'resnet.onnx');
    expectFigures('resnet.onnx', network, parameters);
    const withoutDropout = ({ layers }: ReturnType<typeof describeNetwork>) =>
      layers.filter((layer) => !('rate' in layer));
    expect(withoutDropout(describeNetwork(network))).toEqual(withoutDropout(describeNetwork(resnet)));
  });

  test('a ResNet whose normalizations are within its convolutions', () => {
    const { network, parameters } = decodeOnnxModel(bytesOf('resnet-normalized.onnx'), 'resnet-normalized.onnx');
    expectFigures('resnet-normalized.onnx', network, parameters);
    expect(network.bufferEntries).toEqual([]);
    expect(network.parameterEntries.map(({ path }) => path)).toContain('layer2_0.shortcut.downsample_0.bias');
  });
});
