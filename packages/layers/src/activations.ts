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
import { builtIn, type Entries, kind, type Named, where } from '@longhand/schema';
import { formatShape, type Shape, ShapeError, sizeOf } from '@longhand/tensor';
import { allocateOutput, type Layer, nothing } from './layer';

/** The names of the scalar functions. */
export const activationNames: readonly string[] = Object.keys(activationFunctions);

export interface ActivationOptions {
  readonly activation: ActivationName;
}

/**
 * One scalar function over every entry, whatever the shape.
 *
 * @throws Error when there is no such function
 * @example activation({ activation: 'silu' })
 */
export function activation({ activation: name }: ActivationOptions): Layer<Named<'activation', ActivationOptions>> {
  if (!activationNames.includes(name)) {
    throw new Error(`activation: expected one of ${activationNames.join(', ')}, got ${String(name)}`);
  }
  return builtIn({
    description: { kind: 'activation', activation: name },
    outputShape: (_where, input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = activationGeometry(where, name, sizeOf(inputShape) * capacity);
      const { y, dy } = allocateOutput(binding, inputShape);
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
    activation: where<ActivationName>(activationNames.map((name) => `"${name}"`).join(' or '), (value) =>
      activationNames.some((name) => name === value),
    ),
  } satisfies Entries<ActivationOptions>,
  activation,
);

/** max(x, 0). */
export const relu = (): Layer => activation({ activation: 'relu' });
/** σ(x) = 1 / (1 + e^−x). */
export const sigmoid = (): Layer => activation({ activation: 'sigmoid' });
/** The hyperbolic tangent. */
export const tanh = (): Layer => activation({ activation: 'tanh' });
/** x · σ(x). */
export const silu = (): Layer => activation({ activation: 'silu' });
/** x itself: says that a layer is linear. */
export const identity = (): Layer => activation({ activation: 'identity' });

/**
 * Turns a vector into probabilities. To train a classifier, leave it out and take the loss `softmaxCrossEntropy`,
 * which contains it in a stabler form.
 *
 * @throws ShapeError, when prepared, if the input is not a plain vector
 * @example softmax() // [10] → [10], adding up to one
 */
export function softmax(): Layer<Named<'softmax', object>> {
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
