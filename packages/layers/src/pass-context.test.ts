/** What a training loop of one's own tells its pass: dropout draws by the step, and batch normalization leaves spare lanes out. */
import { referenceKernels, simdKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { batchNorm } from './batch-norm';
import { dense } from './dense';
import { dropout } from './dropout';
import type { Layer } from './layer';
import { identityPass } from './layer';
import { softmaxCrossEntropy } from './losses';
import { trainingContext } from './pass-context';
import { sequential } from './sequential';

const dropping = sequential({ input: [64], layers: { drop: dropout({ rate: 0.5 }) } });

/** The output for ones: what is dropped is 0. */
function dropped(seed: number, step: number, imageAt?: (lane: number) => number): number[] {
  const context = trainingContext({ capacity: 2, random: seededRandom(seed), ...(imageAt && { imageAt }) });
  const pass = dropping.prepare({ kernels: referenceKernels, parameters: dropping.zeros(), capacity: 2, context });
  pass.input.fill(1);
  context.step = step;
  pass.forward();
  return [...pass.output];
}

describe('dropout', () => {
  test('draws by the seed, the step and the image', () => {
    const first = dropped(1, 0);
    expect(first.filter((value) => value === 0).length).toBeGreaterThan(32);
    expect(dropped(1, 0)).toEqual(first);
    expect(dropped(1, 1)).not.toEqual(first);
    expect(dropped(2, 0)).not.toEqual(first);
    // The images in each other's lanes.
    expect(dropped(1, 0, (lane) => 1 - lane)).toEqual(first.map((_, at) => first[at % 2 === 0 ? at + 1 : at - 1]));
  });

  test('has other numbers at every step of one pass', () => {
    const context = trainingContext({ capacity: 1, random: seededRandom(1) });
    const pass = dropping.prepare({ kernels: referenceKernels, parameters: dropping.zeros(), capacity: 1, context });
    pass.input.fill(1);
    const outputs = [0, 1, 2].map((step) => {
      context.step = step;
      pass.forward();
      return [...pass.output].join();
    });
    expect(new Set(outputs).size).toBe(3);
  });

  test('is refused where it has nothing to draw from, and where no step is set', () => {
    const options = { kernels: referenceKernels, parameters: dropping.zeros(), capacity: 1 };
    expect(() => dropping.prepare(options).forward()).toThrow(
      /^drop: expected a context to draw random numbers from, got none; prepare the pass with context: trainingContext\(/,
    );
    expect(() => dropping.prepare({ ...options, mode: 'evaluate' }).forward()).not.toThrow();
    const context = trainingContext({ capacity: 1, random: seededRandom(1) });
    expect(() => dropping.prepare({ ...options, context }).forward()).toThrow(/set context\.step at every step$/);
  });

  test('so is a layer of one’s own that draws', () => {
    const noise: Layer = {
      description: { kind: 'noise' },
      outputShape: (_where, input) => input,
      parameters: () => [],
      multiplyAdds: () => 0,
      prepare(binding) {
        return { ...identityPass(binding), forward: () => binding.context.random(0, binding.where).uint32() };
      },
    };
    const network = sequential({ input: [2], layers: { noise } });
    const pass = network.prepare({ kernels: referenceKernels, parameters: network.zeros(), capacity: 1 });
    expect(() => pass.forward()).toThrow(/^noise: expected a context/);
  });
});

describe.each([
  ['reference', referenceKernels],
  ['simd', simdKernels('strict')],
])('batch normalization with %s kernels', (_, kernels) => {
  const network = sequential({
    input: [1],
    layers: { bn: batchNorm({ momentum: 1 }), fc: dense({ outFeatures: 2 }) },
  });

  /** Two images (1, 3) in four lanes; an earlier batch has left 100 in the others. */
  function partlyFilled(context?: ReturnType<typeof trainingContext>) {
    const parameters = network.initialize(seededRandom(1), { kernels });
    const pass = network.prepare({ kernels, parameters, capacity: 4, ...(context && { context }) });
    const loss = softmaxCrossEntropy().prepare(pass);
    pass.input.set([1, 3, 100, 100]);
    loss.target.fill(0.5);
    loss.imageWeight.set([0.5, 0.5, 0, 0]);
    return { pass, loss, mean: parameters.get('bn.running_mean').data };
  }

  test('counts the images that the context says', () => {
    const context = trainingContext({ kernels, capacity: 4, random: seededRandom(1) });
    const { pass, loss, mean } = partlyFilled(context);
    context.count = 2;
    pass.forward();
    expect([...mean]).toEqual([2]);
    loss.inputGradient();
    pass.backward();
    context.count = 4;
    pass.forward();
    expect([...mean]).toEqual([51]);
  });

  test('without a context, spare lanes are refused before the running statistics move', () => {
    const { pass, loss, mean } = partlyFilled();
    expect(() => pass.forward()).toThrow(
      /^softmax-cross-entropy: .* got an image weight of 0 in lane 2, which counts;/,
    );
    expect([...mean]).toEqual([0]);
    loss.imageWeight.fill(0.25);
    pass.forward();
    expect([...mean]).toEqual([51]);
  });

  test('without a context, spare lanes that are known after forward are refused then', () => {
    const { pass, loss } = partlyFilled();
    loss.imageWeight.fill(0);
    pass.forward();
    loss.imageWeight.set([0.5, 0.5, 0, 0]);
    expect(() => loss.inputGradient()).toThrow(
      /^softmax-cross-entropy: expected spare lanes to be left out of .*batchNorm.*, got an image weight of 0 in lane 2/,
    );
    // Also in a later batch, such as the last of an epoch.
    loss.imageWeight.fill(0.25);
    loss.inputGradient();
    loss.imageWeight.set([0.5, 0.5, 0, 0]);
    expect(() => loss.inputGradient()).toThrow(/in lane 2/);
    // Whoever writes into the mask has said which lanes have an image.
    pass.context.imageMask.fill(0, 2);
    expect(() => loss.inputGradient()).not.toThrow();
  });
});

test('the count is one of the capacity', () => {
  const context = trainingContext({ capacity: 3, random: seededRandom(1) });
  expect([context.count, context.step, ...context.imageMask]).toEqual([3, 0, 1, 1, 1]);
  context.count = 0;
  expect([...context.imageMask]).toEqual([0, 0, 0]);
  for (const count of [4, -1, 1.5]) {
    expect(() => {
      context.count = count;
    }).toThrow(`count: expected a number of images from 0 to 3, the capacity, got ${count}`);
  }
  expect(() => trainingContext({ capacity: 3, seed: 1 } as never)).toThrow(/trainingContext: expected/);
});
