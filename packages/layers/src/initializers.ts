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

export const heUniform: Initializer = { scheme: 'he', distribution: 'uniform' };
export const heNormal: Initializer = { scheme: 'he', distribution: 'normal' };
export const glorotUniform: Initializer = { scheme: 'glorot', distribution: 'uniform' };
export const glorotNormal: Initializer = { scheme: 'glorot', distribution: 'normal' };
export const lecunUniform: Initializer = { scheme: 'lecun', distribution: 'uniform' };
export const lecunNormal: Initializer = { scheme: 'lecun', distribution: 'normal' };
export const zeros: Initializer = { scheme: 'zeros' };
export const ones: Initializer = { scheme: 'ones' };

/** Uniform in `[low, high)`. */
export const uniform = (low: number, high: number): Initializer => ({ scheme: 'uniform', low, high });

/** Normal with the mean and the standard deviation. */
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
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fills `values` by the rule.
 *
 * @example drawInitial(heUniform, { fanIn: 25, fanOut: 150 }, seededRandom(1), weights)
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
