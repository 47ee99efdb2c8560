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
 *   leakyRelu f = x where x > 0, else s x               f′ = 1 where x > 0, else s       with s the negative slope
 *   relu6     f = min(max(x, 0), 6)                     f′ = 1 where 0 < x < 6, else 0
 *   hardSwish f = x min(max(x + 3, 0), 6) / 6           f′ = 0 to −3, x / 3 + ½ between, 1 from 3
 *   gelu      f = x Φ(x) = x (1 + erf(x/√2)) / 2        f′ = Φ(x) + x e^(−x²/2) / √(2π)
 *   geluTanh  f = x σ(u) = x (1 + tanh(u/2)) / 2        f′ = σ(u) + x σ(u) (1 − σ(u)) u′
 *             with u = √(8/π) (x + 0.044715 x³)         u′ = √(8/π) (1 + 3 · 0.044715 x²)
 *
 * Sources: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013 (leaky ReLU); Howard and
 * others, "Searching for MobileNetV3", 2019 (hard swish); Hendrycks and Gimpel, "Gaussian error linear units", 2016 (GELU, and
 * its approximation, PyTorch's `approximate='tanh'`).
 */
import { erfc, exp, OptionError, sigmoid, tanh } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** What a function depends on besides its input. */
export interface ActivationParameters {
  /** The slope of `leakyRelu` below zero; the others have none. Default: 0.01. */
  readonly negativeSlope?: number;
}

/** The slope of `leakyRelu` below zero where none is given, PyTorch's. */
export const defaultNegativeSlope = 0.01;

/** A function and its derivative, which may use the input `x`, the output `y`, or both. */
export interface ActivationFunction {
  /** The function at x. */
  readonly value: (x: number, parameters?: ActivationParameters) => number;
  /** Its derivative at x, where the function has the value y. */
  readonly derivative: (x: number, y: number, parameters?: ActivationParameters) => number;
  /** It never falls, and its derivative is the same with y in place of x; of `leakyRelu` where the slope is not negative. Default: false. */
  readonly rising?: boolean;
}

/** Φ(x), the probability that a normal number is below x. With erfc the digits of small probabilities remain. */
const normalCdf = (x: number): number => 0.5 * erfc(-Math.SQRT1_2 * x);

const ROOT_OF_TWO_PI = 2.5066282746310002;
const ROOT_OF_EIGHT_OVER_PI = 1.5957691216057308;
const CUBIC = 0.044715;

/** What the approximation of GELU takes the sigmoid of. */
const argumentOfGeluTanh = (x: number): number => ROOT_OF_EIGHT_OVER_PI * (x + CUBIC * x * x * x);

/** The formulas, each beside its derivative. */
export const activationFunctions = {
  identity: { value: (x) => x, derivative: () => 1, rising: true },
  sigmoid: { value: sigmoid, derivative: (_x, y) => y * (1 - y), rising: true },
  tanh: { value: tanh, derivative: (_x, y) => (1 - y) * (1 + y), rising: true },
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0), rising: true },
  silu: {
    value: (x) => x * sigmoid(x),
    derivative: (x) => {
      const s = sigmoid(x);
      return s * (1 + x * (1 - s));
    },
  },
  leakyRelu: {
    value: (x, { negativeSlope = defaultNegativeSlope } = {}) => (x > 0 ? x : negativeSlope * x),
    derivative: (x, _y, { negativeSlope = defaultNegativeSlope } = {}) => (x > 0 ? 1 : negativeSlope),
    rising: true,
  },
  relu6: {
    value: (x) => Math.min(Math.max(x, 0), 6),
    derivative: (x) => (x > 0 && x < 6 ? 1 : 0),
    rising: true,
  },
  hardSwish: {
    value: (x) => x * (Math.min(Math.max(x + 3, 0), 6) / 6),
    derivative: (x) => (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1),
  },
  gelu: {
    value: (x) => x * normalCdf(x),
    derivative: (x) => normalCdf(x) + (x * exp(-0.5 * x * x)) / ROOT_OF_TWO_PI,
  },
  geluTanh: {
    value: (x) => x * sigmoid(argumentOfGeluTanh(x)),
    derivative(x) {
      const s = sigmoid(argumentOfGeluTanh(x));
      return s + x * s * (1 - s) * ROOT_OF_EIGHT_OVER_PI * (1 + 3 * CUBIC * x * x);
    },
  },
} as const satisfies Readonly<Record<string, ActivationFunction>>;

/** The names of the activations. */
export type ActivationName = keyof typeof activationFunctions;

/**
 * Whether a function never falls, and its derivative is the same with its output in place of its input. Then it may be taken of the
 * maximum of a window in place of every entry, and its output may overwrite its input.
 *
 * @example
 * isRising({ activation: 'sigmoid' }); // true
 * isRising({ activation: 'leakyRelu', negativeSlope: -1 }); // false
 */
export function isRising({
  activation,
  negativeSlope = defaultNegativeSlope,
}: { readonly activation: ActivationName } & ActivationParameters): boolean {
  const { rising = false }: ActivationFunction = activationFunctions[activation];
  return rising && (activation !== 'leakyRelu' || negativeSlope >= 0);
}

/** All there is to one application: which function, its parameters, and over how many numbers. */
export interface ActivationGeometry extends ActivationParameters {
  /** The function. */
  readonly activation: ActivationName;
  /** How many numbers the arrays have. */
  readonly length: number;
}

/**
 * The geometry of an activation.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one, OptionError when the slope is not finite or belongs
 *   to another function than `leakyRelu`
 * @example activationGeometry('act1', 'leakyRelu', 96).length; // 96
 */
export function activationGeometry(
  where: string,
  activation: ActivationName,
  length: number,
  { negativeSlope }: ActivationParameters = {},
): ActivationGeometry {
  checkCounts(where, { length });
  if (negativeSlope === undefined) return { activation, length };
  if (activation !== 'leakyRelu') {
    throw new OptionError(`${where}: expected a negative slope for leakyRelu alone, got one for ${activation}`);
  }
  if (!Number.isFinite(negativeSlope)) {
    throw new OptionError(`${where}: expected a finite number as negative slope, got ${negativeSlope}`);
  }
  return { activation, length, negativeSlope };
}

const length = (g: ActivationGeometry): number => g.length;

const spec = kernelSpec<ActivationGeometry>();

export const activationSpecs = {
  activation: spec({ x: length }, { y: length }),
  activationInputGrad: spec({ x: length, y: length, dy: length }, { dx: length }),
};
