import { networkFrom } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { decodeOnnxModel, encodeOnnxModel } from './exchange/onnx-file';
import { decodeModel, encodeModel } from './model-file';
import type { Model } from './model-settings';
import { quantizedModel } from './quantized-model';

const network = networkFrom({
  input: [8, 8, 1],
  layers: [
    { name: 'conv', kind: 'conv2d', outChannels: 3, kernel: 3, trueConvolution: true },
    'batchNorm',
    'relu',
    'flatten',
    { kind: 'dense', outFeatures: 10 },
  ],
});
const random = seededRandom(2);
const parameters = network.initialize(random);
const model: Model = {
  network,
  parameters,
  normalization: { mean: 0.1, std: 0.3 },
  classes: Array.from({ length: 10 }, (_, label) => String(label)),
};

test('weights are rounded to 127 steps on either side, the rest stays', () => {
  const { parameters: quantized } = quantizedModel(model);
  for (const { path, shape } of parameters.entries) {
    const [own, kept] = [parameters.get(path).data, quantized.get(path).data];
    if (shape.length === 1) expect(kept).toEqual(own);
    else {
      expect(kept).not.toEqual(own);
      const step = Math.max(...own.map(Math.abs)) / 127;
      expect(Math.max(...own.map((value, k) => Math.abs(value - kept[k])))).toBeLessThanOrEqual(step / 2 + 1e-7);
    }
  }
  expect(quantized.buffers).toEqual(parameters.buffers);
});

test('model files and ONNX files with integers are read as that model', () => {
  const expected = quantizedModel(model).parameters.values;
  const file = encodeModel(model, { quantize: 'int8' });
  expect(decodeModel(file, 'q').parameters.values).toEqual(expected);
  expect(file.length).toBeLessThan(encodeModel(model).length - 2 * parameters.values.length);
  const onnx = encodeOnnxModel(model, { quantize: 'int8' });
  expect(decodeOnnxModel(onnx, 'q').parameters.values).toEqual(expected);
});
