import { seededRandom, tensor } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { dequantize, quantizePerChannel } from './quantization';

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
