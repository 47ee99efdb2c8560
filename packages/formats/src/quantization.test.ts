import { seededRandom, tensor } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { decodeOnnx } from './onnx/decoder';
import { encodeOnnx } from './onnx/encoder';
import { layersOfOnnx } from './onnx/layers-from-onnx';
import { onnxOfLayers } from './onnx/layers-to-onnx';
import { dequantize, quantizePerChannel } from './quantization';
import { readSafetensors, writeSafetensors } from './safetensors';

test('each output channel has a scale of its own', () => {
  const { scales, values } = quantizePerChannel(tensor([2, 2], [1, -0.5, 254, 127]));
  expect([...values]).toEqual([127, -64, 127, 64]);
  expect([...scales]).toEqual([Math.fround(1 / 127), 2]);
});

test.each([2, 8, 20, 24])('%d bits are within half a scale, and zeros stay', (bits) => {
  const random = seededRandom(bits);
  const weight = tensor(
    [5, 3, 4],
    Float32Array.from({ length: 60 }, (_, k) => (k < 12 ? 0 : random.normal() * k)),
  );
  const quantized = quantizePerChannel(weight, bits);
  const { data } = dequantize(quantized);
  for (const [k, value] of weight.data.entries()) {
    const scale = quantized.scales[Math.floor(k / 12)];
    expect(Math.abs(data[k] - value)).toBeLessThanOrEqual(scale * 0.5 * 1.0001 + Math.abs(value) * 2 ** -23);
    if (value === 0) expect(data[k]).toBe(0);
  }
  expect(Math.max(...quantized.values)).toBeLessThan(2 ** (bits - 1));
});

test('the smallest numbers become zero, not infinite', () => {
  const { values } = quantizePerChannel(tensor([1, 2], [1e-45, -1e-45]));
  expect(values.every((value) => Math.abs(value) <= 1)).toBe(true);
});

const random = seededRandom(4);
const weight = tensor(
  [3, 2, 3, 3],
  Float32Array.from({ length: 54 }, () => random.normal()),
);
const bias = tensor([3], [0.5, -1, 2]);

test('safetensors have the integers with their scales, and are read as floats', () => {
  const quantized = quantizePerChannel(weight);
  const bytes = writeSafetensors({ tensors: [['conv.bias', bias]], quantized: [['conv.weight', quantized]] });
  const header = new TextDecoder().decode(bytes.subarray(8, bytes.length - 54 - 24)).trimEnd();
  expect(JSON.parse(header)).toEqual({
    'conv.bias': { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
    'conv.weight_scale': { dtype: 'F32', shape: [3], data_offsets: [12, 24] },
    'conv.weight': { dtype: 'I8', shape: [3, 2, 3, 3], data_offsets: [24, 78] },
  });
  const { tensors } = readSafetensors(bytes);
  expect([...tensors.keys()]).toEqual(['conv.bias', 'conv.weight']);
  expect(tensors.get('conv.weight')).toEqual(dequantize(quantized));
});

test.each([
  ['no scales', { 'w.weight': 'I8' }, /tensor "w.weight": expected one of F64, F32, F16, BF16 as the dtype, got "I8"/],
  [
    'scales of another count',
    { 'w.weight': 'I8', 'w.weight_scale': 'F32' },
    /expected a scale for each of 3 rows as "w.weight_scale", got \[2\]/,
  ],
  ['scales that are integers too', { 'w.weight': 'I8', 'w.weight_scale': 'I8' }, /expected one of F64/],
])('integers with %s are refused in one line', (_, types, message) => {
  const members: string[] = [];
  let end = 0;
  for (const [name, dtype] of Object.entries(types)) {
    const shape = name === 'w.weight' ? [3, 1] : [2];
    const size = shape.reduce((product, extent) => product * extent) * (dtype === 'I8' ? 1 : 4);
    members.push(`"${name}":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${end},${end + size}]}`);
    end += size;
  }
  const header = new TextEncoder().encode(`{${members.join(',')}}`);
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  expect(() => readSafetensors(bytes, 'q.safetensors')).toThrow(message);
});

test('ONNX has a DequantizeLinear for each weight, and the layers come back', () => {
  const layers = [
    { kind: 'conv', name: 'conv', weight, bias, strides: [1, 1], pads: [0, 0, 0, 0] },
    { kind: 'flatten' },
    {
      kind: 'gemm',
      name: 'fc',
      weight: tensor(
        [2, 12],
        Float32Array.from({ length: 24 }, () => random.normal()),
      ),
    },
  ] as const;
  const options = { inputShape: [2, 4, 4] } as const;
  const bytes = encodeOnnx(onnxOfLayers(layers, { ...options, quantize: 'int8' }));
  const model = decodeOnnx(bytes, 'q.onnx');
  expect(model.graph.nodes.map(({ operator }) => operator).join(' ')).toBe(
    'DequantizeLinear Conv Flatten DequantizeLinear Gemm',
  );
  expect(bytes.length).toBeLessThan(encodeOnnx(onnxOfLayers(layers, options)).length + 300);
  const [conv, , gemm] = layersOfOnnx(model, 'q.onnx').layers;
  expect(conv).toEqual({ ...layers[0], weight: dequantize(quantizePerChannel(weight)) });
  expect(gemm).toEqual({ ...layers[2], weight: dequantize(quantizePerChannel(layers[2].weight)) });
});
