/**
 * Activation layers: scalar functions, each beside its derivative in `@longhand/kernels`, `activation/activation.ts`;
 * and softmax, whose formulas are in `softmax/softmax.ts`.
 */
import {
  type ActivationName,
  activationFunctions,
  activationGeometry,
  type FeaturesGeometry,
  featuresGeometry,
} from '@longhand/kernels';
import { builtIn, type Entries, kind, type Named, number, oneOf, optional, where } from '@longhand/schema';
import { formatShape, type Shape, ShapeError, sizeOf } from '@longhand/tensor';
import { checkEntries, checkedOptions } from './checked-options';
import { allocateOutput, identityPass, type Layer, nothing } from './layer';

/** The names of the scalar functions. */
export const activationNames: readonly string[] = Object.keys(activationFunctions);

export const activationSchema = where<ActivationName>(
  activationNames.map((name) => `"${name}"`).join(' or '),
  (value) => activationNames.some((name) => name === value),
);

/** The options of {@link activation}. */
export interface ActivationOptions {
  /**
   * The function: `'relu'`, `'leakyRelu'`, `'relu6'`, `'sigmoid'`, `'tanh'`, `'silu'`, `'hardSwish'`, `'gelu'`,
   * `'geluTanh'` or `'identity'`.
   */
  readonly activation: ActivationName;
  /** The slope of `leakyRelu` below zero; the other functions have none. Default: 0.01. */
  readonly negativeSlope?: number;
}

/**
 * One scalar function over every entry, whatever the shape.
 *
 * @throws OptionError when there is no such function; when placed in a network, if the slope is not finite or belongs to another
 * function than `leakyRelu`
 * @example activation({ activation: 'silu' }); // [24, 24, 6] → [24, 24, 6]
 */
export function activation(options: ActivationOptions): Layer<Named<'activation', ActivationOptions>, never> {
  return activationOver(options, false);
}

/**
 * The same on the array of its input, and backward on that of its gradient, for passes whose arrays before the activation are not
 * looked at. The function has to be a rising one.
 */
export function activationInPlace(options: ActivationOptions): Layer {
  return activationOver(options, true);
}

function activationOver(
  options: ActivationOptions,
  inPlace: boolean,
): Layer<Named<'activation', ActivationOptions>, never> {
  const { activation: name, negativeSlope } = checkedOptions<ActivationOptions>(activationKind, options);
  const parameters = negativeSlope === undefined ? {} : { negativeSlope };
  return builtIn({
    description: { kind: 'activation', activation: name, ...parameters },
    outputShape(where, input) {
      activationGeometry(where, name, sizeOf(input), parameters);
      return input;
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      if (name === 'identity') return identityPass(binding);
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = activationGeometry(where, name, sizeOf(inputShape) * capacity, parameters);
      const { y, dy } = inPlace ? identityPass(binding) : allocateOutput(binding, inputShape);
      return {
        y,
        dy,
        forward: kernels.prepare('activation', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('activationInputGrad', geometry, { x, y, dy, dx }) : nothing,
      };
    },
  });
}

export const activationKind = kind(
  'activation',
  {
    activation: activationSchema,
    negativeSlope: optional(number),
  } satisfies Entries<ActivationOptions>,
  activation,
);

/**
 * y = max(x, 0), and dx = dy where x > 0, else 0. Any shape, unchanged. Source: Nair and Hinton, 2010.
 *
 * @example relu(); // [24, 24, 6] → [24, 24, 6]
 */
export const relu = (): Layer => activation({ activation: 'relu' });
/**
 * y = σ(x) = 1 / (1 + e⁻ˣ), and dx = dy · y · (1 − y). Any shape, unchanged. At the end of a network it gives
 * probabilities of yes or no; to train one, leave it out and take {@link sigmoidBinaryCrossEntropy}.
 *
 * @example sigmoid(); // [10] → [10]
 */
export const sigmoid = (): Layer => activation({ activation: 'sigmoid' });
/**
 * y = tanh x, and dx = dy · (1 − y²). Any shape, unchanged.
 *
 * @example tanh(); // [10] → [10]
 */
export const tanh = (): Layer => activation({ activation: 'tanh' });
/**
 * y = x · σ(x), also called swish, with σ the logistic function. Any shape, unchanged. Source: Elfwing, Uchibe and
 * Doya, 2018.
 *
 * @example silu(); // [24, 24, 6] → [24, 24, 6]
 */
export const silu = (): Layer => activation({ activation: 'silu' });
/**
 * y = x above zero, negativeSlope · x below; dx = dy there, negativeSlope · dy here. Any shape, unchanged. Source:
 * Maas, Hannun and Ng, 2013.
 *
 * @param options `negativeSlope`: a finite number. Default: 0.01, PyTorch's; Keras' is 0.3
 * @example leakyRelu({ negativeSlope: 0.1 }); // [24, 24, 6] → [24, 24, 6]
 */
export const leakyRelu = (options: Pick<ActivationOptions, 'negativeSlope'> = {}): Layer =>
  activation({ activation: 'leakyRelu', ...options });
/**
 * y = min(max(x, 0), 6), and dx = dy where 0 < x < 6, else 0. Any shape, unchanged. Source: Howard and others,
 * "MobileNets", 2017.
 *
 * @example relu6(); // [24, 24, 6] → [24, 24, 6]
 */
export const relu6 = (): Layer => activation({ activation: 'relu6' });
/**
 * y = x · min(max(x + 3, 0), 6) / 6, {@link silu} of straight pieces. Any shape, unchanged. Source: Howard and
 * others, "Searching for MobileNetV3", 2019.
 *
 * @example hardSwish(); // [24, 24, 6] → [24, 24, 6]
 */
export const hardSwish = (): Layer => activation({ activation: 'hardSwish' });
/**
 * y = x · Φ(x), with Φ(x) = (1 + erf(x / √2)) / 2 the normal distribution function. Any shape, unchanged. Source:
 * Hendrycks and Gimpel, 2016.
 *
 * @param options `approximate`: `'tanh'` for the approximation by tanh. Default: `'none'`, as in PyTorch
 * @example gelu({ approximate: 'tanh' }); // [128] → [128]
 */
export function gelu(options: GeluOptions = {}): Layer {
  checkEntries<GeluOptions>('gelu', { approximate: optional(oneOf('none', 'tanh')) }, options);
  return activation({ activation: options.approximate === 'tanh' ? 'geluTanh' : 'gelu' });
}

/** How {@link gelu} is computed. */
interface GeluOptions {
  readonly approximate?: 'none' | 'tanh';
}

/**
 * y = x, at no cost in time and memory: says that a layer is linear.
 *
 * @example identity(); // [10] → [10]
 */
export const identity = (): Layer => activation({ activation: 'identity' });

/**
 * yᵢ = e^xᵢ / Σⱼ e^xⱼ turns a vector `[features]` into probabilities. To train a classifier, leave it out and take
 * the loss {@link softmaxCrossEntropy}, which contains it in a stabler form.
 *
 * @throws ShapeError, when prepared, if the input is not a plain vector
 * @example softmax(); // [10] → [10]
 */
export function softmax(): Layer<Named<'softmax', object>, never> {
  const geometryOf = (where: string, input: Shape, batch: number): FeaturesGeometry => {
    const [features] = input;
    if (input.length !== 1 || features === undefined) {
      throw new ShapeError(
        `${where}: expected a vector [features], got ${formatShape(input)}; put flatten() before it`,
      );
    }
    return featuresGeometry(where, { batch, features });
  };
  return builtIn({
    description: { kind: 'softmax' },
    outputShape: (where, input) => [geometryOf(where, input, 1).features],
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, inputShape);
      return {
        y,
        dy,
        forward: kernels.prepare('softmax', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('softmaxInputGrad', geometry, { y, dy, dx }) : nothing,
      };
    },
  });
}

export const softmaxKind = kind('softmax', {}, softmax);
