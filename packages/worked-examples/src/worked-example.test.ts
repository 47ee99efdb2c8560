/** Choices of an example, and which number of its network each quantity is. */
import { describe, expect, test } from 'vitest';
import { examples } from './examples';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import { mazur222 } from './examples/mazur-2-2-2';
import { stepsNamed } from './names';

describe('the kind of convolution', () => {
  test.each([
    ['conv1d-step', conv1dStep, 'cross-correlation', 'out_CC1', 'i11·KK12 + i12·KK13 + bb1'],
    ['conv1d-step', conv1dStep, 'true-convolution', 'out_CC1', 'KK12·i11 + KK11·i12 + bb1'],
    ['conv-mse', convMse, 'cross-correlation', 'z00', /^a00·w00 \+ .* \+ a22·w22$/],
    ['conv-mse', convMse, 'true-convolution', 'z00', /^w22·a00 \+ .* \+ w00·a22$/],
  ] as const)('%s', (_name, example, convolution, id, formula) => {
    const derivation = example.derive({ convolution });
    expect(derivation.convolution).toBe(convolution);
    expect(derivation.steps.find((step) => step.id === id)?.formula?.text).toMatch(formula);
    expect(derivation.errata.length > 0).toBe(convolution === example.ownConvolution);
  });

  test('is refused without convolutions', () => {
    expect(() => mazur222.derive({ convolution: 'true-convolution' })).toThrow(
      'mazur-2-2-2: expected the convolution to be left out, since there is none, got true-convolution',
    );
    expect(mazur222.derive()).not.toHaveProperty('convolution');
  });
});

test('a gradient, and a value after the update, belong to the number that they are of', () => {
  const entryOf = (id: string) => conv1dStep.derive().steps.find((step) => step.id === id)?.entry;
  expect(entryOf('out_C2')).toEqual({ array: 'second.y', index: 1, is: 'value' });
  expect(entryOf('coef_c2')).toEqual({ array: 'second.y', index: 1, is: 'gradient' });
  expect(entryOf('kk12')).toEqual({ array: 'first.weight', index: 4, is: 'value' });
  expect(entryOf('kk12_new')).toEqual({ array: 'first.weight', index: 4, is: 'updated' });
  const weight = convMse.derive().steps.find((step) => step.id === 'dL/dw11');
  expect(weight?.entry).toEqual({ array: 'convolution.weight', index: 4, is: 'gradient' });
  expect(weight?.termInputs?.[1]).toEqual(['dL/dy_hat', 'wb', 'O01', 'a12']);
});

test.each(examples)('$name: every slip with a quantity has one of the derivation', (example) => {
  const { errata, steps } = example.derive();
  const ids = steps.map(({ id }) => id);
  for (const { quantity } of errata) expect(ids).toContain(quantity);
});

describe('the head', () => {
  test('says of the present order and digits what the note does otherwise', () => {
    expect(conv1dStep.derive().about).toMatch(
      /changed first, and the error goes .* As in the note, .* three decimals\.$/,
    );
    const textbook = conv1dStep.derive({ order: 'standard', digits: 'exact' }).about;
    expect(textbook).toMatch(/In textbook order, the error goes back through the old weights, while the note/);
    expect(textbook).toMatch(/Nothing is rounded, while the note rounds to three decimals\.$/);
  });
});

describe('an order that means nothing', () => {
  test.each(['conv-mse', 'conv-bce'])('%s changes no weight', (name) => {
    const example = examples.find((candidate) => candidate.name === name);
    expect(() => example?.derive({ order: 'update-then-propagate' })).toThrow(
      `${name}: expected the order standard, since no weight is changed, got update-then-propagate`,
    );
    expect(example?.derive({ order: 'standard' }).order).toBe('standard');
  });
});

describe('Matt Mazur’s figures', () => {
  test.each([
    ['biases fixed', 'update-then-propagate', '0.291027924', true],
    ['biases fixed', 'standard', '0.291027774', true],
    ['shared biases trained', 'standard', '0.285750887', true],
    ['one bias per neuron trained', 'standard', '0.280471447', true],
    // No one has printed these.
    ['shared biases trained', 'update-then-propagate', '0.285774', undefined],
    ['one bias per neuron trained', 'update-then-propagate', '0.280484', undefined],
  ] as const)('%s, %s: as many digits as the figure has', (variant, order, shown, agrees) => {
    const step = mazur222.derive({ variant, order }).steps.at(-1);
    expect([step?.shown, step?.printed?.agrees]).toEqual([shown, agrees]);
  });
});

describe('other givens', () => {
  const derive = (givens: Record<string, number>) => {
    const { steps, errata } = conv1dStep.derive({ givens });
    return { errata, stepOf: (id: string) => steps.find((step) => step.id === id) };
  };

  test('everything is derived anew, what changed is marked, and no figure is judged that it goes into', () => {
    const { stepOf, errata } = derive({ i11: 0.3, α: 0.1 });
    expect(stepOf('i11')).toMatchObject({ value: 0.3, changedFrom: 0.1 });
    expect(stepOf('i12')).not.toHaveProperty('changedFrom');
    // 0.2·0.3 + 0.1·0.2
    expect(stepOf('out_CC1')?.value).toBe(0.08);
    expect(stepOf('w1_new')).not.toHaveProperty('printed');
    expect(errata).toEqual([]);
  });

  test('figures are judged that nothing changed goes into', () => {
    const { stepOf } = derive({ alpha: 0.25 });
    expect(stepOf('coef_o1')?.printed?.agrees).toBe(true);
    expect(stepOf('w1_new')).not.toHaveProperty('printed');
    expect(stepOf('coef_c1')).not.toHaveProperty('printed');
    // The target of the second output is zero, and in no formula of the loss: it goes into it all the same.
    expect(derive({ target_o2: 0.5 }).stepOf('loss')?.formula?.text).toContain('target_o2');
    expect(mazur222.derive({ givens: { w1: 0.2 } }).steps.at(-1)).not.toHaveProperty('printed');
  });

  test('one and the same value is no change', () => {
    const { stepOf, errata } = derive({ i11: 0.1 });
    expect(stepOf('i11')).not.toHaveProperty('changedFrom');
    expect(stepOf('w1_new')?.printed?.agrees).toBe(true);
    expect(errata).not.toEqual([]);
  });

  test('a shared bias is changed at both of its units', () => {
    const { steps } = mazur222.derive({ givens: { b1: 0.5 } });
    const value = (id: string): number => steps.find((step) => step.id === id)?.value ?? Number.NaN;
    expect(value('net_h1')).toBeCloseTo(0.15 * 0.05 + 0.2 * 0.1 + 0.5, 12);
    expect(value('net_h2')).toBeCloseTo(0.25 * 0.05 + 0.3 * 0.1 + 0.5, 12);
  });

  test('a name that is not given is refused with the nearest one', () => {
    expect(() => derive({ i13: 1 })).toThrow(
      /^conv1d-step: expected what is given, i11, .*; got i13; did you mean 'i11'\?$/,
    );
    expect(() => derive({ out_CC1: 1 })).toThrow(/expected what is given/);
    expect(() => derive({ i11: Number.NaN })).toThrow('conv1d-step: expected a number for i11, got NaN');
  });

  test.each(examples)('$name: every given can be changed', (example) => {
    for (const { id, value } of example.derive().steps.filter(({ stage }) => stage === 'given')) {
      const { steps } = example.derive({ givens: { [id]: value + 0.125 } });
      expect(steps.find((step) => step.id === id)).toMatchObject({ value: value + 0.125, changedFrom: value });
    }
  });
});

test('names of the note that ours stand for are accepted', () => {
  const derivation = conv1dStep.derive();
  expect(stepsNamed(derivation, ['in_CC1', 'in_C2']).map(({ id }) => id)).toEqual(['out_CC1', 'out_C2']);
  expect(() => stepsNamed(derivation, ['in_CC5'])).toThrow(/; got in_CC5; did you mean 'in_CC\d'\?$/);
  expect(derivation.steps.find(({ id }) => id === 'target_o1')?.symbol.text).toBe('target_o1');
});
