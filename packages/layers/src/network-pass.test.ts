/** Layers whose micro-batches meet, buffers, and modes: with a layer that is not one of the built-in ones. */
import { referenceKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { dense } from './dense';
import { checkGradients } from './gradient-check';
import { allocateOutput, type Layer, nothing } from './layer';
import type { NetworkPass } from './network';
import { type Operation, runAlone } from './operation';
import { NetworkParameters } from './parameters';
import { sequential } from './sequential';

/** Each feature less its mean over the images of the batch; in evaluation less a running mean. y = x − mean, dx = dy − mean(dy). */
function centered(): Layer {
  return {
    description: { kind: 'centered' },
    outputShape: (_where, input) => input,
    parameters: () => [],
    buffers: (_where, shape) => [{ name: 'running_mean', shape, initial: 0.25 }],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { x, dx, capacity, mode, kernels, dtype, context, buffer } = binding;
      const { y, dy } = allocateOutput(binding, binding.inputShape);
      const running = buffer('running_mean');
      const features = running.length;
      /** An operation that leaves `sums` of an array's features and the number of images, and then their means. */
      const meansOf = (array: ArrayLike<number>): { means: Float64Array; operation: Operation } => {
        const partial = kernels.allocate(dtype, features + 1);
        const means = new Float64Array(features);
        const operation = {
          run() {
            partial.fill(0);
            for (let at = 0; at < array.length; at++) {
              partial[Math.floor(at / capacity)] += array[at] * context.imageMask[at % capacity];
            }
            for (const isImage of context.imageMask) partial[features] += isImage;
          },
          reduction: {
            partial,
            combine(partials: readonly ArrayLike<number>[], first: boolean) {
              const count = partials.reduce((sum, each) => sum + each[features], 0);
              for (let feature = 0; feature < features; feature++) {
                means[feature] = partials.reduce((sum, each) => sum + each[feature], 0) / count;
              }
              if (first && array === x)
                for (const [feature, mean] of means.entries()) running[feature] += (mean - running[feature]) / 10;
            },
          },
        };
        return { means, operation };
      };
      const [ofX, ofDy] = [meansOf(x), meansOf(dy ?? [])];
      const subtract = (from: typeof x, means: ArrayLike<number>, into: typeof x) => (): void => {
        for (let at = 0; at < into.length; at++) {
          into[at] = (from[at] - means[Math.floor(at / capacity)]) * context.imageMask[at % capacity];
        }
      };
      if (mode === 'evaluate') {
        const inputGradient = dy && dx ? () => dx.set(dy) : nothing;
        return { y, dy, forward: subtract(x, running, y), parameterGradients: nothing, inputGradient };
      }
      const forwardOperations = [ofX.operation, { run: subtract(x, ofX.means, y) }];
      const backwardOperations = dy && dx ? [ofDy.operation, { run: subtract(dy, ofDy.means, dx) }] : [];
      return {
        y,
        dy,
        forward: runAlone(forwardOperations),
        parameterGradients: nothing,
        inputGradient: runAlone(backwardOperations),
        forwardOperations,
        backwardOperations,
      };
    },
  };
}

const network = sequential({
  input: [3],
  layers: { fc1: dense({ outFeatures: 4 }), center: centered(), fc2: dense({ outFeatures: 2 }) },
});

test('buffers have their own array and initial values, and are not learned', () => {
  expect(network.bufferEntries).toEqual([
    { path: 'center.running_mean', layer: 'center', shape: [4], offset: 0, length: 4, initial: 0.25 },
  ]);
  expect([network.bufferCount, network.parameterCount]).toEqual([4, 16 + 10]);
  const parameters = network.initialize(seededRandom(1));
  expect([...parameters.get('center.running_mean').data]).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(parameters.entries.map(({ path }) => path)).not.toContain('center.running_mean');
  expect(parameters.values).toHaveLength(26);
  const given = new NetworkParameters(network, parameters.values, new Float32Array([1, 2, 3, 4]));
  expect([...given.get('center.running_mean').data]).toEqual([1, 2, 3, 4]);
  expect(() => given.get('center.mean')).toThrow('fc2.bias, center.running_mean; got center.mean');
});

test.each(['train', 'evaluate'] as const)('gradients pass the check in the mode %s', (mode) => {
  const report = checkGradients(network, { mode, batch: 3 });
  expect(report.passed, report.message).toBe(true);
});

test('a pass alone updates buffers in training, and uses them in evaluation', () => {
  const parameters = network.initialize(seededRandom(1), { dtype: 'float64' });
  const input = [1, 2, 3, -1, 0, 5];
  const train = network.prepare({ kernels: referenceKernels, parameters, capacity: 2 });
  train.input.set(input);
  train.forward();
  const { x, y } = { x: train.layers.get('fc1')?.y ?? [], y: train.layers.get('center')?.y ?? [] };
  const running = parameters.get('center.running_mean').data;
  for (let feature = 0; feature < 4; feature++) {
    expect(y[2 * feature] + y[2 * feature + 1]).toBeCloseTo(0, 12);
    expect(running[feature]).toBeCloseTo(0.9 * 0.25 + (0.1 * (x[2 * feature] + x[2 * feature + 1])) / 2, 12);
  }
  const kept = [...running];
  const use = network.prepare({ kernels: referenceKernels, parameters, capacity: 2, mode: 'evaluate' });
  expect([use.gradients, use.dOutput, use.backwardOperations]).toEqual([undefined, undefined, []]);
  use.input.set(input);
  use.forward();
  expect([...running]).toEqual(kept);
  expect(use.layers.get('center')?.y[0]).toBe(x[0] - running[0]);
});

test('micro-batches that meet at each reduction give what one pass over the batch gives, spare lanes left out', () => {
  const images = 5;
  const pixel = (feature: number, image: number): number => (image < images ? Math.cos(feature + 3 * image) : 0);
  const slope = (output: number, image: number): number => (image < images ? Math.sin(1 + output + 2 * image) : 0);

  const whole = prepared(images, images);
  fill(whole.pass.input, images, pixel);
  whole.pass.forward();
  fill(whole.pass.dOutput ?? [], images, slope);
  whole.pass.backward();

  const parts = [prepared(3, 3), prepared(3, 2)];
  const passes = parts.map(({ pass }) => pass);
  for (const [part, { input, dOutput = [] }] of passes.entries()) {
    fill(input, 3, (feature, lane) => pixel(feature, 3 * part + lane));
    fill(dOutput, 3, (output, lane) => slope(output, 3 * part + lane));
  }
  together(passes.map(({ forwardOperations }) => forwardOperations));
  together(passes.map(({ backwardOperations }) => backwardOperations));
  for (let image = 0; image < images; image++) {
    const { output } = passes[Math.floor(image / 3)];
    for (let at = 0; at < 2; at++) {
      expect(output[at * 3 + (image % 3)]).toBeCloseTo(whole.pass.output[at * images + image], 12);
    }
  }
  for (const [at, value] of (whole.pass.gradients?.values ?? []).entries()) {
    const sum = passes.reduce((total, { gradients }) => total + (gradients?.values[at] ?? Number.NaN), 0);
    expect(sum).toBeCloseTo(value, 12);
  }
  const [first, second] = parts.map(({ parameters }) => [...parameters.buffers]);
  for (const [at, mean] of first.entries()) expect(mean).toBeCloseTo(whole.parameters.buffers[at], 12);
  expect(second).toEqual([0.25, 0.25, 0.25, 0.25]);
});

function prepared(capacity: number, images: number): { parameters: NetworkParameters; pass: NetworkPass } {
  const parameters = network.initialize(seededRandom(1), { dtype: 'float64' });
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity, inputGradient: true });
  pass.context.imageMask.fill(0, images);
  return { parameters, pass };
}

/** Fills `[features, capacity]`. */
function fill(
  array: { [at: number]: number; length: number },
  capacity: number,
  value: (feature: number, lane: number) => number,
): void {
  for (let at = 0; at < array.length; at++) array[at] = value(Math.floor(at / capacity), at % capacity);
}

/** Runs all passes operation by operation. */
function together(passes: readonly (readonly Operation[])[]): void {
  for (const at of passes[0].keys()) {
    for (const operations of passes) operations[at].run();
    const partials = passes.flatMap((operations) => operations[at].reduction?.partial ?? []);
    for (const [part, operations] of passes.entries()) operations[at].reduction?.combine(partials, part === 0);
  }
}
