/** Models that were never trained go through other formats whole: biases of zeros are parameters too. */
import { type Network, presets } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { parametersChecksum } from '../checksum';
import type { Model } from '../model-settings';
import { decodeOnnxModel, encodeOnnxModel, type ForeignModel } from './onnx-file';
import { decodeTfjsModel, encodeTfjsModel } from './tfjs-file';

const formats: Readonly<Record<string, (model: Model) => ForeignModel>> = {
  ONNX: (model) => decodeOnnxModel(encodeOnnxModel(model), 'file'),
  'TensorFlow.js': (model) => {
    const files = encodeTfjsModel(model);
    const file = (path: string): Uint8Array => files.get(path) ?? new Uint8Array();
    return decodeTfjsModel(file('model.json'), 'file', { external: file });
  },
};

describe.each(Object.keys(formats))('through %s', (format) => {
  // The large ones have no layers that these have not.
  test.each(['lenet-documented', 'lenet5', 'resnet-small'] as const)('%s', (name) => {
    const network: Network = presets[name]();
    const parameters = network.initialize(seededRandom(1));
    const model = { network, parameters, normalization: { mean: 0.1307, std: 0.3081 }, classes: [...'0123456789'] };
    const back = formats[format](model);
    expect(back.parameters.entries.map(({ path, shape }) => [path, shape])).toEqual(
      parameters.entries.map(({ path, shape }) => [path, shape]),
    );
    expect(parametersChecksum(back.parameters)).toBe(parametersChecksum(parameters));
  });
});
