/** Activations on vectors. */
import { bindFunction } from '../contract/bind-function';
import type { SimdBinding } from '../contract/simd-binding';
import {
  type ActivationGeometry,
  type ActivationName,
  activationFunctions,
  type activationSpecs,
  defaultNegativeSlope,
} from './activation';

type Specs = typeof activationSpecs;

/** The functions' numbers in `activation.assembly.ts`. */
const names = Object.keys(activationFunctions) as ActivationName[];

export const activation: SimdBinding<Specs['activation']> = (g, at, module) =>
  bindFunction(module, 'activation', { ...at, ...parametersOf(g), count: g.length });

export const activationInputGrad: SimdBinding<Specs['activationInputGrad']> = (g, at, module) =>
  bindFunction(module, 'activationInputGrad', { ...at, ...parametersOf(g), count: g.length });

/** Which function, and its slope. */
export function parametersOf({
  activation,
  negativeSlope = defaultNegativeSlope,
}: Pick<ActivationGeometry, 'activation' | 'negativeSlope'>) {
  return { kind: names.indexOf(activation), negativeSlope };
}
