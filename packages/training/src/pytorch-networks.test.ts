/** Whole networks, optimizers and schedules against PyTorch's figures. */
import { referenceKernels } from '@longhand/kernels';
import {
  type LossPass,
  lenet5,
  lenetDocumented,
  type Network,
  type NetworkParameters,
  type NetworkPass,
  type PresetOptions,
  softmaxCrossEntropy,
  wide,
} from '@longhand/layers';
import {
  adam,
  adamw,
  clipByNorm,
  clipByValue,
  cosine,
  lion,
  muon,
  type Optimizer,
  oneCycle,
  rmsprop,
  type Schedule,
  sgd,
  step,
} from '@longhand/optimizers';
import type { DType } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { PytorchFigures, relativeDistance } from '../fixtures/pytorch-figures';

const images = new PytorchFigures('images');
const documented = new PytorchFigures('documented-network');
const optimized = new PytorchFigures('optimizers');
const sampled = new PytorchFigures('sampled-networks');

/** What the arithmetic explains: float64 in another order; float32 with a few thousand roundings on the way. */
const tolerances: Record<DType, { value: number; gradient: number }> = {
  float64: { value: 1e-13, gradient: 1e-12 },
  float32: { value: 2e-6, gradient: 1e-5 },
};

/** A network over the first images of the fixtures, its loss behind it, at given parameters. */
function prepare(
  network: Network,
  values: Float64Array,
  dtype: DType,
  count = 8,
): { pass: NetworkPass; loss: LossPass } {
  const parameters = network.zeros({ dtype });
  parameters.values.set(values);
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: count, inputGradient: true });
  const loss = softmaxCrossEntropy().prepare(pass);
  const lookUp = images.numbers('normalized');
  const pixels = images.numbers('pixels');
  const labels = images.numbers('labels');
  for (let n = 0; n < count; n++) {
    for (let pixel = 0; pixel < 784; pixel++) {
      pass.input[pixel * count + n] = lookUp[pixels[n * 784 + pixel]];
    }
    loss.target[labels[n] * count + n] = 1;
    loss.imageWeight[n] = 1 / count;
  }
  return { pass, loss };
}

function forwardAndBackward({ pass, loss }: { pass: NetworkPass; loss: LossPass }): number {
  pass.forward();
  loss.forward();
  loss.inputGradient();
  pass.backward();
  let sum = 0;
  for (const value of loss.loss) sum += value;
  return sum / loss.loss.length;
}

/** The values of all parameters, from one tensor for each. */
function flat(network: Network, numbersOf: (path: string) => Float64Array): Float64Array {
  return Float64Array.from(network.parameterEntries.flatMap(({ path }) => [...numbersOf(path)]));
}

const logitsOf = ({ pass }: { pass: NetworkPass }, batch: number): Float64Array => {
  const outputs = pass.output.length / batch;
  return Float64Array.from(
    { length: pass.output.length },
    (_, at) => pass.output[(at % outputs) * batch + Math.floor(at / outputs)],
  );
};

describe.each<DType>(['float64', 'float32'])('the documented network in %s', (dtype) => {
  test.each(documented.cases)('%s: logits, loss, all gradients', (variant) => {
    const { activation, pooling } =
      documented.settings<Required<Pick<PresetOptions, 'activation' | 'pooling'>>>(variant);
    const network = lenetDocumented({ activation, pooling });
    const prepared = prepare(
      network,
      flat(network, (path) => documented.numbers(`initial/${path}`)),
      dtype,
    );
    const loss = forwardAndBackward(prepared);
    const { value, gradient } = tolerances[dtype];
    expect(relativeDistance(logitsOf(prepared, 8), documented.numbers(`${variant}/logits`))).toBeLessThan(value);
    expect(relativeDistance([loss], documented.numbers(`${variant}/loss`))).toBeLessThan(value);
    for (const { path } of network.parameterEntries) {
      const got = prepared.pass.gradients?.get(path).data ?? [];
      expect(relativeDistance(got, documented.numbers(`${variant}/gradient/${path}`)), path).toBeLessThan(gradient);
    }
    const dx = documented.batch(`${variant}/dx`);
    const firstTwo = (prepared.pass.dInput ?? new Float64Array()).filter((_: number, at: number) => at % 8 < 2);
    expect(relativeDistance(firstTwo, dx), 'input').toBeLessThan(gradient);
  });
});

interface TorchOptions {
  readonly optimizer: 'SGD' | 'RMSprop' | 'Adam' | 'AdamW' | 'Lion' | 'MuonWithAdamW';
  readonly lr: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weight_decay?: number;
  readonly alpha?: number;
  readonly betas?: [number, number];
  readonly eps?: number;
  readonly adamw_lr?: number;
  readonly adamw_layers?: readonly string[];
  readonly adjust_lr_fn?: 'match_rms_adamw';
  readonly ns_steps?: number;
  /** With the orthogonalization as PyTorch computes it. */
  readonly bfloat16Losses?: readonly number[];
  readonly clip_norm?: number;
  readonly clip_value?: number;
  readonly steps: number;
  readonly float32Deviation: number;
}

function optimizerOf(options: TorchOptions): Optimizer {
  const { optimizer, lr, momentum = 0, nesterov = false, weight_decay = 0 } = options;
  const { alpha = 0.99, betas = [0.9, 0.999], eps = 1e-8 } = options;
  const shared = { learningRate: lr, weightDecay: weight_decay };
  switch (optimizer) {
    case 'SGD':
      return sgd({ ...shared, momentum, nesterov });
    case 'RMSprop':
      return rmsprop({ ...shared, momentum, smoothing: alpha, epsilon: eps });
    case 'Adam':
      return adam({ ...shared, beta1: betas[0], beta2: betas[1], epsilon: eps });
    case 'AdamW':
      return adamw({ ...shared, beta1: betas[0], beta2: betas[1], epsilon: eps });
    case 'Lion':
      return lion({ ...shared, beta1: betas[0], beta2: betas[1] });
    case 'MuonWithAdamW':
      // With PyTorch's defaults.
      return muon({
        learningRate: lr,
        momentum: options.momentum ?? 0.95,
        nesterov: options.nesterov ?? true,
        weightDecay: options.weight_decay ?? 0.1,
        iterations: options.ns_steps ?? 5,
        rateAdjustment: options.adjust_lr_fn === undefined ? 'original' : 'match-rms-adamw',
        adamwLearningRate: options.adamw_lr ?? lr,
        adamwLayers: options.adamw_layers ?? [],
      });
    default:
      throw new Error(`expected a case here for the figures' optimizer ${optimizer satisfies never}, got none`);
  }
}

/** Trains on the eight images; the losses before each step and after the last. */
function walk(prepared: { pass: NetworkPass; loss: LossPass }, options: TorchOptions): number[] {
  const { values, entries } = prepared.pass.parameters;
  const updates = optimizerOf(options).prepare(values, undefined, { entries });
  const losses: number[] = [];
  for (let at = 0; at < options.steps; at++) {
    losses.push(forwardAndBackward(prepared));
    const { values: gradients } = prepared.pass.gradients as NetworkParameters;
    if (options.clip_norm !== undefined) {
      const norm = clipByNorm(gradients, options.clip_norm);
      if (at === 0) expect(norm, 'a norm that is clipped').toBeGreaterThan(options.clip_norm);
    }
    if (options.clip_value !== undefined) clipByValue(gradients, options.clip_value);
    updates.update(gradients);
  }
  return [...losses, forwardAndBackward(prepared)];
}

describe.each<DType>(['float64', 'float32'])('ten steps of the documented network in %s', (dtype) => {
  test.each(optimized.cases)('%s', (name) => {
    const options = optimized.settings<TorchOptions>(name);
    const network = lenetDocumented();
    const prepared = prepare(
      network,
      flat(network, (path) => documented.numbers(`initial/${path}`)),
      dtype,
    );
    const losses = walk(prepared, options);
    // In float32 PyTorch itself is this far from its float64 weights; ours may be on the other side of them.
    const allowed = dtype === 'float64' ? 1e-12 : 3 * options.float32Deviation;
    for (const { path } of network.parameterEntries) {
      const expected = optimized.numbers(`${name}/${path}`);
      const got = prepared.pass.parameters.get(path).data;
      got.forEach((value: number, at: number) => {
        if (!(Math.abs(value - expected[at]) < allowed))
          expect.fail(`${path}[${at}]: ${value}, expected ${expected[at]}`);
      });
    }
    expect(relativeDistance(losses, optimized.numbers(`${name}/losses`))).toBeLessThan(
      dtype === 'float64' ? 1e-12 : 1e-5,
    );
    if (options.bfloat16Losses !== undefined) {
      expect(relativeDistance(losses, options.bfloat16Losses), 'bfloat16').toBeLessThan(2e-3);
    }
  });
});

/** The initial values that the figures were made with: see the formula in the fixtures' README. */
function initialValues(network: Network, bounds: Readonly<Record<string, number>>): Float64Array {
  return Float64Array.from(
    network.parameterEntries.flatMap(({ path, length }, tensor) =>
      Array.from({ length }, (_, at) => {
        let h = (Math.imul(at, 0x9e3779b1) + Math.imul(tensor + 1, 0x85ebca6b)) >>> 0;
        h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
        h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
        h = (h ^ (h >>> 16)) >>> 0;
        return Math.fround(((h >>> 8) / 2 ** 23 - 1) * bounds[path]);
      }),
    ),
  );
}

describe.each([
  ['lenet5', lenet5()],
  ['wide', wide()],
] as const)('%s, by samples and norms', (name, network) => {
  const { images: count, bounds } = sampled.settings<{ images: number; bounds: Record<string, number> }>(name);
  const prepared = prepare(network, initialValues(network, bounds), 'float64', count);
  const loss = forwardAndBackward(prepared);

  const compare = (what: string, parameters: NetworkParameters, within: number): void => {
    for (const { path } of network.parameterEntries) {
      const { data } = parameters.get(path);
      const samples = [...sampled.numbers(`${name}/indices/${path}`)].map((at) => data[at]);
      expect(relativeDistance(samples, sampled.numbers(`${name}/${what}/${path}`)), path).toBeLessThan(within);
      let [squares, sum] = [0, 0];
      for (const value of data) {
        squares += value * value;
        sum += value;
      }
      const [norm, total] = sampled.numbers(`${name}/${what}-totals/${path}`) as unknown as [number, number];
      expect(Math.abs(Math.sqrt(squares) - norm) / norm, `${path}: norm`).toBeLessThan(within);
      // A sum that nearly cancels is as exact as its summands, not as itself.
      expect(Math.abs(sum - total) / (norm * Math.sqrt(data.length)), `${path}: sum`).toBeLessThan(within);
    }
  };

  test('starts from the same parameters', () => compare('initial', prepared.pass.parameters, 1e-13));

  test('logits and loss', () => {
    expect(relativeDistance(logitsOf(prepared, count), sampled.numbers(`${name}/logits`))).toBeLessThan(1e-13);
    expect(relativeDistance([loss], sampled.numbers(`${name}/loss`))).toBeLessThan(1e-13);
  });

  test('gradients', () => compare('gradient', prepared.pass.gradients as NetworkParameters, 1e-12));

  if (sampled.cases.includes(`${name}/adamw`)) {
    test('weights after ten steps of AdamW', () => {
      const losses = walk(prepared, sampled.settings<TorchOptions>(`${name}/adamw`));
      expect(relativeDistance(losses, sampled.numbers(`${name}/adamw/losses`))).toBeLessThan(1e-11);
      compare('adamw', prepared.pass.parameters, 1e-11);
    });
  }
});

describe('schedules', () => {
  const rates = new PytorchFigures('schedules');
  test.each<[string, Schedule]>([
    ['one-cycle', oneCycle({ rise: 0.2 })],
    ['cosine', cosine({ end: 0.01 })],
    ['step', step({ epochs: 2, factor: 0.5 })],
  ])('%s', (name, schedule) => {
    const got = Array.from(
      { length: 50 },
      (_, at) => 0.01 * schedule.factor({ step: at, totalSteps: 50, stepsPerEpoch: 10 }),
    );
    expect(relativeDistance(got, rates.numbers(name))).toBeLessThan(1e-14);
  });
});
