/** Update rules against steps worked out by hand; `@longhand/training` tests them against PyTorch. */
import { simdKernels } from '@longhand/kernels';
import { isBuiltIn } from '@longhand/schema';
import { OptionError, ShapeError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { adam, adamw } from './adam';
import { lion } from './lion';
import type { Optimizer } from './optimizer';
import { type OptimizerName, optimizerFrom, optimizerKinds } from './optimizer-kinds';
import { rmsprop } from './rmsprop';
import { sgd } from './sgd';

/** The tensor of one weight. */
const entries = [{ path: 'w', shape: [1], offset: 0, length: 1 }];

/** The weight after each step, from 1, with the gradients given. */
function walk(optimizer: Optimizer, gradients: number[]): number[] {
  const values = Float64Array.of(1);
  const pass = optimizer.prepare(values, undefined, { entries });
  return gradients.map((gradient) => {
    pass.update(Float64Array.of(gradient));
    return values[0];
  });
}

function close(got: number[], expected: number[]): void {
  for (const [index, value] of expected.entries()) expect(got[index]).toBeCloseTo(value, 14);
}

describe('by hand', () => {
  test('sgd', () => close(walk(sgd({ learningRate: 0.5 }), [1, -2]), [0.5, 1.5]));

  test('sgd with weight decay', () => close(walk(sgd({ learningRate: 0.5, weightDecay: 0.1 }), [1]), [1 - 0.5 * 1.1]));

  test('sgd with momentum: v = 1, then 0.9 + 2', () =>
    close(walk(sgd({ learningRate: 0.1, momentum: 0.9 }), [1, 2]), [0.9, 0.9 - 0.29]));

  test('sgd with Nesterov momentum: looks ahead by 0.9 v', () =>
    close(walk(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), [1, 2]), [
      1 - 0.1 * 1.9,
      1 - 0.1 * 1.9 - 0.1 * (2 + 0.9 * 2.9),
    ]));

  test('rmsprop: s = 0.01 · 4', () => close(walk(rmsprop({ learningRate: 0.1 }), [2]), [1 - (0.1 * 2) / (0.2 + 1e-8)]));

  test('adam’s first step is the learning rate, whatever the gradient', () => {
    close(walk(adam({ learningRate: 0.1 }), [7]), [1 - (0.1 * 7) / (7 + 1e-8)]);
    close(walk(adam({ learningRate: 0.1 }), [-0.001]), [1 + (0.1 * 0.001) / (0.001 + 1e-8)]);
  });

  test('adamw decays the weight, not the gradient', () =>
    close(walk(adamw({ learningRate: 0.1, weightDecay: 0.5 }), [7]), [0.95 - (0.1 * 7) / (7 + 1e-8)]));

  test('lion steps by the sign of 0.9 m + 0.1 g: m = 0.08, then 0.0692', () => {
    close(walk(lion({ learningRate: 0.1 }), [8, -1, -1]), [0.9, 1, 1.1]);
    // 0.9 · 0.08 − 0.1 · 0.5 is above 0 still; a gradient of 0 moves nothing at first.
    close(walk(lion({ learningRate: 0.1 }), [8, -0.5]), [0.9, 0.8]);
    close(walk(lion({ learningRate: 0.1 }), [0]), [1]);
  });

  test('lion decays the weight before the step', () =>
    close(walk(lion({ learningRate: 0.1, weightDecay: 0.5 }), [7]), [0.95 - 0.1]));
});

const names = Object.keys(optimizerKinds) as OptimizerName[];

test.each<Optimizer>([
  ...names.map((name) => optimizerKinds[name].make(optimizerKinds[name].recommended(0.1))),
  rmsprop({ learningRate: 0.1, momentum: 0.5 }),
])('a pass whose state is put back goes on as if it had never stopped: $description.kind', (optimizer) => {
  const gradients = [1, -2, 3, 0.5, -0.25];
  const whole = walk(optimizer, gradients);
  const values = Float64Array.of(1);
  const first = optimizer.prepare(values, undefined, { entries });
  for (const gradient of gradients.slice(0, 2)) first.update(Float64Array.of(gradient));
  const second = optimizer.prepare(values, undefined, { entries });
  second.stepCount = first.stepCount;
  for (const [name, slot] of Object.entries(first.slots)) second.slots[name]?.set(slot);
  for (const gradient of gradients.slice(2)) second.update(Float64Array.of(gradient));
  expect(values[0]).toBe(whole.at(-1));
});

test.each(names)(
  'on vectors close to the reference, and without allocating once the gradients are bound: %s',
  (name) => {
    const optimizer: Optimizer = optimizerKinds[name].make(optimizerKinds[name].recommended(0.01));
    const kernels = simdKernels('strict');
    const random = seededRandom(name);
    // A matrix for Muon, a vector, and a number that fills no whole vector.
    const entries = [
      { path: 'fc.weight', shape: [5, 7], offset: 0, length: 35 },
      { path: 'fc.bias', shape: [4], offset: 35, length: 4 },
    ];
    const [values, gradients] = [kernels.allocate('float32', 39), kernels.allocate('float32', 39)];
    for (let i = 0; i < 39; i++) values[i] = random.uniform(-1, 1);
    const expected = values.slice();
    const ofReference = optimizer.prepare(expected, undefined, { entries });
    const pass = optimizer.prepare(values, undefined, { entries, kernels, gradients });
    const position = kernels.position();
    for (let step = 0; step < 5; step++) {
      for (let i = 0; i < 39; i++) gradients[i] = random.uniform(-1, 1);
      pass.update(gradients);
      ofReference.update(gradients);
    }
    expect(kernels.position()).toBe(position);
    for (let i = 0; i < 39; i++) expect(Math.abs(values[i] - expected[i])).toBeLessThan(1e-5);
  },
);

test('an update may be passed around by itself', () => {
  const values = Float64Array.of(1);
  const pass = adam({ learningRate: 0.1 }).prepare(values);
  const { update } = pass;
  for (const gradient of [1, -2]) update(Float64Array.of(gradient));
  expect([values[0], pass.stepCount]).toEqual([walk(adam({ learningRate: 0.1 }), [1, -2])[1], 2]);
});

test.each([0, 2, 4])('%i gradients for three parameters are refused, and nothing changes', (length) => {
  const values = Float64Array.of(1, 2, 3);
  const pass = sgd({ learningRate: 0.1 }).prepare(values);
  expect(() => pass.update(new Float64Array(length).fill(1))).toThrow(
    new ShapeError(`sgd: expected 3 gradients, one for each parameter, got ${length}`),
  );
  expect([[...values], pass.stepCount]).toEqual([[1, 2, 3], 0]);
});

test('state and parameters keep their precision', () => {
  const pass = adam({ learningRate: 0.1 }).prepare(new Float32Array(3));
  expect(Object.values(pass.slots).every((slot) => slot instanceof Float32Array && slot.length === 3)).toBe(true);
});

test.each<[() => Optimizer, string]>([
  [() => sgd({ learningRate: Number.NaN }), 'sgd: expected a number above 0 as learning rate, got NaN'],
  [() => sgd({ learningRate: -1 }), 'sgd: expected a number above 0 as learning rate, got -1'],
  [() => sgd({ learningRate: 1, momentum: 1 }), 'sgd: expected a number from 0 to below 1 as momentum, got 1'],
  [() => sgd({ learningRate: 1, nesterov: true }), 'sgd: expected a momentum above 0 with nesterov, got 0'],
  [
    () => adamw({ learningRate: 1, weightDecay: -0.1 }),
    'adamw: expected a number of at least 0 as weight decay, got -0.1',
  ],
  [() => adam({ learningRate: 1, beta2: 1 }), 'adam: expected a number from 0 to below 1 as beta2, got 1'],
  [
    () => rmsprop({ learningRate: Number.POSITIVE_INFINITY }),
    'rmsprop: expected a number above 0 as learning rate, got Infinity',
  ],
])('%s is refused', (make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrow(OptionError);
});

describe('from descriptions', () => {
  test.each(names)('%s is made again from its description, and goes by its name', (name) => {
    const optimizer: Optimizer = optimizerKinds[name].make(optimizerKinds[name].recommended(0.01));
    const again = optimizerFrom(JSON.parse(JSON.stringify(optimizer.description)));
    expect(again.description).toEqual(optimizer.description);
    expect(walk(again, [1, -2, 3])).toEqual(walk(optimizer, [1, -2, 3]));
    expect([optimizer.description.kind, optimizerKinds[name].name]).toEqual([name, name]);
    expect(isBuiltIn(optimizer)).toBe(true);
  });

  test.each<[unknown, string]>([
    [{ kind: 'newton' }, `optimizer: expected one of ${names.join(', ')} as kind, got newton`],
    [{ kind: 'sgd' }, 'sgd: expected a number above 0 as learning rate, got none'],
    [{ kind: 'adam', learningRate: '1' }, 'adam: expected a number above 0 as learning rate, got "1"'],
    [{ kind: 'sgd', learningRate: 1, nesterov: 1 }, 'sgd: expected true or false as nesterov, got 1'],
    [
      { kind: 'sgd', learningRate: 1, beta1: 0.9 },
      "sgd: expected one of the options learningRate, momentum, nesterov, weightDecay, got 'beta1'",
    ],
  ])('%j is refused', (description, message) => {
    expect(() => optimizerFrom(description as Optimizer['description'])).toThrow(new OptionError(message));
  });
});
