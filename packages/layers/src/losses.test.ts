/** Mistakes around losses that would train without an error. */
import { referenceKernels } from '@longhand/kernels';
import { OptionError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { gelu, identity, relu, sigmoid, softmax, tanh } from './activations';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { networkFrom } from './description';
import { dropout } from './dropout';
import { globalAveragePool } from './global-average-pool';
import { checkGradients } from './gradient-check';
import type { Layer } from './layer';
import type { Loss } from './loss';
import {
  binaryCrossEntropy,
  halfSquaredError,
  meanSquaredError,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from './losses';
import type { GradientPass, Network } from './network';
import { flatten, reshape } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

const kernels = referenceKernels;
const passOf = (network: Network, capacity = 2): GradientPass =>
  network.prepare({ kernels, capacity, parameters: network.initialize(seededRandom(1)) });

/** Three numbers from four by a dense layer, and what follows. */
const ending = (layers: Readonly<Record<string, Layer>>): Network =>
  sequential({ input: [4], layers: { fc: dense({ outFeatures: 3 }), ...layers } });

const fromLogits = [softmaxCrossEntropy(), sigmoidBinaryCrossEntropy()];
const others = [meanSquaredError(), halfSquaredError()];

describe.each(fromLogits.map((loss) => [loss.description.kind, loss] as const))('%s', (kind, loss: Loss) => {
  test.each<[string, Readonly<Record<string, Layer>>, string, string]>([
    ['softmax', { softmax: softmax() }, 'softmax', 'softmax'],
    ['sigmoid', { out: sigmoid() }, 'out', 'sigmoid'],
    ['softmax, which identity leaves as it is', { softmax: softmax(), same: identity() }, 'softmax', 'softmax'],
    ['sigmoid in another shape', { out: sigmoid(), as: reshape({ shape: [3, 1] }), f: flatten() }, 'out', 'sigmoid'],
  ])('refuses a network that ends with %s', (_, layers, name, range) => {
    const message = `${kind}: expected logits, got the probabilities of '${name}' (${range}); leave that layer out, the loss contains its own`;
    expect(() => loss.prepare(passOf(ending(layers)))).toThrow(new OptionError(message));
    // Before anything is prepared, too.
    expect(() => loss.checkNetwork?.(ending(layers))).toThrow(new OptionError(message));
  });

  test('refuses one of a network file', () => {
    const network = networkFrom({ input: [4], layers: [{ kind: 'dense', outFeatures: 3 }, 'softmax'] });
    expect(() => loss.prepare(passOf(network))).toThrow(`${kind}: expected logits, got the probabilities of 'softmax'`);
  });

  test.each<[string, Readonly<Record<string, Layer>>]>([
    ['a dense layer', {}],
    ['ReLU', { relu: relu() }],
    ['tanh', { tanh: tanh() }],
    ['a sigmoid further ahead', { out: sigmoid(), fc2: dense({ outFeatures: 3 }) }],
    ['a softmax that a block adds to', { block: residual({ body: { softmax: softmax() } }) }],
    ['dropout', { out: sigmoid(), dropout: dropout({ rate: 0.5 }) }],
    // It may compute anything, whatever its description says.
    ['a layer of the user’s own', { out: { ...softmax() } }],
  ])('takes a network that ends with %s', (_, layers) => {
    expect(loss.prepare(passOf(ending(layers))).loss).toHaveLength(2);
  });
});

describe('binary-cross-entropy', () => {
  const loss = binaryCrossEntropy();

  test.each<[string, Readonly<Record<string, Layer>>, string]>([
    ['a dense layer', {}, 'fc'],
    ['GELU', { gelu: gelu() }, 'gelu'],
    ['a block', { block: residual({ body: { softmax: softmax() } }) }, 'block'],
  ])('refuses the numbers of %s', (_, layers, name) => {
    expect(() => loss.prepare(passOf(ending(layers)))).toThrow(
      new OptionError(
        `binary-cross-entropy: expected probabilities from 0 to 1, got the numbers of '${name}'; end the network with sigmoid(), or take sigmoidBinaryCrossEntropy()`,
      ),
    );
  });

  test.each<[string, Readonly<Record<string, Layer>>]>([
    ['softmax', { softmax: softmax() }],
    ['sigmoid', { out: sigmoid() }],
    ['a layer of the user’s own', { out: { ...sigmoid() } }],
  ])('takes %s', (_, layers) => {
    expect(loss.prepare(passOf(ending(layers))).loss).toHaveLength(2);
  });

  test('takes means of probabilities', () => {
    const layers = { conv: conv2d({ outChannels: 3, kernel: 1 }), out: sigmoid(), pool: globalAveragePool() };
    expect(loss.prepare(passOf(sequential({ input: [2, 2, 1], layers }))).loss).toHaveLength(2);
  });
});

describe.each([...fromLogits, ...others].map((loss) => [loss.description.kind, loss] as const))('%s', (kind, loss) => {
  test('refuses image weights that were not filled in', () => {
    const pass = loss.prepare(passOf(ending({})));
    pass.target[0] = 1;
    pass.target[1] = 1;
    pass.forward();
    const message = `${kind}: expected the weight of each image in imageWeight, got zeros alone; fill it with 1 / the number of images`;
    expect(() => pass.inputGradient()).toThrow(new OptionError(message));
    // Still, until they are there.
    expect(() => pass.inputGradient()).toThrow(message);
    pass.imageWeight.fill(1 / 2);
    pass.inputGradient();
    // Checked once: a later batch may have any weights.
    pass.imageWeight.fill(0);
    pass.inputGradient();
  });
});

test('softmax-cross-entropy refuses an image without a target', () => {
  const pass = softmaxCrossEntropy().prepare(passOf(ending({}), 3));
  pass.imageWeight.set([1 / 2, 1 / 2, 0]);
  pass.target[0] = 1;
  const message =
    'softmax-cross-entropy: expected a target for each image, got zeros alone for image 1; fill target with a 1 at its class';
  expect(() => pass.inputGradient()).toThrow(new OptionError(message));
  // The third lane holds no image.
  pass.target[4] = 1;
  pass.inputGradient();
});

test('backward without gradients is refused', () => {
  const network = ending({});
  const pass = network.prepare({ kernels, capacity: 1, parameters: network.zeros(), mode: 'evaluate' });
  pass.forward();
  expect(() => pass.backward()).toThrow(
    new OptionError('backward: expected a pass with gradients, got one without; prepare it with gradients: true'),
  );
});

test('the gradient check refuses a loss that computes in float32, and does not blame its derivatives', () => {
  const inKind = (Kind: typeof Float32Array | typeof Float64Array): Loss => ({
    description: { kind: 'own' },
    prepare({ capacity, output, dOutput }) {
      const loss = new Kind(capacity);
      return {
        target: new Kind(output.length),
        imageWeight: new Kind(capacity),
        loss,
        prediction: output,
        forward() {
          loss.fill(0);
          for (const [at, y] of output.entries()) loss[at % capacity] += (y * y) / 2;
        },
        inputGradient() {
          for (const [at, y] of output.entries()) if (dOutput) dOutput[at] = y / capacity;
        },
      };
    },
  });
  const network = ending({});
  expect(checkGradients(network, { loss: inKind(Float64Array) }).passed).toBe(true);
  expect(() => checkGradients(network, { loss: inKind(Float32Array) })).toThrow(
    'gradient check: expected arrays in the precision of the pass, float64, from own, got float32 as loss; make them with allocateFloats(dtypeOf(output), length)',
  );
});
