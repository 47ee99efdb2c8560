/** Activations on vectors. */
import type { SimdBinding } from '../contract/simd-binding';
import { type ActivationName, activationFunctions, type activationSpecs } from './activation';

type Specs = typeof activationSpecs;

/** The functions' numbers in `activation.assembly.ts`. */
const names = Object.keys(activationFunctions) as ActivationName[];

export const activation: SimdBinding<Specs['activation']> = (g, { x, y }, { functions }) => {
  const kind = names.indexOf(g.activation);
  return () => functions.activation(kind, x, y, g.length);
};

export const activationInputGrad: SimdBinding<Specs['activationInputGrad']> = (g, { x, y, dy, dx }, { functions }) => {
  const kind = names.indexOf(g.activation);
  return () => functions.activationInputGrad(kind, x, y, dy, dx, g.length);
};
