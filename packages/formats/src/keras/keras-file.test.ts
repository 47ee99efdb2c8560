/** Models that Keras wrote: recognized, and computing what Keras computes; damaged and hostile ones are refused in a line. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { images } from '../../fixtures/onnx-files';
import { FormatError } from '../format-error';
import { Hdf5File, isHdf5 } from '../hdf5/hdf5-file';
import { type OnnxLayer, outputShape } from '../onnx/layer';
import { layersOfOnnx } from '../onnx/layers-from-onnx';
import { kindOfZip } from '../zip/archive-kind';
import { unpacked } from '../zip/unpacked';
import { zippedFiles } from '../zip/zip-files';
import { decodeKeras } from './keras-file';

const folder = new URL('../../fixtures/keras/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const { files } = JSON.parse(readFileSync(new URL('figures.json', folder), 'utf8')) as {
  files: Record<string, { inputShape: number[]; output: number[][] }>;
};
const networkOf = (name: string, bytes = bytesOf(name)) => layersOfOnnx(decodeKeras(bytes, name), name);
const outline = (layers: readonly OnnxLayer[]): string =>
  layers.map((layer) => ('name' in layer ? layer.name : layer.kind)).join(' ');

test.each(Object.entries(files))("%s gives Keras's figures", (name, { inputShape, output }) => {
  const { layers, inputShape: shape } = networkOf(name);
  expect(shape).toEqual(inputShape);
  const size = inputShape.reduce((product, extent) => product * extent, 1);
  const x = images(2, inputShape);
  for (const [image, expected] of output.entries()) {
    const given = naiveNetwork(layers, shape, [...x.subarray(image * size, (image + 1) * size)]);
    expect(given).toHaveLength(expected.length);
    for (const [k, value] of given.entries()) expect(Math.abs(value - expected[k]), `${k}`).toBeLessThan(1e-5);
  }
});

test.each([
  [
    'sequence',
    'normalization conv2d relu batch_normalization conv2d_1 silu depthwise_conv2d leakyRelu averagePool separable_conv2d_depthwise separable_conv2d hardSwish flatten batch_normalization_1 dropout dense gelu dense_1 softmax',
  ],
  ['branches', 'conv2d_2 residual relu maxPool globalAveragePool flatten dense_2'],
  ['nested', 'conv1d relu maxPool conv1d_1 leakyRelu flatten dense_3 relu6 dense_4'],
])('the layers of %s, in both forms', (name, layers) => {
  for (const ending of ['keras', 'h5']) expect(outline(networkOf(`${name}.${ending}`).layers)).toBe(layers);
  expect(networkOf(`${name}.keras`)).toEqual(networkOf(`${name}.h5`));
});

test('both forms are known by their content, and a .keras file that was packed again is read', () => {
  expect(isHdf5(bytesOf('rows.keras'))).toBe(false);
  expect(isHdf5(bytesOf('sequence.h5'))).toBe(true);
  expect(kindOfZip(bytesOf('rows.keras'), 'rows.keras')).toBe('keras');
  const members = zippedFiles(bytesOf('rows.keras'), 'rows.keras').map(
    (file) => [file.name, unpacked(file, 'rows.keras', {})] as const,
  );
  expect(networkOf('again.keras', zipSync(Object.fromEntries(members)))).toEqual(networkOf('rows.keras'));
});

test.each(['earliest', 'latest'])('what was never written is the fill value, in files of the %s form', (form) => {
  const name = `unwritten-${form}.h5`;
  const file = new Hdf5File(bytesOf(name), name);
  expect([...(file.floats('filled')?.data ?? [])]).toEqual([0.25, 0.25, 0.25, 0.25, 0.25, 0.25]);
  expect([...(file.floats('filled16')?.data ?? [])]).toEqual([-1.5, -1.5]);
  expect([...(file.floats('bare')?.data ?? [])]).toEqual([0, 0]);
});

describe('refuses', () => {
  test.each([
    [
      'only.weights.h5',
      "expected a whole model, got weights without their layers; build the model in Python, model.load_weights('only.weights.h5'), and save it with model.save('model.keras')",
    ],
    [
      'chunked.h5',
      'expected numbers that lie one behind another, as Keras writes, got "numbers in chunks"; save it again with Keras',
    ],
    [
      'compressed.h5',
      'expected numbers that are not compressed, as Keras writes, got "compressed ones"; save it again with Keras',
    ],
    ['big-endian.h5', 'expected little-endian numbers, as Keras writes, got "others"; save it again with Keras'],
  ])('%s', (name, message) => {
    expect(() => decodeKeras(bytesOf(name), name)).toThrow(new FormatError(`${name}: ${message}`));
  });

  test('a zip of something else', () => {
    expect(() => decodeKeras(zipSync({ 'config.json': new Uint8Array(2) }), 'file')).toThrow(
      new FormatError('file: expected model.weights.h5 in the zip, got none; save the model again'),
    );
  });

  test('a file cut short anywhere', () => {
    const bytes = bytesOf('latest.h5');
    for (let end = 0; end < 2400; end += 7) {
      expect(() => decodeKeras(bytes.subarray(0, end), 'file'), `${end}`).toThrow(FormatError);
    }
  });
});

test('damaged files give a FormatError on one line, or a network that holds together', () => {
  const whole = readdirSync(folder)
    .filter((name) => /\.(?:h5|keras)$/.test(name))
    .map(bytesOf);
  const numRuns = Number(process.env.LONGHAND_FAULTS ?? 800);
  const position = fc.nat({ max: 9999 }).map((part) => part / 10_000);
  const value = fc.constantFrom(0, 1, 2, 4, 8, 16, 0x10, 0x40, 0x60, 0x7f, 0xff);
  const change = fc.tuple(position, value, fc.nat({ max: 9 }), fc.boolean());
  const counts = { read: 0, refused: 0 };
  const before = process.memoryUsage().arrayBuffers;
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.array(change, { minLength: 1, maxLength: 4 }), (original, changes) => {
      const bytes = original.slice();
      for (const [where, byte, times, isWide] of changes) {
        const from = Math.floor(where * bytes.length);
        // Half of them in structures of eight bytes, as addresses and lengths lie.
        const at = isWide ? from - (from % 8) : from;
        bytes.fill(byte, at, at + 1 + (times > 5 ? times : 0));
      }
      try {
        const { inputShape, layers } = layersOfOnnx(decodeKeras(bytes, 'damaged'), 'damaged');
        let shape = inputShape;
        for (const layer of layers) shape = outputShape(layer, shape, 'damaged');
        counts.read++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        counts.refused++;
        expect(error.message).toMatch(/^damaged: [^\n]{1,1200}$/);
      }
    }),
    { seed: 1, numRuns },
  );
  expect(counts.read).toBeGreaterThan(numRuns / 10);
  expect(counts.refused).toBeGreaterThan(numRuns / 5);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
});
