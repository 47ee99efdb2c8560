/** Binary cross-entropy on vectors, in both its forms. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { binaryCrossEntropySpecs } from './binary-cross-entropy';

type Specs = typeof binaryCrossEntropySpecs;

export const binaryCrossEntropy: SimdBinding<Specs['binaryCrossEntropy']> =
  (g, { x, target, loss }, { functions }) =>
  () =>
    functions.binaryCrossEntropy(x, target, loss, g.batch * numberBytes, g.features);

export const binaryCrossEntropyInputGrad: SimdBinding<Specs['binaryCrossEntropyInputGrad']> =
  (g, { x, target, imageWeight, dx }, { functions }) =>
  () =>
    functions.binaryCrossEntropyInputGrad(x, target, imageWeight, dx, g.batch * numberBytes, g.features);

export const sigmoidBinaryCrossEntropy: SimdBinding<Specs['sigmoidBinaryCrossEntropy']> =
  (g, { x, target, y, loss }, { functions }) =>
  () =>
    functions.sigmoidBinaryCrossEntropy(x, target, y, loss, g.batch * numberBytes, g.features);

export const sigmoidBinaryCrossEntropyInputGrad: SimdBinding<Specs['sigmoidBinaryCrossEntropyInputGrad']> =
  (g, { y, target, imageWeight, dx }, { functions }) =>
  () =>
    functions.sigmoidBinaryCrossEntropyInputGrad(y, target, imageWeight, dx, g.batch * numberBytes, g.features);
