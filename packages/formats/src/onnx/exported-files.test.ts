/** Files that exporters wrote: recognized, and computing what onnxruntime computes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { images } from '../../fixtures/onnx-files';
import { FormatError } from '../format-error';
import { ProtobufWriter } from '../protobuf/protobuf-writer';
import { decodeOnnx } from './decoder';
import type { OnnxLayer } from './layer';
import { layersOfOnnx } from './layers-from-onnx';

const folder = new URL('../../fixtures/exporters/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const { files } = JSON.parse(readFileSync(new URL('figures.json', folder), 'utf8')) as {
  files: Record<string, { inputShape: number[]; output: number[][]; scale?: number }>;
};
const networkOf = (name: string) => layersOfOnnx(decodeOnnx(bytesOf(name), name, { external: bytesOf }), name);
const outline = (layers: readonly OnnxLayer[]): string =>
  layers.map((layer) => ('name' in layer ? layer.name : layer.kind)).join(' ');

test.each(Object.entries(files))("%s gives onnxruntime's figures", (name, { inputShape, output, scale = 1 }) => {
  const network = networkOf(name);
  expect(network.inputShape).toEqual(inputShape);
  expect(network.takesBytes ?? false).toBe(scale !== 1);
  const size = inputShape.reduce((product, extent) => product * extent, 1);
  const x = images(2, inputShape).map((value) => value * scale);
  for (const [image, expected] of output.entries()) {
    const given = naiveNetwork(network.layers, inputShape, [...x.subarray(image * size, (image + 1) * size)]);
    expect(given).toHaveLength(expected.length);
    for (const [k, value] of given.entries()) expect(Math.abs(value - expected[k]), `${k}`).toBeLessThan(1e-5);
  }
});

test.each([
  ['pytorch.onnx', 'conv1 relu conv2 gelu maxPool flatten fc logSoftmax'],
  ['pytorch-unoptimized.onnx', 'conv1 bn1 relu conv2 gelu maxPool flatten identity fc logSoftmax'],
  ['pytorch-unfolded.onnx', 'conv1 bn1 relu conv2 gelu maxPool flatten fc logSoftmax'],
  ['keras.onnx', 'normalization conv relu maxPool bn conv_2 leakyRelu flatten fc softmax'],
  ['keras-pooled.onnx', 'conv conv_2 silu averagePool conv_3 globalAveragePool flatten fc tanh fc_2'],
  ['tf2onnx.onnx', 'conv relu maxPool conv_2 relu flatten fc softmax'],
  ['cntk.onnx', 'normalization conv relu maxPool flatten fc'],
  ['odds.onnx', 'normalization conv maxPool flatten fc logSoftmax identity'],
])('the layers of %s', (name, layers) => {
  expect(outline(networkOf(name).layers)).toBe(layers);
});

describe('weights in another file', () => {
  const name = 'pytorch.onnx';

  test('are asked for once, by their path', () => {
    const asked: string[] = [];
    decodeOnnx(bytesOf(name), name, { external: (location) => bytesOf(asked[asked.push(location) - 1]) });
    expect(asked).toEqual(['pytorch.onnx.data']);
  });

  test('are refused where nothing reads them, and where the file is another one', () => {
    expect(() => decodeOnnx(bytesOf(name), name)).toThrow(
      /^pytorch\.onnx: initializer ".+": expected its numbers in the file itself, got a reference to "pytorch\.onnx\.data"; give the option external, or export with external_data=False$/,
    );
    expect(() => decodeOnnx(bytesOf(name), name, { external: () => new Uint8Array(100) })).toThrow(
      /^pytorch\.onnx: initializer ".+": expected \d+ bytes from byte \d+ of "pytorch\.onnx\.data", got 100 in all; fetch both files again$/,
    );
  });

  /** The file with another path of the same length in place of its own. */
  function renamed(location: string): Uint8Array {
    const text = Buffer.from(bytesOf(name)).toString('latin1');
    return new Uint8Array(Buffer.from(text.replaceAll('pytorch.onnx.data', location.padEnd(17, 'x')), 'latin1'));
  }

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    '..\\..\\secret',
    'C:\\secret',
    '\\\\server\\b',
    'folder/../..',
  ])('a path that leaves the folder is never asked for: %s', (location) => {
    const external = (): never => {
      throw new Error('asked');
    };
    expect(() => decodeOnnx(renamed(location), name, { external })).toThrow(
      /^pytorch\.onnx: initializer ".+": expected its numbers in this file or in one of its folder, got a reference to /,
    );
  });

  test('a folder within is none that is left', () => {
    const asked: string[] = [];
    const external = (location: string): Uint8Array => {
      asked.push(location);
      return bytesOf('pytorch.onnx.data');
    };
    decodeOnnx(renamed('weights/part.data'), name, { external });
    expect(asked).toEqual(['weights/part.data']);
  });

  test('no byte is taken twice: a small file makes no large network', () => {
    const bytes = new ProtobufWriter('test')
      .message(8, (set) => set.integer(2, 17))
      .message(7, (graph) => {
        for (const name of ['a', 'b']) {
          graph.message(5, (tensor) => {
            tensor.text(8, name).integer(1, 25).integer(2, 1).integer(14, 1);
            tensor.message(13, (entry) => entry.text(1, 'location').text(2, 'w.bin'));
          });
        }
      })
      .finish();
    expect(() => decodeOnnx(bytes, 'm.onnx', { external: () => new Uint8Array(100) })).toThrow(
      new FormatError(
        'm.onnx: initializer "b": expected every byte of "w.bin" in one tensor, got some in several; export it again',
      ),
    );
  });
});
