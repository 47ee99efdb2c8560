/** The update rules on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { updateRuleSpecs } from './update-rules';

type Specs = typeof updateRuleSpecs;

/** Room for eight numbers of each of up to four arrays. */
const scratchBytes = 4 * 8 * numberBytes;

export const sgdUpdate: SimdBinding<Specs['sgdUpdate']> =
  (g, { values, gradients, coefficients, newValues }, { functions }) =>
  () =>
    functions.sgdUpdate(values, gradients, coefficients, newValues, g.length);

export const momentumUpdate: SimdBinding<Specs['momentumUpdate']> = (g, at, module) =>
  bindFunction(module, 'momentumUpdate', { ...at, length: g.length, scratch: module.memory.reserve(scratchBytes) });

export const adamUpdate: SimdBinding<Specs['adamUpdate']> = (g, at, module) =>
  bindFunction(module, 'adamUpdate', { ...at, length: g.length, scratch: module.memory.reserve(scratchBytes) });

export const rmspropUpdate: SimdBinding<Specs['rmspropUpdate']> = (g, at, module) =>
  bindFunction(module, 'rmspropUpdate', { ...at, length: g.length, scratch: module.memory.reserve(scratchBytes) });

export const lionUpdate: SimdBinding<Specs['lionUpdate']> = (g, at, module) =>
  bindFunction(module, 'lionUpdate', { ...at, length: g.length, scratch: module.memory.reserve(scratchBytes) });
