/** Softmax with cross-entropy on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { softmaxCrossEntropySpecs } from './softmax-cross-entropy';

type Specs = typeof softmaxCrossEntropySpecs;

export const softmaxCrossEntropy: SimdBinding<Specs['softmaxCrossEntropy']> =
  (g, { x, target, y, loss }, { functions }) =>
  () =>
    functions.softmaxCrossEntropy(x, target, y, loss, g.batch * numberBytes, g.features);

export const softmaxCrossEntropyInputGrad: SimdBinding<Specs['softmaxCrossEntropyInputGrad']> =
  (g, { y, target, imageWeight, dx }, { functions }) =>
  () =>
    functions.softmaxCrossEntropyInputGrad(y, target, imageWeight, dx, g.batch * numberBytes, g.features);
