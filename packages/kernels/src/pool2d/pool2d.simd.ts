/** Pooling on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { Pool2dGeometry, pool2dSpecs } from './pool2d';

type Specs = typeof pool2dSpecs;

const pixelOf = (g: Pool2dGeometry): number => g.channels * g.batch * numberBytes;
const outputOf = (g: Pool2dGeometry) =>
  [g.outHeight, g.outWidth, g.windowHeight, g.windowWidth, g.strideHeight, g.strideWidth] as const;

/** Whether every input lies in exactly one window. */
function covered(g: Pool2dGeometry): boolean {
  return (
    g.windowHeight === g.strideHeight &&
    g.windowWidth === g.strideWidth &&
    g.outHeight * g.windowHeight === g.inHeight &&
    g.outWidth * g.windowWidth === g.inWidth
  );
}

function maximum(rectified: boolean): SimdBinding<Specs['maxPool2d']> {
  return (g, { x, y }, { functions }) =>
    () =>
      functions.maxPool2d(x, y, rectified, pixelOf(g), g.inWidth, ...outputOf(g));
}

function maximumInputGrad(rectified: boolean): SimdBinding<Specs['maxPool2dInputGrad']> {
  return (g, { x, y, dy, dx }, { functions }) =>
    () =>
      functions.maxPool2dInputGrad(
        ...([x, y, dy, dx, rectified, covered(g), pixelOf(g), g.inHeight, g.inWidth] as const),
        ...outputOf(g),
      );
}

export const maxPool2d = maximum(false);
export const maxPool2dInputGrad = maximumInputGrad(false);
export const reluMaxPool2d = maximum(true);
export const reluMaxPool2dInputGrad = maximumInputGrad(true);

export const meanPool2d: SimdBinding<Specs['meanPool2d']> =
  (g, { x, y }, { functions }) =>
  () =>
    functions.meanPool2d(x, y, pixelOf(g), g.inWidth, ...outputOf(g));

export const meanPool2dInputGrad: SimdBinding<Specs['meanPool2dInputGrad']> =
  (g, { dy, dx }, { functions }) =>
  () =>
    functions.meanPool2dInputGrad(dy, dx, covered(g), pixelOf(g), g.inHeight, g.inWidth, ...outputOf(g));
