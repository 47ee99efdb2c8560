/**
 * The three styles of `fit`: await, for await, abort. A test of the workspace type-checks this file as a user with
 * `noUncheckedIndexedAccess` would.
 */
import { type ImageDataset, imageDataset } from '@longhand/datasets';
import { referenceKernels } from '@longhand/kernels';
import { dense, flatten, type Network, type NetworkParameters, relu, sequential } from '@longhand/layers';
import { adam } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { expect, expectTypeOf, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, encodeModel, evaluate, type FitOptions, fit, train } from './index';

/** Images of 4×4 pixels, bright above or bright below. */
function halves(count: number): ImageDataset {
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 2);
  const images = Uint8Array.from({ length: count * 16 }, (_, at) => {
    const [n, pixel] = [Math.floor(at / 16), at % 16];
    const isBright = pixel < 8 === (labels[n] === 0);
    return (isBright ? 160 : 40) + ((at * 37) % 60);
  });
  return imageDataset({ name: 'halves', images, labels, height: 4, width: 4 });
}

const network: Network = sequential({
  input: [4, 4, 1],
  layers: { flatten: flatten(), hidden: dense({ outFeatures: 8 }), relu: relu(), fc: dense({ outFeatures: 2 }) },
});
const options: FitOptions = {
  network,
  dataset: halves(120),
  normalization: { mean: 0.5, std: 0.3 },
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 5,
  batchSize: 16,
  seed: 1,
  threads: 2,
};

test('await', async () => {
  const { parameters, history, best, stopped } = await fit({
    ...options,
    epochs: 50,
    validation: { fraction: 0.2 },
    targetAccuracy: 1,
  });
  expect(history[0]?.validation?.accuracy).toBeGreaterThan(0.5);
  expect(best?.accuracy).toBe(1);
  expect(stopped).toBe('target');
  const { accuracy } = await evaluate({ ...options, parameters: best?.parameters ?? parameters });
  expect(accuracy).toBe(1);

  const bytes = encodeModel({ network, parameters, normalization: options.normalization, classes: ['above', 'below'] });
  expect(new Blob([bytes]).size).toBe(bytes.length);
  expect((await new Response(bytes).arrayBuffer()).byteLength).toBe(bytes.length);
});

test('the names of the parameters are known in a callback, in a loop and in the result', async () => {
  const named = sequential({ input: [4, 4, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 2 }) } });
  type Named = NetworkParameters<'fc.weight' | 'fc.bias'>;
  const shapes: (readonly number[])[] = [];
  const run = fit({
    ...options,
    network: named,
    epochs: 1,
    onEpoch: ({ parameters }) => {
      expectTypeOf(parameters).toEqualTypeOf<Named>();
      shapes.push(parameters.get('fc.weight').shape);
      // @ts-expect-error: there is no such parameter.
      expect(() => parameters.get('fc.weights')).toThrow('got fc.weights');
    },
  });
  for await (const { parameters } of run) expectTypeOf(parameters).toEqualTypeOf<Named>();
  expectTypeOf((await run).parameters).toEqualTypeOf<Named>();
  expect(shapes).toEqual([[2, 16]]);
  // Options whose names are known go where any are taken.
  expectTypeOf<FitOptions<'fc.weight'>>().toExtend<FitOptions>();
});

test('for await', async () => {
  const run = fit({ ...options, validation: halves(20) });
  const accuracies: number[] = [];
  for await (const { epoch, validation, parameters } of run) {
    accuracies.push(validation?.accuracy ?? 0);
    expect(parameters.values.length).toBe(network.parameterCount);
    if (epoch === 3) break;
  }
  expect(accuracies[2]).toBeGreaterThanOrEqual(accuracies[0] ?? 1);
  const { history, stopped } = await run;
  expect([history.length, stopped]).toEqual([3, 'left']);
});

test('abort, and resume', async () => {
  const controller = new AbortController();
  let saved: Uint8Array<ArrayBuffer> | undefined;
  const aborted = fit({
    ...options,
    signal: controller.signal,
    onStep: ({ epoch, step }) => {
      if (epoch === 3 && step === 2) controller.abort();
    },
    onCheckpoint: (checkpoint) => {
      saved = encodeCheckpoint(checkpoint);
    },
  });
  await expect(aborted).rejects.toThrow('aborted');
  const resumed = await fit({ ...options, resume: decodeCheckpoint(saved ?? new Uint8Array(), 'run') });
  const whole = await fit(options);
  expect(resumed.parameters.values).toEqual(whole.parameters.values);
  expect(resumed.history.map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss));
});

test('the steps alone, in a loop of train', async () => {
  const run = train(options);
  let last = 0;
  for await (const { batchLoss } of run) last = batchLoss;
  expect(last).toBeLessThan(0.5);
  expect((await run.result).values).toEqual((await fit(options)).parameters.values);
});

test('a loop of one’s own: gradients are there when training was asked for', () => {
  const parameters = network.initialize(seededRandom(1));
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
  pass.input.fill(1);
  pass.forward();
  pass.dOutput.fill(1);
  pass.backward();
  // The derivative of the outputs' sum by a bias of the last layer.
  expect([...pass.gradients.get('fc.bias').data]).toEqual([1, 1]);

  const visualized = network.prepare({
    kernels: referenceKernels,
    parameters,
    capacity: 1,
    mode: 'evaluate',
    gradients: true,
  });
  expect(visualized.gradients.values.length).toBe(network.parameterCount);
  const inUse = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
  expect(inUse.gradients?.values).toBeUndefined();
});
