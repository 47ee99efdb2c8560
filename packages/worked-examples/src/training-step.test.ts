/** Derivations of random networks: every value is the network's own, every gradient its central difference. */
import { referenceKernels } from '@longhand/kernels';
import {
  activation,
  conv1d,
  conv2d,
  dense,
  flatten,
  halfSquaredError,
  type Layer,
  type Loss,
  meanSquaredError,
  type Network,
  pool2d,
  sequential,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { numericalDerivative, seededRandom, sizeOf } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UpdateOrder } from './derivation';
import { examples } from './examples';
import { deriveTrainingStep, type LayerNames, type TrainingStepSetup } from './training-step';

const numbered = (stem: string, length: number): string[] => Array.from({ length }, (_, at) => `${stem}_${at + 1}`);

/** A setup that names every number of a network, with random values. */
function setupOf(network: Network, loss: Loss, seed: number, order: UpdateOrder): TrainingStepSetup {
  const random = seededRandom(seed);
  const draw = (length: number): number[] => Array.from({ length }, () => random.uniform(-1, 1));
  const layers: Record<string, LayerNames> = {};
  const parameters: Record<string, number[]> = {};
  for (const { name, outputShape, parameters: specs } of network.layers) {
    const size = sizeOf(outputShape);
    const named: Record<string, string[]> = { y: numbered(`${name}_y`, size), dy: numbered(`${name}_dy`, size) };
    for (const spec of specs) {
      const length = sizeOf(spec.shape);
      const capital = spec.name.charAt(0).toUpperCase() + spec.name.slice(1);
      named[spec.name] = numbered(`${name}_${spec.name}`, length);
      named[`d${capital}`] = numbered(`${name}_d${spec.name}`, length);
      parameters[`${name}.${spec.name}`] = draw(length);
    }
    layers[name] = named;
  }
  const outputs = sizeOf(network.outputShape);
  const weights = Array.from({ length: outputs }, () => random.uniform(0.1, 1));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    network,
    loss,
    parameters,
    input: draw(sizeOf(network.inputShape)),
    target: weights.map((weight) => weight / mass),
    learningRate: 0.1,
    names: {
      input: numbered('x', sizeOf(network.inputShape)),
      target: numbered('t', outputs),
      layers,
      prediction: numbered('p', outputs),
      loss: 'loss',
      learningRate: 'rate',
      dInput: numbered('dx', sizeOf(network.inputShape)),
    },
    order,
    digits: 'exact',
  };
}

const activations = fc
  .constantFrom('sigmoid', 'tanh', 'relu', 'silu', 'identity')
  .map((name) => activation({ activation: name }));
const losses = fc.constantFrom(
  softmaxCrossEntropy(),
  sigmoidBinaryCrossEntropy(),
  meanSquaredError(),
  halfSquaredError(),
);

/** Small networks of every kind of layer. */
const networks: fc.Arbitrary<Network> = fc
  .record({
    isImage: fc.boolean(),
    outChannels: fc.integer({ min: 1, max: 2 }),
    trueConvolution: fc.boolean(),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    pooling: fc.constantFrom('max' as const, 'mean' as const),
    first: activations,
    second: activations,
    outFeatures: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ isImage, first, second, outFeatures, pooling, ...convolution }) => {
    const before: Record<string, Layer> = isImage
      ? { conv: conv2d({ kernel: [2, 3], ...convolution }), first, pool: pool2d({ pooling, window: 2 }) }
      : { conv: conv1d({ kernel: 3, ...convolution }), first };
    return sequential({
      input: isImage ? [3, 4, 2] : [4, 2],
      layers: { ...before, flatten: flatten(), dense: dense({ outFeatures }), second },
    });
  });

/** A sigmoid at the end is refused by the losses that contain one, or a softmax. */
const networksWithLosses = fc.tuple(networks, losses).filter(([network, loss]) => {
  try {
    loss.checkNetwork?.(network);
    return true;
  } catch {
    return false;
  }
});

describe('random small networks', () => {
  const orders = fc.constantFrom<UpdateOrder>('standard', 'update-then-propagate');

  test('every value equals the network’s own', () => {
    fc.assert(
      fc.property(networksWithLosses, fc.integer({ min: 0, max: 1e6 }), ([network, loss], seed) => {
        const setup = setupOf(network, loss, seed, 'standard');
        const { steps, pass } = deriveTrainingStep({ ...setup, names: { ...setup.names } });
        const value = new Map(steps.map((step) => [step.id, step.value]));
        const plain = network.zeros({ dtype: 'float64' });
        for (const [path, values] of Object.entries(setup.parameters)) plain.get(path).data.set(values);
        const own = network.prepare({ kernels: referenceKernels, parameters: plain, capacity: 1, inputGradient: true });
        const ownLoss = loss.prepare(own);
        own.input.set(setup.input);
        ownLoss.target.set(setup.target);
        ownLoss.imageWeight.fill(1);
        own.forward();
        ownLoss.forward();
        ownLoss.inputGradient();
        own.backward();
        expect(value.get('loss')).toBe(ownLoss.loss[0]);
        for (const { name } of network.layers) {
          own.layers.get(name)?.y.forEach((y, at) => {
            expect(value.get(`${name}_y_${at + 1}`)).toBe(y);
          });
        }
        for (const { path } of network.parameterEntries) {
          const [layer, parameter] = path.split('.');
          own.gradients?.get(path).data.forEach((gradient, at) => {
            expect(value.get(`${layer}_d${parameter}_${at + 1}`)).toBe(gradient);
            const updated = setup.parameters[path][at] - 0.1 * gradient;
            expect(pass.parameters.get(path).data[at]).toBeCloseTo(updated, 14);
          });
        }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test('every gradient equals its central difference', () => {
    fc.assert(
      fc.property(networksWithLosses, fc.integer({ min: 0, max: 1e6 }), ([network, loss], seed) => {
        const setup = setupOf(network, loss, seed, 'standard');
        const { steps } = deriveTrainingStep(setup);
        const parameters = network.zeros({ dtype: 'float64' });
        for (const [path, values] of Object.entries(setup.parameters)) parameters.get(path).data.set(values);
        const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
        const lossPass = loss.prepare(pass);
        pass.input.set(setup.input);
        lossPass.target.set(setup.target);
        const objective = (): number => {
          pass.forward();
          lossPass.forward();
          return lossPass.loss[0];
        };
        const value = new Map(steps.map((step) => [step.id, step.value]));
        const compare = (id: string, values: Float64Array, at: number): void => {
          const { value: numerical, disagreement } = numericalDerivative(objective, values, at);
          // A kink within the step has no derivative to compare with.
          if (disagreement < 1e-4) expect(Math.abs((value.get(id) ?? Number.NaN) - numerical), id).toBeLessThan(1e-8);
        };
        pass.input.forEach((_, at) => {
          compare(`dx_${at + 1}`, pass.input as Float64Array, at);
        });
        for (const { path, length } of network.parameterEntries) {
          const [layer, parameter] = path.split('.');
          const { data } = parameters.get(path);
          for (let at = 0; at < length; at++) compare(`${layer}_d${parameter}_${at + 1}`, data as Float64Array, at);
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test('every substitution is a sum that a pocket calculator confirms', () => {
    fc.assert(
      fc.property(networksWithLosses, orders, fc.integer({ min: 0, max: 1e6 }), ([network, loss], order, seed) => {
        for (const { id, substitution, value } of deriveTrainingStep(setupOf(network, loss, seed, order)).steps) {
          if (substitution === undefined) continue;
          expect(Math.abs(calculate(substitution.text) - value), `${id}: ${substitution.text}`).toBeLessThan(1e-4);
        }
      }),
      { seed: 4, numRuns: 30 },
    );
  });
});

describe('every example', () => {
  test.each(examples)('$name: ids are unique, inputs come before', (example) => {
    const seen = new Set<string>();
    for (const { id, inputs } of example.derive().steps) {
      expect(seen.has(id), `${id} twice`).toBe(false);
      for (const input of inputs) expect(seen.has(input), `${input} before ${id}`).toBe(true);
      seen.add(id);
    }
  });

  test.each(examples)('$name: survives JSON', (example) => {
    const derivation = example.derive();
    expect(JSON.parse(JSON.stringify(derivation))).toEqual(derivation);
  });

  test.each(examples)('$name: substitutions are sums that a pocket calculator confirms', (example) => {
    for (const { id, substitution, value } of example.derive({ digits: 'exact', order: 'standard' }).steps) {
      if (substitution === undefined) continue;
      // The substitution shows six digits of each number; what they add up to is off by as little.
      expect(Math.abs(calculate(substitution.text) - value), `${id}: ${substitution.text}`).toBeLessThan(2e-5);
    }
  });
});

/** Reads a plain formula as JavaScript would, with its signs, functions and squares spelled out. */
function calculate(text: string): number {
  const script = text
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('²', '**2')
    .replaceAll('e^(', 'Math.exp(')
    .replaceAll('ln(', 'Math.log(')
    .replaceAll('max(', 'Math.max(')
    .replaceAll('tanh(', 'Math.tanh(')
    .replace(/\[([^\]]*) > 0\]/g, '($1 > 0 ? 1 : 0)')
    .replaceAll('σ(', '(x => 1 / (1 + Math.exp(-x)))(');
  return Function(`return ${script}`)() as number;
}
