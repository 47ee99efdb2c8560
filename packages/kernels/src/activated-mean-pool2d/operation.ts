/** The operation of `activated-mean-pool2d.ts` as its parts, one after the other. */
import type { ActivationGeometry } from '../activation/activation';
import { reference as activationReference } from '../activation/operation';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { reference as pool2dReference } from '../pool2d/operation';
import { type ActivatedMeanPool2dGeometry, activatedMeanPool2dSpecs, poolOf } from './activated-mean-pool2d';
import { activatedMeanPool2d, activatedMeanPool2dInputGrad } from './activated-mean-pool2d.simd';

export { activatedMeanPool2dSpecs as specs };

/** The activation of `length` numbers. */
const activationOf = ({ pool: _, ...g }: ActivatedMeanPool2dGeometry, length: number): ActivationGeometry => ({
  ...g,
  length,
});

export const reference: KernelsOf<typeof activatedMeanPool2dSpecs> = {
  activatedMeanPool2d(g, { x, a, y }) {
    activationReference.activation(activationOf(g, x.length), { x, y: a });
    pool2dReference.meanPool2d(poolOf(g), { x: a, y });
  },

  activatedMeanPool2dInputGrad(g, { x, a, dy, dx }) {
    pool2dReference.meanPool2dInputGrad(poolOf(g), { dy, dx });
    activationReference.activationInputGrad(activationOf(g, x.length), { x, y: a, dy: dx, dx });
  },
};

export const simd: SimdBindingsOf<typeof activatedMeanPool2dSpecs> = {
  activatedMeanPool2d,
  activatedMeanPool2dInputGrad,
};
