/** The activation and the mean behind it on vectors. */
import { parametersOf } from '../activation/activation.simd';
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type ActivatedMeanPool2dGeometry, type activatedMeanPool2dSpecs, poolOf } from './activated-mean-pool2d';

type Specs = typeof activatedMeanPool2dSpecs;

function shapeOf(g: ActivatedMeanPool2dGeometry) {
  const { channels, inWidth, outHeight, outWidth, windowHeight, windowWidth, batch } = poolOf(g);
  return {
    ...parametersOf(g),
    pixel: channels * batch * numberBytes,
    inWidth,
    outHeight,
    outWidth,
    windowHeight,
    windowWidth,
  };
}

export const activatedMeanPool2d: SimdBinding<Specs['activatedMeanPool2d']> = (g, { x, a, y }, module) =>
  bindFunction(module, 'activatedMeanPool2d', { ...shapeOf(g), x, a, y });

export const activatedMeanPool2dInputGrad: SimdBinding<Specs['activatedMeanPool2dInputGrad']> = (
  g,
  { x, a, dy, dx },
  module,
) => bindFunction(module, 'activatedMeanPool2dInputGrad', { ...shapeOf(g), x, a, dy, dx });
