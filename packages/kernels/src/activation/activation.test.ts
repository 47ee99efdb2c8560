/** Activations by hand and against PyTorch's figures, at their kinks and far outside the comfortable range. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import {
  type ActivationFunction,
  type ActivationName,
  type ActivationParameters,
  activationFunctions,
  activationGeometry,
  isRising,
} from './activation';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  /** Values and derivatives at each x, in float32. */
  function run(name: ActivationName, numbers: readonly number[], parameters?: ActivationParameters) {
    const geometry = activationGeometry('test', name, numbers.length, parameters);
    const [x, y, dy, dx] = Array.from({ length: 4 }, () => kernels.allocate('float32', numbers.length));
    x.set(numbers);
    dy.fill(1);
    kernels.prepare('activation', geometry, { x, y })();
    kernels.prepare('activationInputGrad', geometry, { x, y, dy, dx })();
    // Zeros of both signs are alike.
    return { y: [...y].map((value) => value + 0), dx: [...dx].map((value) => value + 0) };
  }

  test('leaky ReLU', () => {
    expect(run('leakyRelu', [-4, 0, 4, nan, -infinity], { negativeSlope: 0.25 })).toEqual({
      y: [-1, 0, 4, nan, -infinity],
      dx: [0.25, 0.25, 1, 0.25, 0.25],
    });
    // PyTorch's default.
    expect(run('leakyRelu', [-1])).toEqual({ y: [Math.fround(-0.01)], dx: [Math.fround(0.01)] });
    expect(run('leakyRelu', [-1, 1], { negativeSlope: -2 })).toEqual({ y: [2, 1], dx: [-2, 1] });
  });

  test('ReLU6 has no derivative at 0 and 6', () => {
    expect(run('relu6', [-1, 0, 3, 6, 7, nan, infinity])).toEqual({
      y: [0, 0, 3, 6, 6, nan, 6],
      dx: [0, 0, 1, 0, 0, 0, 0],
    });
  });

  test('hard swish', () => {
    const { y, dx } = run('hardSwish', [-4, -3, -1.5, 0, 1.5, 3, 4, nan]);
    expect(y).toEqual([0, 0, -0.375, 0, 1.125, 3, 4, nan]);
    expect(dx).toEqual([0, 0, 0, 0.5, 1, 1, 1, 1]);
  });

  test.each([
    [
      'gelu',
      [-5, -1, -0.5, 0, 0.5, 1, 2],
      [-1.4332578e-6, -0.15865526, -0.15426877, 0, 0.34573123, 0.8413447, 1.9544997],
    ],
    [
      'geluTanh',
      [-5, -1, -0.5, 0, 0.5, 1, 2],
      [-2.2917962e-7, -0.15880801, -0.15428599, 0, 0.345714, 0.841192, 1.9545977],
    ],
  ] as const)('%s is PyTorch’s', (name, x, expected) => {
    run(name, x).y.forEach((value, k) => {
      expect(Math.abs(value - expected[k]), `at ${x[k]}`).toBeLessThanOrEqual(8e-7 * Math.abs(expected[k]));
    });
  });

  test.each([
    ['gelu', [-1, 0, 1, 2], [-0.08331547, 0.5, 1.0833155, 1.0852319]],
    ['geluTanh', [-1, 0, 1, 2], [-0.08296409, 0.5, 1.0829641, 1.0860993]],
  ] as const)('the derivative of %s is PyTorch’s', (name, x, expected) => {
    run(name, x).dx.forEach((value, k) => {
      expect(Math.abs(value - expected[k]), `at ${x[k]}`).toBeLessThan(5e-7);
    });
  });

  test.each(Object.keys(activationFunctions) as ActivationName[])(
    '%s of large numbers is finite, NaN propagates',
    (name) => {
      const extremes = [-3e38, -1e30, -1e10, -104, -16, -15, 15, 16, 104, 1e10, 1e30, 3e38];
      const { y, dx } = run(name, extremes);
      expect([...y, ...dx].every(Number.isFinite)).toBe(true);
      expect(run(name, [nan, 1]).y[0]).toBeNaN();
    },
  );

  test.each(['gelu', 'geluTanh', 'silu', 'hardSwish'] as const)('%s is 0 far below zero and x far above', (name) => {
    expect(run(name, [-120, 120])).toEqual({ y: [0, 120], dx: [0, 1] });
  });
});

describe('a rising function', () => {
  const names = Object.keys(activationFunctions) as ActivationName[];
  const numbers = Float64Array.from({ length: 2001 }, (_, k) => (k - 1000) / 100);

  test.each(names.filter((activation) => isRising({ activation })))(
    '%s never falls, and y gives its derivative',
    (name) => {
      const { value, derivative }: ActivationFunction = activationFunctions[name];
      const values = numbers.map((x) => value(x));
      expect(values.every((y, k) => k === 0 || y >= values[k - 1])).toBe(true);
      expect(values.map((y) => derivative(y, y))).toEqual(numbers.map((x, k) => derivative(x, values[k])));
    },
  );

  test('is not every function, and leaky ReLU only if its slope is not negative', () => {
    const others = names.filter((activation) => !isRising({ activation }));
    expect(others).toEqual(['silu', 'hardSwish', 'gelu', 'geluTanh']);
    const slopes = [-0.1, 0, 2].map((negativeSlope) => isRising({ activation: 'leakyRelu', negativeSlope }));
    expect(slopes).toEqual([false, true, true]);
  });
});

test('a slope is for leaky ReLU alone, and finite', () => {
  expect(() => activationGeometry('act1', 'relu', 4, { negativeSlope: 0.1 })).toThrow(
    'act1: expected a negative slope for leakyRelu alone, got one for relu',
  );
  expect(() => activationGeometry('act1', 'leakyRelu', 4, { negativeSlope: nan })).toThrow(
    'act1: expected a finite number as negative slope, got NaN',
  );
});
