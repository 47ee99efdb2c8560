/** Receptive fields: what the terms say is what changes a number when it is changed. */
import { referenceKernels } from '@longhand/kernels';
import {
  activation,
  batchNorm,
  conv1d,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  lenetDocumented,
  type Network,
  pool2d,
  residual,
  sequential,
} from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { networkStep } from './any-network-step';

const smooth = activation({ activation: 'tanh' });
const networks: Readonly<Record<string, Network>> = {
  'strides, dilation and padding': sequential({
    input: [13, 12, 1],
    layers: {
      a: conv2d({ outChannels: 4, kernel: [3, 2], dilation: 2, padding: 'same' }),
      smooth,
      b: conv2d({ outChannels: 6, kernel: 3, stride: 2, groups: 2 }),
      pool: pool2d({ pooling: 'mean', window: 3, stride: 2, padding: 1 }),
      flatten: flatten(),
      fc: dense({ outFeatures: 3 }),
    },
  }),
  'a block, and the mean of a batch': sequential({
    input: [7, 6, 2],
    layers: {
      a: conv2d({ outChannels: 3, kernel: 3 }),
      norm: batchNorm(),
      block: residual({
        body: { first: conv2d({ outChannels: 3, kernel: 3, padding: 1 }), smooth, norm: batchNorm() },
      }),
      dropout: dropout({ rate: 0.5 }),
      pool: globalAveragePool(),
      fc: dense({ outFeatures: 3 }),
    },
  }),
  'a sequence': sequential({
    input: [11, 2],
    layers: {
      a: conv1d({ outChannels: 3, kernel: 3, stride: 2 }),
      smooth,
      flatten: flatten(),
      fc: dense({ outFeatures: 3 }),
    },
  }),
};

const normalization = { mean: 0.4, std: 0.3 };

test.each(Object.entries(networks))('%s: the pixels that change a number', (_, network) => {
  const random = seededRandom('fields');
  const size = network.inputShape.reduce((product, extent) => product * extent, 1);
  const channels = network.inputShape.at(-1) ?? 1;
  const image = Uint8Array.from({ length: size }, () => random.integer(256));
  const step = networkStep({ network, image, label: 1, normalization, mode: 'evaluate' });
  const parameters = network.zeros({ kernels: referenceKernels, dtype: 'float64' });
  const initial = network.initialize(seededRandom(1).fork('initial'));
  parameters.values.set(initial.values);
  parameters.buffers.set(initial.buffers);
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
  const outputs = step.families.filter(({ source }) => source.kind === 'output');
  expect(outputs.length).toBeGreaterThan(3);
  for (const family of outputs) {
    const { length } = step.valuesOf(family);
    for (const index of new Set([0, Math.floor(length / 3), Math.floor((2 * length) / 3), length - 1])) {
      const indices = family.indicesOf(index).map((value, at) => value + (family.axes[at]?.from ?? 0));
      const pixels = step.fieldOf([family.stem, ...indices].join('.')).get('x');
      const changing = Array.from({ length: size }, (_, pixel) => pixel).filter((pixel) =>
        changes(pixel, family.stem, index),
      );
      const rowOf = (pixel: number): number =>
        network.inputShape.length === 2 ? 0 : Math.floor(pixel / channels / network.inputShape[1]);
      const columnOf = (pixel: number): number =>
        network.inputShape.length === 2
          ? Math.floor(pixel / channels)
          : Math.floor(pixel / channels) % network.inputShape[1];
      const spanOf = (values: readonly number[]) => [Math.min(...values), Math.max(...values) + 1];
      expect({ ...pixels, of: `${family.stem} ${index}` }).toEqual({
        of: `${family.stem} ${index}`,
        rows: spanOf(changing.map(rowOf)),
        columns: spanOf(changing.map(columnOf)),
        channels: spanOf(changing.map((pixel) => pixel % channels)),
      });
    }
  }

  function changes(pixel: number, stem: string, index: number): boolean {
    const path = stem.replace(/\.y$/, '');
    const valueWith = (level: number): number => {
      pass.input.set(Array.from(image, (byte, at) => (at === pixel ? level : byte / 255 - 0.5)));
      pass.forward();
      return outputOf(path)[index];
    };
    return valueWith(-0.9) !== valueWith(0.8);
  }

  function outputOf(path: string): ArrayLike<number> {
    const [first, ...rest] = path.split('.');
    const own = pass.layers.get(first);
    const found = rest.length === 0 ? own : own?.nested?.get(rest.join('.'));
    if (found === undefined) throw new Error(`no pass of ${path}`);
    return found.y;
  }
});

test('of the documented network, layer by layer, in the symbols of the notes', () => {
  const step = networkStep({ network: lenetDocumented(), image: new Uint8Array(784).fill(9), label: 1, normalization });
  const field = step.fieldOf('P2.3.1.2');
  expect(Object.fromEntries(field)).toEqual({
    P2: { rows: [1, 2], columns: [2, 3], channels: [2, 3] },
    C2: { rows: [2, 4], columns: [4, 6], channels: [2, 3] },
    S2: { rows: [2, 4], columns: [4, 6], channels: [2, 3] },
    P1: { rows: [2, 8], columns: [4, 10], channels: [0, 6] },
    C1: { rows: [4, 16], columns: [8, 20], channels: [0, 6] },
    S1: { rows: [4, 16], columns: [8, 20], channels: [0, 6] },
    x: { rows: [4, 20], columns: [8, 24], channels: [0, 1] },
  });
  expect(step.fieldOf('o7').get('x')).toEqual({ rows: [0, 28], columns: [0, 28], channels: [0, 1] });
  expect(step.fieldOf('p3').get('v')).toEqual({ rows: [0, 1], columns: [0, 192], channels: [0, 1] });
  expect([...step.fieldOf('k1.1.0.0').keys()]).toEqual([]);
});
