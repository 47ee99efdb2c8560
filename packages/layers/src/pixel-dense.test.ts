/** Networks that begin with a dense layer give on bytes what they give on normalized numbers, up to rounding. */
import {
  type ChannelNormalization,
  type Kernels,
  normalizeGeometry,
  referenceKernels,
  simdKernels,
} from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { relu } from './activations';
import { batchGradients } from './batch-gradients';
import { conv2d } from './conv2d';
import { dense } from './dense';
import type { Layer } from './layer';
import { softmaxCrossEntropy } from './losses';
import type { Network, NetworkPass, PassOptions } from './network';
import { beginWithPixels } from './pixel-dense';
import { flatten, reshape } from './reshape';
import { sequential } from './sequential';

const capacity = 16;
const channels: readonly ChannelNormalization[] = [{ mean: 0.1307, std: 0.3081 }];
const input = [6, 5, 1];

function perceptron(
  layers: Readonly<Record<string, Layer>> = { flatten: flatten() },
  fc1: Layer = dense({ outFeatures: 7 }),
) {
  return sequential({ input, layers: { ...layers, fc1, relu: relu(), fc2: dense({ outFeatures: 3 }) } });
}

function passOf(
  network: Network,
  kernels: Kernels,
  options: Partial<PassOptions> = {},
): NetworkPass & { bytes: Uint8Array } {
  const bytes = kernels.allocateBytes(capacity * 30);
  const random = seededRandom('images');
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.integer(4) === 0 ? random.integer(256) : 0;
  const parameters = network.initialize(seededRandom(1), { kernels });
  const pixels = { bytes, channels };
  return { ...network.prepare({ kernels, parameters, capacity, fuse: true, pixels, ...options }), bytes };
}

/** Output and gradients of a step. */
function stepOf(pass: NetworkPass): { readonly output: number[]; readonly gradients: number[] } {
  const loss = softmaxCrossEntropy().prepare(pass);
  loss.target.fill(1 / 3);
  loss.imageWeight.fill(1 / capacity);
  pass.forward();
  loss.forward();
  loss.inputGradient();
  pass.backward();
  return { output: [...pass.output], gradients: [...(pass.gradients?.values ?? [])] };
}

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test.each([
    ['flatten', { flatten: flatten() }],
    ['reshape and flatten', { reshape: reshape({ shape: [3, 5, 2] }), flatten: flatten() }],
  ])('a step of a network that begins with %s and a dense layer', (_, layers) => {
    const network = perceptron(layers);
    const onPixels = passOf(network, kernels);
    expect([onPixels.takesPixels, onPixels.input.length, [...onPixels.layers.keys()]]).toEqual([
      true,
      0,
      ['fc1', 'relu', 'fc2'],
    ]);
    const apart = passOf(network, kernels, { fuse: false });
    const geometry = normalizeGeometry('test', { batch: capacity, pixels: 30, channels });
    kernels.prepare('normalize', geometry, { x: apart.bytes, y: apart.input })();
    const [got, expected] = [stepOf(onPixels), stepOf(apart)];
    for (const what of ['output', 'gradients'] as const) {
      expect(got[what]).toHaveLength(expected[what].length);
      for (const [at, value] of expected[what].entries()) expect(Math.abs(got[what][at] - value)).toBeLessThan(2e-6);
    }
  });
});

test('other networks, and passes that are to show more, take normalized numbers', () => {
  const takes = (network: Network, options: Partial<PassOptions> = {}): boolean =>
    passOf(network, referenceKernels, options).takesPixels;
  expect(takes(perceptron())).toBe(true);
  expect(takes(perceptron(), { fuse: false })).toBe(false);
  expect(takes(perceptron(), { inputGradient: true } as Partial<PassOptions>)).toBe(false);
  expect(takes(perceptron({ conv: conv2d({ outChannels: 1, kernel: 3 }), flatten: flatten() }))).toBe(false);
  // A layer of the user's own might do anything.
  expect(takes(perceptron(undefined, { ...dense({ outFeatures: 7 }) }))).toBe(false);
  expect(takes(perceptron({ flatten: { ...flatten() } }))).toBe(false);
  const { layers } = perceptron();
  expect(beginWithPixels(layers, [...channels, ...channels])).toBeUndefined();
  expect(beginWithPixels(layers, [{ mean: 0, std: 1e-40 }])).toBeUndefined();
  expect(beginWithPixels(layers, channels)?.map(({ name }) => name)).toEqual(['fc1', 'relu', 'fc2']);
});

test('what a micro-batch leaves for the whole batch: bytes, four in a number', () => {
  const large = perceptron(undefined, dense({ outFeatures: 200 }));
  const gradient = batchGradients(large.layers, channels).get('fc1.weight');
  expect([gradient?.rows, gradient?.left(16), gradient?.left(1)]).toEqual([
    200,
    { x: 120, dy: 3200 },
    { x: 8, dy: 200 },
  ]);
  expect(Object.keys(batchGradients(large.layers).get('fc1.weight')?.left(16) ?? {})).toEqual(['xTiles', 'dy']);
  expect(batchGradients(perceptron().layers, channels).size).toBe(0);
});
