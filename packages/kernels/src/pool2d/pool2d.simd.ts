/** Pooling on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { isCovered, type Pool2dGeometry, type pool2dSpecs } from './pool2d';

type Specs = typeof pool2dSpecs;

/** The sizes of a pooling, as its kernels take them. */
function shapeOf(g: Pool2dGeometry) {
  const { inHeight, inWidth, outHeight, outWidth, windowHeight, windowWidth, strideHeight, strideWidth } = g;
  return {
    pixel: g.channels * g.batch * numberBytes,
    inHeight,
    inWidth,
    outHeight,
    outWidth,
    windowHeight,
    windowWidth,
    strideHeight,
    strideWidth,
    padTop: g.padTop,
    padLeft: g.padLeft,
  };
}

function maximum(rectified: boolean): SimdBinding<Specs['maxPool2d']> {
  return (g, { x, y }, module) =>
    bindFunction(module, 'maxPool2d', { ...shapeOf(g), x, y, rectified: Number(rectified) });
}

function maximumInputGrad(rectified: boolean): SimdBinding<Specs['maxPool2dInputGrad']> {
  return (g, { x, y, dy, dx }, module) =>
    bindFunction(module, 'maxPool2dInputGrad', {
      ...shapeOf(g),
      x,
      y,
      dy,
      dx,
      rectified: Number(rectified),
      covered: Number(isCovered(g)),
    });
}

export const maxPool2d = maximum(false);
export const maxPool2dInputGrad = maximumInputGrad(false);
export const reluMaxPool2d = maximum(true);
export const reluMaxPool2dInputGrad = maximumInputGrad(true);

export const meanPool2d: SimdBinding<Specs['meanPool2d']> = (g, { x, y }, module) =>
  bindFunction(module, 'meanPool2d', { ...shapeOf(g), x, y, countIncludePad: Number(g.countIncludePad) });

export const meanPool2dInputGrad: SimdBinding<Specs['meanPool2dInputGrad']> = (g, { dy, dx }, module) =>
  bindFunction(module, 'meanPool2dInputGrad', {
    ...shapeOf(g),
    dy,
    dx,
    covered: Number(isCovered(g)),
    countIncludePad: Number(g.countIncludePad),
  });
