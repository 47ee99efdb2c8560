/** Choices of an example, and which number of its network each quantity is. */
import { describe, expect, test } from 'vitest';
import { examples } from './examples';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import { mazur222 } from './examples/mazur-2-2-2';

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
