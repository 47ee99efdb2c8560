/**
 * Activations: one scalar function applied to every entry.
 *
 *   y = f(x)         dx = dy · f′(x)
 *
 *   identity  f = x                                     f′ = 1
 *   sigmoid   f = σ(x) = 1 / (1 + e^−x)                 f′ = y (1 − y)
 *   tanh      f = (e^x − e^−x) / (e^x + e^−x)           f′ = (1 − y)(1 + y)
 *   relu      f = max(x, 0)                             f′ = 1 where x > 0, else 0
 *   silu      f = x σ(x)                                f′ = σ(x) (1 + x (1 − σ(x)))
 */
import { sigmoid, tanh } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** A function and its derivative, which may use the input `x`, the output `y`, or both. */
export interface ActivationFunction {
  readonly value: (x: number) => number;
  readonly derivative: (x: number, y: number) => number;
}

/** The formulas, each beside its derivative. */
export const activationFunctions = {
  identity: { value: (x) => x, derivative: () => 1 },
  sigmoid: { value: sigmoid, derivative: (_x, y) => y * (1 - y) },
  tanh: { value: tanh, derivative: (_x, y) => (1 - y) * (1 + y) },
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  silu: {
    value: (x) => x * sigmoid(x),
    derivative: (x) => {
      const s = sigmoid(x);
      return s * (1 + x * (1 - s));
    },
  },
} as const satisfies Readonly<Record<string, ActivationFunction>>;

/** The names of the activations. */
export type ActivationName = keyof typeof activationFunctions;

/** All there is to one application: which function, and over how many numbers. */
export interface ActivationGeometry {
  readonly activation: ActivationName;
  readonly length: number;
}

/** @throws ShapeError when the length is not a whole number of at least one */
export function activationGeometry(where: string, activation: ActivationName, length: number): ActivationGeometry {
  checkCounts(where, { length });
  return { activation, length };
}

const length = (g: ActivationGeometry): number => g.length;

const spec = kernelSpec<ActivationGeometry>();

export const activationSpecs = {
  activation: spec({ x: length }, { y: length }),
  activationInputGrad: spec({ x: length, y: length, dy: length }, { dx: length }),
};
