/** The scalar functions of `activation.ts`, entry by entry. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { type ActivationFunction, activationFunctions, activationSpecs } from './activation';
import { activation, activationInputGrad } from './activation.simd';

export { activationSpecs as specs };

export const reference: KernelsOf<typeof activationSpecs> = {
  activation(g, { x, y }) {
    const { value }: ActivationFunction = activationFunctions[g.activation];
    for (let k = 0; k < g.length; k++) y[k] = value(x[k], g);
  },

  activationInputGrad(g, { x, y, dy, dx }) {
    const { derivative }: ActivationFunction = activationFunctions[g.activation];
    for (let k = 0; k < g.length; k++) dx[k] = dy[k] * derivative(x[k], y[k], g);
  },
};

export const simd: SimdBindingsOf<typeof activationSpecs> = { activation, activationInputGrad };
