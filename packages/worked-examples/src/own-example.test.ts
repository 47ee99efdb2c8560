/** Hand examples of one's own: what is derived, and what is refused in one line. */
import { meanSquaredError, sequential } from '@longhand/layers';
import { describe, expect, test } from 'vitest';
import { conv1dStep } from './examples/conv1d-step';
import note from './notes/conv1d-step.json' with { type: 'json' };
import { handExample } from './own-example';
import { handExampleFrom } from './own-example-file';

/** A 2×2 kernel over a 3×3 image, the mean of its four sums, one weight, squared error. */
const small = {
  network: {
    input: [3, 3, 1],
    layers: [
      { name: 'conv', kind: 'conv2d', outChannels: 1, kernel: 2, bias: false },
      { name: 'pool', kind: 'pool2d', pooling: 'mean', window: 2 },
      'flatten',
      { name: 'dense', kind: 'dense', outFeatures: 1, bias: false },
    ],
  },
  loss: 'mean-squared-error',
  givens: {
    input: [1, 2, 0, 0, 1, 3, 2, 1, 1],
    target: [1],
    learningRate: 0.1,
    'conv.weight': [0.1, 0.2, 0.3, 0.4],
    'dense.weight': [0.5],
  },
  names: {
    'conv.weight': ['k11', 'k12', 'k21', 'k22'],
    'conv.y': ['c11', 'c12', 'c21', 'c22'],
    'pool.y': ['m'],
    'dense.weight': ['w'],
    'dense.y': ['p'],
    target: ['t'],
  },
};

test('a 2×2 kernel, one weight, squared error, one update: as by hand', () => {
  const { steps } = handExampleFrom('small', small).derive();
  const value = (id: string): number => steps.find((step) => step.id === id)?.value ?? Number.NaN;
  // The windows: 1 2/0 1, 2 0/1 3, 0 1/2 1, 1 3/1 1
  const sums = [0.1 + 0.4 + 0.4, 0.2 + 0.3 + 1.2, 0.2 + 0.6 + 0.4, 0.1 + 0.6 + 0.3 + 0.4];
  for (const [at, id] of ['c11', 'c12', 'c21', 'c22'].entries()) expect(value(id)).toBeCloseTo(sums[at] ?? 0, 12);
  const mean = sums.reduce((all, sum) => all + sum, 0) / 4;
  const error = 2 * (0.5 * mean - 1);
  expect(value('w_new')).toBeCloseTo(0.5 - 0.1 * error * mean, 12);
  // k11 meets 1, 2, 0, 1, each through a quarter of the old weight.
  expect(value('k11_new')).toBeCloseTo(0.1 - 0.1 * error * 0.5 * 0.25 * (1 + 2 + 0 + 1), 12);
  expect(steps.find(({ id }) => id === 'w_new')?.formula?.text).toBe('w − η·∂L/∂w');
});

test('it takes the options of the examples that are there', () => {
  const example = handExampleFrom('small', small);
  expect(example.derive({ digits: 3 }).steps.find(({ id }) => id === 'p')?.shown).toBe('0.650');
  const [standard, updated] = (['standard', 'update-then-propagate'] as const).map(
    (order) => example.derive({ order }).steps.find(({ id }) => id === 'k11_new')?.value,
  );
  expect(standard).not.toBe(updated);
  expect(example.derive({ givens: { x1: 2 } }).steps.find(({ id }) => id === 'c11')?.value).toBeCloseTo(1, 12);
  expect(example.derive({ convolution: 'true-convolution' }).steps.find(({ id }) => id === 'c11')?.value).toBeCloseTo(
    0.4 * 1 + 0.3 * 2 + 0.1 * 1,
    12,
  );
});

test('the convolutions within a block are laid on the asked way too, in both of its branches', () => {
  const flat = (name: string) => ({ name, kind: 'conv1d', outChannels: 1, kernel: 2, bias: false });
  const example = handExampleFrom('block', {
    network: {
      input: [3, 1],
      layers: [
        { name: 'block', kind: 'residual', body: [flat('conv')], shortcut: [flat('conv')] },
        'flatten',
        { name: 'fc', kind: 'dense', outFeatures: 1, bias: false },
      ],
    },
    loss: 'mean-squared-error',
    givens: {
      input: [1, 2, 4],
      target: [1],
      'block.body.conv.weight': [0.1, 0.2],
      'block.shortcut.conv.weight': [10, 20],
      'fc.weight': [1, 1],
    },
    names: { 'block.y': ['s1', 's2'] },
  });
  const sums = (convolution?: 'cross-correlation' | 'true-convolution') =>
    example
      .derive(convolution === undefined ? {} : { convolution })
      .steps.filter(({ id }) => /^s\d$/.test(id))
      .map(({ value }) => Number(value.toFixed(9)));
  expect(sums()).toEqual([0.5 + 50, 1 + 100]);
  expect(sums('cross-correlation')).toEqual(sums());
  // 0.2·1 + 0.1·2 and 0.2·2 + 0.1·4, and a hundred times as much.
  expect(sums('true-convolution')).toEqual([0.4 + 40, 0.8 + 80]);
});

describe('note B written as a file', () => {
  const ofNote = handExampleFrom('conv1d-step', {
    network: {
      input: [2, 1],
      layers: [
        { name: 'first', kind: 'conv1d', outChannels: 2, kernel: 3, padding: 'same', trueConvolution: true },
        { name: 'endToEnd', kind: 'reshape', shape: [4, 1] },
        { name: 'second', kind: 'conv1d', outChannels: 1, kernel: 3, trueConvolution: true },
        'flatten',
        { name: 'dense', kind: 'dense', outFeatures: 2 },
      ],
    },
    loss: 'softmax-cross-entropy',
    givens: note.givens,
    names: {
      input: ['i11', 'i12'],
      target: ['target_o1', 'target_o2'],
      prediction: ['out_o1', 'out_o2'],
      loss: 'loss',
      learningRate: 'alpha',
      'first.weight': ['KK11', 'KK12', 'KK13', 'kk11', 'kk12', 'kk13'],
      'first.dWeight': [],
      'first.bias': ['bb1', 'bb2'],
      'first.dBias': [],
      'first.y': ['out_CC1', 'out_CC3', 'out_CC2', 'out_CC4'],
      'first.dy': ['coef_CC1', 'coef_CC3', 'coef_CC2', 'coef_CC4'],
      'second.weight': ['k11', 'k12', 'k13'],
      'second.dWeight': [],
      'second.bias': ['b1'],
      'second.dBias': [],
      'second.y': ['out_C1', 'out_C2'],
      'second.dy': ['coef_c1', 'coef_c2'],
      'dense.weight': ['w1', 'w2', 'w3', 'w4'],
      'dense.dWeight': [],
      'dense.bias': ['dense_b1', 'dense_b2'],
      'dense.dBias': [],
      'dense.y': ['in_o1', 'in_o2'],
      'dense.dy': ['coef_o1', 'coef_o2'],
    },
    order: 'update-then-propagate',
    digits: 3,
    printed: note.printed,
  });

  test.each([
    {},
    { order: 'standard', digits: 'exact' },
    { convolution: 'cross-correlation' },
    { givens: { i11: 0.3 } },
  ] as const)('%j: the same steps, formulas and marks', (options) => {
    const of = ({ steps }: ReturnType<typeof conv1dStep.derive>) =>
      steps.map(({ id, stage, value, shown, printed, formula }) => [
        [id, stage, value, shown, printed],
        formula?.text.replaceAll('alpha', 'α'),
      ]);
    const spelled = of(ofNote.derive(options)).map(([facts, text]) => [
      facts,
      typeof text === 'string' ? text.replace(/^loss$/, 'L') : text,
    ]);
    expect(spelled).toEqual(of(conv1dStep.derive(options)));
  });
});

describe('what does not fit is refused in one line', () => {
  const { givens, names } = small;
  const without = { ...givens, 'dense.weight': undefined };
  test.each<[string, object, string]>([
    ['a key', { ...small, nams: {} }, ", digits, printed, got 'nams'; did you mean 'names'?"],
    ['no network', { ...small, network: undefined }, 'network: expected '],
    ['a loss', { ...small, loss: 'squared-error' }, 'loss: expected '],
    [
      'a given that is no list',
      { ...small, givens: { ...givens, input: 'one' } },
      "own.json: expected a number or a list of numbers as 'givens.input'",
    ],
    [
      'too few numbers',
      { ...small, givens: { ...givens, input: [1] } },
      'own.json: expected 9 numbers as the given input, got 1',
    ],
    [
      'no weight',
      { ...small, givens: JSON.parse(JSON.stringify(without)) },
      'own.json: expected 1 number as the given dense.weight, got none',
    ],
    [
      'another weight',
      { ...small, givens: { ...givens, 'conv.weights': [1] } },
      "; got conv.weights; did you mean 'conv.weight'?",
    ],
    [
      'too few names',
      { ...small, names: { ...names, 'pool.y': ['a', 'b'] } },
      'own.json: expected 1 name for pool.y, got 2',
    ],
    ['names of nothing', { ...small, names: { ...names, 'pol.y': ['a'] } }, "; got pol.y; did you mean 'pool.y'?"],
    [
      'a name twice',
      { ...small, names: { ...names, 'pool.y': ['w'] } },
      'own.json: expected each name once, got w for both ',
    ],
    [
      'an order',
      { ...small, order: 'backward' },
      `own.json: expected "standard" or "update-then-propagate" as 'order', got "backward"`,
    ],
    ['digits', { ...small, digits: 4 }, `own.json: expected 3 or "exact" as 'digits', got 4`],
    ['a figure of nothing', { ...small, printed: { w_neu: { figure: '1' } } }, "got w_neu; did you mean 'w_new'?"],
  ])('%s', (_what, json, message) => {
    let said = '';
    try {
      handExampleFrom('own.json', json);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(message);
    expect(said).not.toContain('\n');
  });

  test('a network that is too large for a pencil', () => {
    expect(() =>
      handExample({
        name: 'large',
        network: sequential({ input: [500], layers: {} }),
        loss: meanSquaredError(),
        givens: {},
      }),
    ).toThrow(/^large: expected a network of at most 400 numbers, weights and outputs together, got \d+$/);
  });
});
