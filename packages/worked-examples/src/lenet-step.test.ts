/** Single quantities of the documented network on a real digit: values, gradients, terms, and the trainer's own step. */
import { subset } from '@longhand/datasets';
import { lenet5, lenetDocumented, type Network } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { train } from '@longhand/training';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryNamed, familiesOf, quantityName } from './lenet-quantities';
import { deriveLenetStep } from './lenet-step';

const digits = loadMnist({ split: 'test' });
const image = digits.images.subarray(0, 784);
const label = digits.labels[0];
const normalization = mnistNormalization;
const derive = (quantity: string, network: Network = lenetDocumented()) =>
  deriveLenetStep({ image, label, normalization, quantity, network });

const smooth = lenetDocumented({ activation: 'sigmoid', pooling: 'mean' });

test.each([
  'k1.3.0.4',
  'b1.4',
  'S1.2.10.7',
  'C1.2.3.7',
  'P1.6.5.5',
  'k2.5.3.1.2',
  'b2.12',
  'S2.7.3.3',
  'C2.1.0.0',
  'P2.12.3.3',
  'v100',
  'w.3.100',
  'b.7',
  'o7',
  'x.9.16',
])('%s: the gradient is the sum of its terms, and its central difference', (quantity) => {
  for (const network of [lenetDocumented(), smooth]) {
    const gradient = derive(quantity, network).steps.find(({ id }) => id === `dL/d${quantity}`);
    expect(gradient).toBeDefined();
    const { value, centralDifference = Number.NaN, terms = [] } = gradient ?? { value: Number.NaN };
    expect(Math.abs(value - terms.reduce((sum, term) => sum + term.value, 0))).toBeLessThan(1e-14);
    // With the smallest step, 10⁻⁶, rounding in the loss leaves nine digits.
    expect(Math.abs(value - centralDifference)).toBeLessThan(5e-9);
  }
});

test('where several entries tie for a maximum there are two one-sided differences', () => {
  // A pixel of the background: its neighbors are the same, and so are the sums over them.
  const gradient = derive('x.14.10').steps.at(-1);
  expect(gradient?.centralDifference).toBeUndefined();
  const { left, right } = gradient?.oneSided ?? { left: 0, right: 0 };
  expect(Math.abs(left - right)).toBeGreaterThan(1e-3);
});

test('a weight of the second convolution has a term for each of the 64 places that it meets', () => {
  const { steps } = derive('k2.5.3.1.2');
  const asked = steps.at(-1);
  expect(asked?.terms).toHaveLength(64);
  expect(asked?.terms?.[0].factors.map(({ id }) => id)).toEqual(['dL/dS2.5.0.0', 'P1.3.1.2']);
  // Where each factor came from stands before it.
  const origin = steps.find(({ id }) => id === 'dL/dS2.5.0.0');
  expect(origin?.formula?.text).toBe('∂L/∂C2.5.0.0·[S2.5.0.0 > 0]');
  expect(steps.find(({ id }) => id === 'P1.3.1.2')?.formula?.text).toBe('max(C1.3.2.4, C1.3.2.5, C1.3.3.4, C1.3.3.5)');
});

test('an entry of a map is the window under its kernel', () => {
  const step = derive('S1.2.3.7').steps.find(({ id }) => id === 'S1.2.3.7');
  expect(step?.terms).toHaveLength(26);
  expect(step?.terms?.[1].factors.map(({ id }) => id)).toEqual(['x.3.8', 'k1.2.0.1']);
});

test('the same gradients as the trainer’s own step, within what float32 can tell', async () => {
  const network: Network = lenetDocumented();
  const dataset = subset(digits, { from: 0, to: 1 });
  const before = network.initialize(seededRandom(1).fork('initial'));
  // A step of rate 1 on one image: what the weights lose is the gradient.
  const run = train({
    network,
    dataset,
    normalization,
    optimizer: sgd({ learningRate: 1 }),
    epochs: 1,
    batchSize: 1,
    seed: 1,
  });
  let turn = await run.next();
  while (!turn.done) turn = await run.next();
  const families = familiesOf(network);
  for (const quantity of ['k1.1.2.2', 'k2.5.3.1.2', 'k2.12.6.4.4', 'b2.3', 'w.7.50', 'b.7']) {
    const { family, index } = entryNamed(families, quantity);
    if (family.source.kind !== 'parameter') throw new Error('a parameter');
    const { path } = family.source;
    const lost = before.get(path).data[index] - turn.value.get(path).data[index];
    const gradient = derive(quantity, network).steps.at(-1)?.value ?? Number.NaN;
    expect(Math.abs(lost - gradient), quantity).toBeLessThan(1e-6);
  }
});

describe('names', () => {
  const families = familiesOf(lenetDocumented());

  test('every entry’s name leads back to it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...families), fc.nat({ max: 3455 }), (family, number) => {
        const size = family.axes.reduce((product, { count }) => product * count, 1);
        const index = number % size;
        const name = quantityName(family, index);
        expect(entryNamed(families, name)).toMatchObject({ id: name, index, family: { stem: family.stem } });
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  test.each([
    ['k3.1', 'quantity: expected a name such as k2.5.3.1.2'],
    ['', 'quantity: expected a name such as'],
    [
      'k2.13.1.0.0',
      'quantity: expected k2 with map 1 to 12, input map 1 to 6, row 0 to 4, column 0 to 4, got k2.13.1.0.0',
    ],
    ['k2.0.1.0.0', 'map 1 to 12'],
    ['C1.1.24.0', 'quantity: expected C1 with map 1 to 6, row 0 to 23, column 0 to 23, got C1.1.24.0'],
    ['o10', 'quantity: expected o with output 0 to 9, got o10'],
    ['b1', 'quantity: expected b1 with map 1 to 6, got b1'],
    ['L.1', 'quantity: expected L with no index, got L.1'],
    ['o1.2', 'got o1.2'],
  ])('%j is refused', (name, message) => {
    expect(() => entryNamed(families, name)).toThrow(message);
  });
});

test('a network of another form is refused', () => {
  expect(() => derive('o7', lenet5())).toThrow(
    'lenet-step: expected a network of the documented form, conv2d, activation, pool2d, conv2d, activation, pool2d, flatten, dense; got conv2d, ',
  );
});
