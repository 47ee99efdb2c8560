/** The usual errors of students lead to the values that they do lead to. */
import { describe, expect, test } from 'vitest';
import { correctionOf } from './answers';
import type { ConvolutionKind, DerivationStep } from './derivation';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import type { WorkedExample } from './worked-example';

function stepOf(example: WorkedExample, convolution: ConvolutionKind, id: string): DerivationStep {
  const step = example.derive({ convolution }).steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`no quantity ${id}`);
  return step;
}

describe('the kernel laid on the other way round', () => {
  const withoutTurning = 'that is without turning the kernel; here it is turned before it is laid on';

  test.each([
    ['out_CC1', 0.08],
    ['out_CC2', 0.05],
    ['out_CC3', 0.04],
    ['out_CC4', 0.07],
  ])('at a padded border, %s is what the other kind of convolution has', (id, other) => {
    const step = stepOf(conv1dStep, 'true-convolution', id);
    expect(stepOf(conv1dStep, 'cross-correlation', id).value).toBe(other);
    expect(correctionOf(other, step, 3)).toBe(withoutTurning);
  });

  test('the terms that padding leaves, in reverse order, are no usual error', () => {
    // KK11·i11 + KK12·i12
    expect(correctionOf(0.05, stepOf(conv1dStep, 'true-convolution', 'out_CC1'), 3)).toBe('not quite');
  });

  test('where the kernel is laid on as it is, the error is to turn it', () => {
    expect(correctionOf(0.04, stepOf(conv1dStep, 'cross-correlation', 'out_CC1'), 3)).toBe(
      'that is what comes out with a flipped kernel',
    );
    const turned = stepOf(convMse, 'true-convolution', 'z00').value;
    expect(correctionOf(turned, stepOf(convMse, 'cross-correlation', 'z00'), 'exact')).toMatch(/a flipped kernel/);
  });

  test('of a gradient and of an update, with the numbers of this derivation', () => {
    const value = (id: string): number => stepOf(conv1dStep, 'true-convolution', id).value;
    // Without turning, the first weight lies on padding at the first position and on i11 at the second.
    const changed = value('KK11') - 0.5 * value('coef_CC2') * value('i11');
    expect(correctionOf(changed, stepOf(conv1dStep, 'true-convolution', 'KK11_new'), 3)).toBe(withoutTurning);
    const coefficient = value('coef_c1') * value('k12_new') + value('coef_c2') * value('k11_new');
    expect(correctionOf(coefficient, stepOf(conv1dStep, 'true-convolution', 'coef_CC2'), 3)).toBe(withoutTurning);
  });
});
