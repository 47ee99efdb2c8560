/** Far outside the comfortable range every loss and activation stays finite, and so does its gradient. */
import { allocateFloats, type DType, type FloatArray } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { type ActivationName, activationFunctions } from './activation/activation';
import { referenceKernels } from './reference-kernels';

const extremes = [-1e6, -745.2, -709, -104, -50, -1e-30, 0, 1e-30, 50, 104, 709, 745.2, 1e6];

describe.each<DType>(['float32', 'float64'])('%s', (dtype) => {
  const array = (values: ArrayLike<number>): FloatArray => allocateFloats(dtype, values.length, values);
  const geometry = { batch: extremes.length, features: 2 };
  const x = array([...extremes, ...extremes.map((value) => -value)]);
  const imageWeight = array(extremes.map(() => 1 / extremes.length));
  const targets = [
    array([...extremes.map(() => 1), ...extremes.map(() => 0)]),
    array([...extremes.map(() => 0), ...extremes.map(() => 1)]),
  ];

  test.each(Object.keys(activationFunctions) as ActivationName[])('%s', (activation) => {
    const [y, dx] = [array(x), array(x)];
    const dy = array([...x].map(() => 1));
    const g = { activation, length: x.length };
    referenceKernels.prepare('activation', g, { x, y })();
    referenceKernels.prepare('activationInputGrad', g, { x, y, dy, dx })();
    expect([...y, ...dx].every(Number.isFinite)).toBe(true);
  });

  test.each(targets)('softmax with cross-entropy', (target) => {
    const [y, dx, loss] = [array(x), array(x), array(imageWeight)];
    referenceKernels.prepare('softmaxCrossEntropy', geometry, { x, target, y, loss })();
    referenceKernels.prepare('softmaxCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx })();
    expect([...y, ...loss, ...dx].every(Number.isFinite)).toBe(true);
    // A certain mistake costs the distance of the logits, not an infinite amount.
    expect(Math.max(...loss)).toBe(2e6);
  });

  test.each(targets)('sigmoid with binary cross-entropy', (target) => {
    const [y, dx, loss] = [array(x), array(x), array(imageWeight)];
    referenceKernels.prepare('sigmoidBinaryCrossEntropy', geometry, { x, target, y, loss })();
    referenceKernels.prepare('sigmoidBinaryCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx })();
    expect([...y, ...loss, ...dx].every(Number.isFinite)).toBe(true);
    expect(Math.max(...loss)).toBe(1e6);
  });

  test.each(targets)('binary cross-entropy of saturated probabilities', (target) => {
    const saturated = array([...x].map((value) => (value > 0 ? 1 : 0)));
    const [dx, loss] = [array(x), array(imageWeight)];
    referenceKernels.prepare('binaryCrossEntropy', geometry, { x: saturated, target, loss })();
    referenceKernels.prepare('binaryCrossEntropyInputGrad', geometry, { x: saturated, target, imageWeight, dx })();
    expect([...loss, ...dx].every(Number.isFinite)).toBe(true);
    expect(Math.max(...loss)).toBe(100);
  });

  test('softmax of equal and of huge logits', () => {
    const g = { batch: 1, features: 3 };
    const y = array([0, 0, 0]);
    referenceKernels.prepare('softmax', g, { x: array([1e30, 1e30, -1e30]), y })();
    expect([...y]).toEqual([0.5, 0.5, 0]);
  });
});

test('the values everyone knows', () => {
  const { sigmoid, tanh, relu, silu, identity } = activationFunctions;
  expect(sigmoid.value(0)).toBe(0.5);
  expect(sigmoid.value(Math.LN2)).toBeCloseTo(2 / 3, 15);
  expect(sigmoid.value(-Math.LN2)).toBeCloseTo(1 / 3, 15);
  expect(tanh.value(Math.LN2)).toBeCloseTo(3 / 5, 15);
  expect([relu.value(-2), relu.value(2), relu.value(Number.NaN)]).toEqual([0, 2, Number.NaN]);
  expect(silu.value(Math.LN2)).toBeCloseTo((2 / 3) * Math.LN2, 15);
  expect(identity.value(-3)).toBe(-3);
});
