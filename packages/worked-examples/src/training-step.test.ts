/** Derivations of random networks: every value is the network's own, every gradient its central difference. */
import { call, constant, entry, max, product, referenceKernels } from '@longhand/kernels';
import {
  activation,
  batchNorm,
  conv1d,
  conv2d,
  dense,
  dropout,
  everyLayer,
  flatten,
  globalAveragePool,
  halfSquaredError,
  type Layer,
  type Loss,
  type Mode,
  meanSquaredError,
  type Network,
  pool2d,
  residual,
  sequential,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
  trainingContext,
} from '@longhand/layers';
import { erfc, type FloatArray, numericalDerivative, seededRandom, sizeOf } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UpdateOrder } from './derivation';
import { examples } from './examples';
import { deriveTrainingStep } from './training-step';
import type { LayerNames, TrainingStepSetup } from './training-step-setup';

const numbered = (stem: string, length: number): string[] => Array.from({ length }, (_, at) => `${stem}_${at + 1}`);

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The arrays that layers have besides parameters, buffers and output. */
const innerArrays = ['mask', 'mean', 'variance', 'invStd', 'meanDy', 'meanDyXhat'];

/** A setup that names every number of a network, with random values. */
function setupOf(network: Network, loss: Loss, seed: number, order: UpdateOrder, mode: Mode = 'train') {
  const random = seededRandom(seed);
  const draw = (length: number): number[] => Array.from({ length }, () => random.uniform(-1, 1));
  const layers: Record<string, LayerNames> = {};
  const parameters: Record<string, number[]> = {};
  for (const { name: path, layer, inputShape, outputShape, parameters: specs, buffers } of everyLayer(network.layers)) {
    const stem = path.replaceAll('.', '_');
    const size = sizeOf(outputShape);
    const named: Record<string, string[]> = { y: numbered(`${stem}_y`, size), dy: numbered(`${stem}_dy`, size) };
    const kind = layer.description.kind;
    if (kind === 'batchNorm' || kind === 'dropout') {
      const count = kind === 'dropout' ? size : (inputShape.at(-1) ?? 0);
      for (const array of innerArrays) named[array] = numbered(`${stem}_${array}`, count);
    }
    for (const { name, shape } of buffers) named[name] = numbered(`${stem}_${name}`, sizeOf(shape));
    for (const spec of layer.nested === undefined ? specs : []) {
      const length = sizeOf(spec.shape);
      named[spec.name] = numbered(`${stem}_${spec.name}`, length);
      named[`d${capital(spec.name)}`] = numbered(`${stem}_d${capital(spec.name)}`, length);
      parameters[`${path}.${spec.name}`] = draw(length);
    }
    for (const { name, shape, initial } of layer.nested === undefined ? buffers : []) {
      parameters[`${path}.${name}`] = draw(sizeOf(shape)).map((value) => initial + 0.5 * Math.abs(value));
    }
    layers[path] = named;
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
    mode,
  } satisfies TrainingStepSetup;
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
            expect(value.get(`${layer}_d${capital(parameter)}_${at + 1}`)).toBe(gradient);
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
          for (let at = 0; at < length; at++)
            compare(`${layer}_d${capital(parameter)}_${at + 1}`, data as Float64Array, at);
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

/** One network for each kind of layer that the random ones above are not made of. */
const image = (layers: Readonly<Record<string, Layer>>, input: readonly number[] = [4, 5, 2]): Network =>
  sequential({ input, layers: { ...layers, flatten: flatten(), fc: dense({ outFeatures: 2 }) } });
const conv = (outChannels = 2): Layer => conv2d({ outChannels, kernel: 2, stride: 2, bias: false });

const networksOfKinds: readonly (readonly [string, Network])[] = [
  ['batchNorm of images', image({ conv: conv(), bn: batchNorm({ momentum: 0.3, epsilon: 0.01 }) })],
  ['batchNorm of sequences', image({ conv: conv1d({ outChannels: 2, kernel: 2 }), bn: batchNorm() }, [4, 2])],
  ['dropout', image({ conv: conv(), drop: dropout({ rate: 0.4 }) })],
  ['dropout first and twice', image({ drop1: dropout({ rate: 0.4 }), drop2: dropout({ rate: 0.2 }) })],
  ['identity', image({ conv: conv(), identity: activation({ activation: 'identity' }) })],
  ['globalAveragePool', image({ conv: conv(3), pool: globalAveragePool() })],
  ['a padded maximum', image({ pool: pool2d({ pooling: 'max', window: 3, stride: 2, padding: 1 }) })],
  [
    'a padded mean',
    image({ pool: pool2d({ pooling: 'mean', window: 3, stride: 2, padding: 1, countIncludePad: false }) }),
  ],
  ['groups', image({ conv: conv2d({ outChannels: 4, kernel: 2, groups: 2 }) })],
  ['depthwise', image({ conv: conv2d({ outChannels: 2, kernel: 3, padding: 'same', groups: 2 }) })],
  ['dilation', image({ conv: conv2d({ outChannels: 1, kernel: 2, dilation: [2, 3] }) })],
  ...(['leakyRelu', 'gelu', 'geluTanh', 'relu6', 'hardSwish'] as const).map(
    (name) => [name, image({ conv: conv(), [name]: activation({ activation: name }) })] as const,
  ),
  [
    'a residual block with the identity',
    image({ block: residual({ body: { act: activation({ activation: 'tanh' }) } }) }),
  ],
  [
    'residual blocks within one another',
    image({
      conv: conv(),
      block: residual({
        body: {
          drop: dropout({ rate: 0.2 }),
          inner: residual({ body: { act: activation({ activation: 'silu' }), bn: batchNorm() } }),
          conv: conv2d({ outChannels: 1, kernel: 1 }),
          bn: batchNorm(),
        },
        shortcut: { conv: conv2d({ outChannels: 1, kernel: 1, bias: false }), bn: batchNorm() },
      }),
    }),
  ],
];

describe.each<Mode>(['train', 'evaluate'])('every kind of layer, mode %s', (mode) => {
  test.each(networksOfKinds)('%s', (_, network) => {
    const loss = softmaxCrossEntropy();
    const setup = setupOf(network, loss, 7, 'standard', mode);
    const { steps } = deriveTrainingStep(setup);
    const step = new Map(steps.map((each) => [each.id, each]));
    const idOf = (path: string): string => path.replaceAll('.', '_');

    // Everything is there, with a formula whose numbers give the value.
    const given = new Set(steps.filter(({ stage }) => stage === 'given').map(({ id }) => id));
    for (const { id, formula, substitution, value, inputs } of steps) {
      if (formula === undefined) {
        expect(given.has(id) || id.includes('_mask_'), id).toBe(true);
        continue;
      }
      for (const input of inputs) expect(step.has(input), `${input} of ${id}`).toBe(true);
      expect(Math.abs(calculate(substitution?.text ?? '') - value), `${id}: ${substitution?.text}`).toBeLessThan(2e-4);
    }

    // Outputs and gradients are those of an ordinary pass; gradients are numerical ones too.
    const parameters = network.zeros({ dtype: 'float64' });
    for (const [path, values] of Object.entries(setup.parameters)) parameters.get(path).data.set(values);
    // Dropout drops the same numbers.
    const context = trainingContext({ capacity: 1, random: seededRandom('pass'), dtype: 'float64' });
    context.step = 0;
    const pass = network.prepare({
      kernels: referenceKernels,
      parameters,
      context,
      capacity: 1,
      mode,
      gradients: true,
      inputGradient: true,
    });
    const lossPass = loss.prepare(pass);
    pass.input.set(setup.input);
    lossPass.target.set(setup.target);
    lossPass.imageWeight.fill(1);
    const objective = (): number => {
      pass.forward();
      lossPass.forward();
      return lossPass.loss[0];
    };
    expect(step.get('loss')?.value).toBe(objective());
    lossPass.inputGradient();
    pass.backward();
    for (const [name, { y }] of pass.layers) {
      expect(Array.from(y, (_value, at) => step.get(`${name}_y_${at + 1}`)?.value)).toEqual([...y]);
    }
    for (const { path } of network.bufferEntries) {
      const values = [...parameters.get(path).data];
      const suffix = mode === 'train' ? '_new' : '';
      expect(values.map((_value, at) => step.get(`${idOf(path)}_${at + 1}${suffix}`)?.value)).toEqual(values);
    }
    const compare = (id: string, values: Float64Array, at: number, own: number | undefined): void => {
      const value = step.get(id)?.value ?? Number.NaN;
      expect(value, id).toBe(own);
      const { value: numerical, disagreement } = numericalDerivative(objective, values, at);
      if (disagreement < 1e-4) expect(Math.abs(value - numerical), id).toBeLessThan(1e-8);
    };
    const [dInput, gradients] = [pass.dInput?.slice(), pass.gradients.values.slice()];
    pass.input.forEach((_, at) => {
      compare(`dx_${at + 1}`, pass.input as Float64Array, at, dInput?.[at]);
    });
    for (const { path, length, offset } of network.parameterEntries) {
      const { data } = parameters.get(path);
      const id = idOf(path).replace(/_([^_]+)$/, (_found, parameter) => `_d${capital(parameter)}`);
      for (let at = 0; at < length; at++) compare(`${id}_${at + 1}`, data as Float64Array, at, gradients[offset + at]);
    }
  });
});

test('what a batch normalization is made of, as people write it', () => {
  const network = sequential({ input: [1, 2, 1], layers: { bn: batchNorm(), flatten: flatten() } });
  const setup = setupOf(network, halfSquaredError(), 1, 'standard');
  const { steps } = deriveTrainingStep(setup);
  const formula = (id: string): string | undefined => steps.find((step) => step.id === id)?.formula?.text;
  expect(formula('bn_mean_1')).toBe('(x_1 + x_2) / 2');
  expect(formula('bn_variance_1')).toBe('((x_1 − bn_mean_1)² + (x_2 − bn_mean_1)²) / 2');
  expect(formula('bn_invStd_1')).toBe('1 / √(bn_variance_1 + 0.00001)');
  expect(formula('bn_y_2')).toBe('(x_2 − bn_mean_1)·bn_invStd_1·bn_weight_1 + bn_bias_1');
  expect(formula('bn_running_mean_1_new')).toBe('0.9·bn_running_mean_1 + 0.1·bn_mean_1');
  expect(formula('bn_running_var_1_new')).toBe('0.9·bn_running_var_1 + 0.1·bn_variance_1·2 / 1');
  expect(formula('bn_meanDy_1')).toBe('bn_dBias_1 / 2');
  expect(formula('dx_2')).toBe(
    'bn_weight_1·bn_invStd_1·(bn_dy_2 − bn_meanDy_1 − (x_2 − bn_mean_1)·bn_invStd_1·bn_meanDyXhat_1)',
  );
});

test('a dropout drawn in training is a product with its mask; in use it is its input', () => {
  const network = sequential({ input: [3], layers: { drop: dropout({ rate: 0.5 }), fc: dense({ outFeatures: 2 }) } });
  const formulas = (mode: Mode): (string | undefined)[] => {
    const { steps } = deriveTrainingStep(setupOf(network, halfSquaredError(), 1, 'standard', mode));
    return ['drop_y_2', 'dx_2'].map((id) => steps.find((step) => step.id === id)?.formula?.text);
  };
  expect(formulas('train')).toEqual(['x_2·drop_mask_2', 'drop_dy_2·drop_mask_2']);
  expect(formulas('evaluate')).toEqual(['x_2', 'drop_dy_2']);
});

test('a block’s layers cannot be updated before the error goes on', () => {
  const [, network] = networksOfKinds.at(-1) ?? [];
  if (network === undefined) throw new Error('a network');
  const setup = setupOf(network, softmaxCrossEntropy(), 1, 'update-then-propagate');
  expect(() => deriveTrainingStep(setup)).toThrow(
    'block: expected the order standard and exact digits for the layers of a block, which run as one; got update-then-propagate and exact',
  );
});

describe('a layer of the user’s own', () => {
  /** ReLU with twice the slope, by a layer that looks like Longhand’s own. */
  const steeper = (withTerms: boolean): Layer => {
    const plain = activation({ activation: 'relu' });
    return {
      ...plain,
      prepare(binding) {
        const pass = plain.prepare(binding);
        const { x, dx } = binding;
        const { y, dy } = pass;
        const double = (values: FloatArray | undefined): void => {
          values?.set(values.map((value) => 2 * value));
        };
        return {
          ...pass,
          forward() {
            pass.forward();
            double(y);
          },
          inputGradient() {
            pass.inputGradient();
            double(dx);
          },
          ...(withTerms && dx && dy
            ? {
                terms: {
                  arrays: { x, y, dx, dy },
                  forward: { y: (at) => product([constant(2), max([entry('x', at), constant(0)])]) },
                  backward: { dx: (at) => product([constant(2), call('step', entry('x', at)), entry('dy', at)]) },
                },
              }
            : {}),
        };
      },
    };
  };
  const network = (withTerms: boolean): Network =>
    sequential({
      input: [2],
      layers: { fc1: dense({ outFeatures: 2 }), steeper: steeper(withTerms), fc2: dense({ outFeatures: 2 }) },
    });
  const stepsOf = (withTerms: boolean) => {
    const { steps } = deriveTrainingStep(setupOf(network(withTerms), halfSquaredError(), 3, 'standard'));
    return new Map(steps.map((step) => [step.id, step]));
  };

  test('is not taken for the built-in one that it wraps', () => {
    const steps = stepsOf(false);
    for (const id of ['steeper_y_1', 'steeper_y_2', 'fc1_dy_1', 'fc1_dy_2']) {
      expect(steps.get(id)).toMatchObject({ remark: expect.stringContaining('a layer of your own writes it') });
      expect(steps.get(id)?.formula, id).toBeUndefined();
    }
    // What comes before and after is derived.
    expect(steps.get('fc2_y_1')?.formula?.text).toContain('fc2_weight_1·steeper_y_1');
    expect(steps.get('fc1_dWeight_1')?.formula?.text).toBe('fc1_dy_1·x_1');
  });

  test('is derived by its own terms', () => {
    const steps = stepsOf(true);
    expect(steps.get('steeper_y_1')?.formula?.text).toBe('2·max(fc1_y_1, 0)');
    expect(steps.get('fc1_dy_1')?.formula?.text).toBe('2·[fc1_y_1 > 0]·steeper_dy_1');
    for (const id of ['steeper_y_1', 'steeper_y_2', 'fc1_dy_1', 'fc1_dy_2']) {
      const { substitution, value } = steps.get(id) ?? {};
      expect(calculate(substitution?.text ?? '')).toBeCloseTo(value ?? Number.NaN, 4);
    }
  });
});

/** Reads a plain formula as JavaScript would, with its signs, functions and squares spelled out. */
function calculate(text: string): number {
  const script = text
    // A sign is a factor, so that it stands before a square: −x² is −(x²).
    .replace(/(?<![e ])−/g, '-1*')
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('²', '**2')
    .replaceAll('e^(', 'Math.exp(')
    .replaceAll('ln(', 'Math.log(')
    .replaceAll('max(', 'Math.max(')
    .replaceAll('min(', 'Math.min(')
    .replaceAll('√(', 'Math.sqrt(')
    .replaceAll('Φ(', 'normalCdf(')
    .replaceAll('tanh(', 'Math.tanh(')
    .replace(/\[([^\]]*) > 0\]/g, '($1 > 0 ? 1 : 0)')
    .replaceAll('σ(', '(x => 1 / (1 + Math.exp(-x)))(');
  const normalCdf = (x: number): number => 0.5 * erfc(-Math.SQRT1_2 * x);
  return Function('normalCdf', `return ${script}`)(normalCdf) as number;
}
