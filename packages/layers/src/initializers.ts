/**
 * How parameters start. Each rule is plain data, so a network's description can be written to a file as it is.
 *
 * With fanIn inputs and fanOut outputs of one unit, the variance of a weight is
 *
 *   he      2 / fanIn             He et al. 2015, for ReLU and its kin
 *   glorot  2 / (fanIn + fanOut)  Glorot and Bengio 2010, for sigmoid and tanh
 *   lecun   1 / fanIn             LeCun et al. 1998
 *
 * either uniform in ±√(3 · variance) or normal with standard deviation √variance.
 */
import { either, finiteNumber, objectWithExtras, oneOf } from '@longhand/schema';
import type { FloatArray, Random } from '@longhand/tensor';

/** A rule for the first values of a parameter. */
export type Initializer =
  | { readonly scheme: 'he' | 'glorot' | 'lecun'; readonly distribution: 'uniform' | 'normal' }
  | { readonly scheme: 'uniform'; readonly low: number; readonly high: number }
  | { readonly scheme: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly scheme: 'zeros' | 'ones' };

/** He's rule: uniform in ±√(6 / fanIn), variance 2 / fanIn, for layers before a ReLU. Source: He and others, 2015. */
export const heUniform: Initializer = { scheme: 'he', distribution: 'uniform' };
/** He's rule: normal with variance 2 / fanIn. Source: He and others, 2015. */
export const heNormal: Initializer = { scheme: 'he', distribution: 'normal' };
/** Glorot's rule: uniform in ±√(6 / (fanIn + fanOut)), Keras' default. Source: Glorot and Bengio, 2010. */
export const glorotUniform: Initializer = { scheme: 'glorot', distribution: 'uniform' };
/** Glorot's rule: normal with variance 2 / (fanIn + fanOut). Source: Glorot and Bengio, 2010. */
export const glorotNormal: Initializer = { scheme: 'glorot', distribution: 'normal' };
/**
 * LeCun's rule: uniform in ±√(3 / fanIn), variance 1 / fanIn. Source: LeCun and others, "Efficient BackProp", 1998.
 */
export const lecunUniform: Initializer = { scheme: 'lecun', distribution: 'uniform' };
/** LeCun's rule: normal with variance 1 / fanIn. Source: LeCun and others, "Efficient BackProp", 1998. */
export const lecunNormal: Initializer = { scheme: 'lecun', distribution: 'normal' };
/** Every number 0, as biases start. */
export const zeros: Initializer = { scheme: 'zeros' };
/** Every number 1. */
export const ones: Initializer = { scheme: 'ones' };

/**
 * Uniform in `[low, high)`.
 *
 * @example dense({ outFeatures: 10, initializer: uniform(-0.1, 0.1) }); // [192] → [10]
 */
export const uniform = (low: number, high: number): Initializer => ({ scheme: 'uniform', low, high });

/**
 * Normal with the mean and the standard deviation.
 *
 * @example dense({ outFeatures: 10, initializer: normal(0, 0.02) }); // [192] → [10]
 */
export const normal = (mean: number, deviation: number): Initializer => ({ scheme: 'normal', mean, deviation });

export const initializerSchema = either(
  'an initializer such as {"scheme":"he","distribution":"uniform"}',
  objectWithExtras({ scheme: oneOf('he', 'glorot', 'lecun'), distribution: oneOf('uniform', 'normal') }),
  objectWithExtras({ scheme: oneOf('uniform'), low: finiteNumber, high: finiteNumber }),
  objectWithExtras({ scheme: oneOf('normal'), mean: finiteNumber, deviation: finiteNumber }),
  objectWithExtras({ scheme: oneOf('zeros', 'ones') }),
);

/** The number of inputs of one unit, and the number of units that one input feeds. */
export interface Fan {
  /** The number of inputs of one unit. */
  readonly fanIn: number;
  /** The number of outputs that one input goes to, of its own group. */
  readonly fanOut: number;
}

/**
 * Fills `values` by the rule.
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const weights = new Float32Array(3750);
 * drawInitial(heUniform, { fanIn: 25, fanOut: 150 }, seededRandom(1), weights);
 * weights.every((weight) => Math.abs(weight) <= Math.sqrt(6 / 25)); // true
 */
export function drawInitial(initializer: Initializer, fan: Fan, random: Random, values: FloatArray): void {
  const draw = drawing(initializer, fan, random);
  for (let index = 0; index < values.length; index++) values[index] = draw();
}

function drawing(initializer: Initializer, { fanIn, fanOut }: Fan, random: Random): () => number {
  switch (initializer.scheme) {
    case 'zeros':
      return () => 0;
    case 'ones':
      return () => 1;
    case 'uniform':
      return () => random.uniform(initializer.low, initializer.high);
    case 'normal':
      return () => random.normal(initializer.mean, initializer.deviation);
    case 'he':
    case 'glorot':
    case 'lecun': {
      const variance = { he: 2 / fanIn, glorot: 2 / (fanIn + fanOut), lecun: 1 / fanIn }[initializer.scheme];
      const limit = Math.sqrt(3 * variance);
      const deviation = Math.sqrt(variance);
      return initializer.distribution === 'normal'
        ? () => random.normal(0, deviation)
        : () => random.uniform(-limit, limit);
    }
  }
}
