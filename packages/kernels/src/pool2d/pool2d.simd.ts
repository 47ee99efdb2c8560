/** Pooling on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { isCovered, isPadded, type Pool2dGeometry, type pool2dSpecs } from './pool2d';

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

/** Whether windows overlap, and which entries they leave out: none, those behind the last windows, or any. */
function windowsOf(g: Pool2dGeometry) {
  const overlapping = g.strideHeight < g.windowHeight || g.strideWidth < g.windowWidth;
  const sideBySide = !isPadded(g) && g.strideHeight === g.windowHeight && g.strideWidth === g.windowWidth;
  return { overlapping: Number(overlapping), left: isCovered(g) ? 0 : sideBySide ? 1 : 2 };
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
      ...windowsOf(g),
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
    ...windowsOf(g),
    countIncludePad: Number(g.countIncludePad),
  });
