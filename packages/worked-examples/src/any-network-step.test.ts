/** Single quantities of any network on an image: values, formulas, gradients, names, and layers of the user's own. */
import {
  activation,
  conv2d,
  dense,
  flatten,
  type Layer,
  type Mode,
  type Network,
  pytorchMnist,
  resnetSmall,
  sequential,
} from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { deriveNetworkStep, networkStep } from './any-network-step';
import { derivationHtml } from './presentation/derivation-html';
import { derivationText } from './presentation/derivation-text';

const random = seededRandom('image');
const derive = (network: Network, quantity: string, mode: Mode = 'train') => {
  const size = network.inputShape.reduce((product, extent) => product * extent, 1);
  const channels = network.inputShape[2];
  return deriveNetworkStep({
    network,
    image: Uint8Array.from({ length: size }, () => random.integer(256)),
    label: 3,
    quantity,
    normalization: { mean: Array(channels).fill(0.4), std: Array(channels).fill(0.3) },
    mode,
  });
};

const resnet = resnetSmall({ activation: 'silu', pooling: 'mean', image: [8, 8, 3], maps: [2, 3, 4] });

test.each<[Mode, string]>(
  (['train', 'evaluate'] as const).flatMap((mode) =>
    [
      'x.2.4.5',
      'conv.weight.1.2.0.1',
      'bn.weight.1',
      'bn.y.1.3.4',
      'pool.y.0.2.1',
      'block1.body.conv2.weight.2.1.1.0',
      'block1.body.bn1.y.2.1.3',
      'block1.y.2.3.3',
      'block2.shortcut.bn.bias.3',
      'block2.body.conv1.y.3.1.0',
      'globalPool.y.2',
      'fc.bias.7',
    ].map((quantity): [Mode, string] => [mode, quantity]),
  ),
)('mode %s, %s: the gradient is its central difference', (mode, quantity) => {
  const gradient = derive(resnet, quantity, mode).steps.find(({ id }) => id === `dL/d${quantity}`);
  const { value, centralDifference = Number.NaN } = gradient ?? { value: Number.NaN };
  expect(Math.abs(value)).toBeGreaterThan(0);
  expect(Math.abs(value - centralDifference)).toBeLessThan(5e-9);
});

test('formulas in the names of the network', () => {
  const formula = (quantity: string, mode: Mode, network: Network = resnet): string | undefined =>
    derive(network, quantity, mode).steps.find(({ id }) => id === quantity)?.formula?.text;
  expect(formula('bn.y.1.3.4', 'train')).toBe('(conv.y.1.3.4 − bn.mean.1)·bn.invStd.1·bn.weight.1 + bn.bias.1');
  expect(formula('bn.y.1.3.4', 'evaluate')).toBe(
    '(conv.y.1.3.4 − bn.running_mean.1)·bn.invStd.1·bn.weight.1 + bn.bias.1',
  );
  expect(formula('bn.invStd.1', 'train')).toBe('1 / √(bn.variance.1 + 0.00001)');
  expect(formula('bn.invStd.1', 'evaluate')).toBe('1 / √(bn.running_var.1 + 0.00001)');
  expect(formula('block2.y.3.1.0', 'train')).toBe('block2.body.bn2.y.3.1.0 + block2.shortcut.bn.y.3.1.0');
  const dropping = pytorchMnist({ image: [8, 8] });
  expect(formula('dropout2.y.5', 'train', dropping)).toBe('relu3.y.5·dropout2.mask.5');
  expect(formula('dropout2.y.5', 'evaluate', dropping)).toBe('relu3.y.5');
});

test('a step that is kept gives single quantities, the same as a derivation of each', () => {
  const image = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256));
  const setup = { network: resnet, image, label: 3, normalization: { mean: 0.4, std: 0.3 } };
  const kept = networkStep(setup);
  for (const quantity of ['block1.body.conv2.weight.2.1.1.0', 'x.2.4.5', 'bn.y.1.3.4']) {
    const { steps } = deriveNetworkStep({ ...setup, quantity });
    for (const id of [`dL/d${quantity}`, quantity]) {
      expect(kept.stepOf(id)).toEqual(steps.find((step) => step.id === id));
    }
  }
  expect(kept.stepOf('conv.weight.1.2.0.1').formula).toBeUndefined();
  expect(() => kept.stepOf('dL/dp3')).toThrow('quantity: expected one that the loss is derived by, got dL/dp3');
  const family = kept.families.find(({ stem }) => stem === 'fc.weight');
  expect(family && kept.gradientsOf(family)?.length).toBe(4 * 10);
});

test('a step with another label is one that was run with it, and the first one stays what it was', () => {
  const image = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256));
  const setup = { network: resnet, image, normalization: { mean: 0.4, std: 0.3 } };
  const [three, seven] = [networkStep({ ...setup, label: 3 }), networkStep({ ...setup, label: 7 })];
  const first = networkStep({ ...setup, label: 3 });
  // The same number for several labels: its passes are not run again.
  for (const [step, own] of [
    [first, three],
    [first.withLabel(7), seven],
    [first, three],
  ] as const) {
    for (const name of ['bn.weight.1', 'block1.body.conv2.weight.2.1.1.0', 'x.2.4.5']) {
      expect(step.stepOf(`dL/d${name}`)).toEqual(own.stepOf(`dL/d${name}`));
    }
    for (const id of ['L', 'p3']) expect(step.stepOf(id)).toEqual(own.stepOf(id));
    for (const family of own.families) {
      expect(step.valuesOf(family)).toEqual(own.valuesOf(family));
      expect(step.gradientsOf(family)).toEqual(own.gradientsOf(family));
    }
  }
  expect(first.stepOf('dL/dx.2.4.5', { numerical: false })).not.toHaveProperty('centralDifference');
  expect(() => first.withLabel(10).stepOf('L')).toThrow('label: expected a class from 0 to 9, got 10');
});

test('the numerical gradient a pass at a time: all numbers are what they are in between', () => {
  const image = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256));
  const setup = { network: resnet, image, label: 3, normalization: { mean: 0.4, std: 0.3 } };
  const [step, own] = [networkStep(setup), networkStep(setup)];
  const weight = 'block1.body.conv2.weight.2.1.1.0';
  const name = `dL/d${weight}`;
  const { centralDifference } = own.stepOf(name) as { centralDifference?: number };
  let [calls, passes] = [0, 0];
  let difference: ReturnType<typeof step.differenceOf>;
  do {
    let left = 1;
    difference = step.differenceOf(name, () => left-- > 0 && ++passes > 0);
    calls++;
    expect(step.stepOf('L')).toEqual(own.stepOf('L'));
    for (const family of own.families) expect(step.valuesOf(family)).toEqual(own.valuesOf(family));
  } while (difference === undefined && calls < 50);
  expect(difference).toEqual({ centralDifference });
  expect(centralDifference).toBeDefined();
  expect([calls, passes]).toEqual([passes, passes]);
  expect(passes).toBeGreaterThan(10);
  expect(() => step.differenceOf('conv9', () => true)).toThrow('quantity: expected ');
});

test.each([
  ['bn.y.2.0.0', 'quantity: expected bn.y with channel 0 to 1, row 0 to 7, column 0 to 7, got bn.y.2.0.0'],
  ['block1.body', 'quantity: expected the name of an array with its indices from 0 (x, p, t, L, conv.weight, '],
])('%s is refused', (quantity, message) => {
  expect(() => derive(resnet, quantity)).toThrow(message);
});

describe('a layer of the user’s own', () => {
  const plain = activation({ activation: 'relu' });
  const own: Layer = { ...plain, prepare: (binding) => plain.prepare(binding) };
  const network = sequential({
    input: [6, 6, 1],
    layers: { conv: conv2d({ outChannels: 2, kernel: 3 }), own, flatten: flatten(), fc: dense({ outFeatures: 4 }) },
  });

  test('is not derived, in one line', () => {
    const derivation = derive(network, 'own.y.1.2.3');
    const [step] = derivation.steps;
    expect(step).toMatchObject({ id: 'own.y.1.2.3', remark: expect.stringContaining('a layer of your own writes it') });
    expect(step.formula).toBeUndefined();
    const gradient = derivation.steps.at(-1);
    expect(gradient?.id).toBe('dL/down.y.1.2.3');
    expect(gradient?.value).toBeCloseTo(gradient?.centralDifference ?? Number.NaN, 8);
    const unknown = derive(network, 'conv.bias.1');
    expect(unknown.steps.find(({ id }) => id.includes('conv.y'))?.remark).toContain('not derived');
    const alone = { ...derivation, steps: [step] };
    expect(derivationText(alone, { color: false, width: 100 })).toContain(
      '(not derived: a layer of your own writes it',
    );
    expect(derivationHtml(alone)).toContain('not derived: a layer of your own writes it');
  });
});
