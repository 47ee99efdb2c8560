/** Activation layers; each function stands beside its derivative in `@longhand/kernels`, `activation/activation.ts`. */
import { type ActivationName, activationFunctions, activationGeometry } from '@longhand/kernels';
import { sizeOf } from '@longhand/tensor';
import { allocateOutput } from './arrays';
import { type Layer, nothing } from './layer';

export interface ActivationOptions {
  readonly activation: ActivationName;
}

/**
 * One scalar function over every entry, whatever the shape.
 *
 * @throws Error when there is no such function
 * @example activation({ activation: 'silu' })
 */
export function activation({ activation: name }: ActivationOptions): Layer {
  if (!Object.hasOwn(activationFunctions, name)) {
    const names = Object.keys(activationFunctions).join(', ');
    throw new Error(`activation: expected one of ${names}, got ${String(name)}`);
  }
  return {
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
  };
}

/** max(x, 0). */
export const relu = (): Layer => activation({ activation: 'relu' });
/** σ(x) = 1 / (1 + e^−x). */
export const sigmoid = (): Layer => activation({ activation: 'sigmoid' });
/** The hyperbolic tangent. */
export const tanh = (): Layer => activation({ activation: 'tanh' });
/** x · σ(x). */
export const silu = (): Layer => activation({ activation: 'silu' });
/** x itself: a linear layer said aloud. */
export const identity = (): Layer => activation({ activation: 'identity' });
