/** Runs the scalar functions of `activation.ts` over every entry. */
import type { Kernel } from '../kernel';
import { type ActivationFunction, activationFunctions, type activationSpecs } from './activation';

type Specs = typeof activationSpecs;

export const activation: Kernel<Specs['activation']> = (g, { x, y }) => {
  const { value }: ActivationFunction = activationFunctions[g.activation];
  for (let k = 0; k < g.length; k++) y[k] = value(x[k]);
};

export const activationInputGrad: Kernel<Specs['activationInputGrad']> = (g, { x, y, dy, dx }) => {
  const { derivative }: ActivationFunction = activationFunctions[g.activation];
  for (let k = 0; k < g.length; k++) dx[k] = dy[k] * derivative(x[k], y[k]);
};
