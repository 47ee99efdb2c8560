/** The pooling formulas of `pool2d.ts`, window by window. */
import type { FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { BuffersOf, KernelsOf } from '../contract/spec';
import { type Pool2dGeometry, pool2dSpecs, shareOfEntry, type WindowInImage, windowInImage } from './pool2d';
import {
  maxPool2d,
  maxPool2dInputGrad,
  meanPool2d,
  meanPool2dInputGrad,
  reluMaxPool2d,
  reluMaxPool2dInputGrad,
} from './pool2d.simd';

export { pool2dSpecs as specs };

/** Calls `visit` for every output with its index, the part of its window in the image, and its lane: one channel of one image. */
function eachWindow(g: Pool2dGeometry, visit: (output: number, window: WindowInImage, lane: number) => void): void {
  const lanes = g.channels * g.batch;
  for (let i = 0; i < g.outHeight; i++) {
    for (let j = 0; j < g.outWidth; j++) {
      const window = windowInImage(g, i, j);
      for (let lane = 0; lane < lanes; lane++) visit((i * g.outWidth + j) * lanes + lane, window, lane);
    }
  }
}

/** The index of an entry of x. */
const indexOf = (g: Pool2dGeometry, row: number, column: number, lane: number): number =>
  (row * g.inWidth + column) * g.channels * g.batch + lane;

/** The maximum of each window and `floor`. */
function maximum(g: Pool2dGeometry, x: FloatArray, y: FloatArray, floor: number): void {
  eachWindow(g, (output, { top, bottom, left, right }, lane) => {
    let largest = floor;
    for (let h = top; h < bottom; h++) {
      for (let w = left; w < right; w++) {
        const value = x[indexOf(g, h, w, lane)];
        // NaN propagates.
        if (value > largest || Number.isNaN(value)) largest = value;
      }
    }
    y[output] = largest;
  });
}

/** dy at the first index of each window that holds its maximum, with ReLU where that is above zero. */
function maximumInputGrad(
  g: Pool2dGeometry,
  { x, y, dy, dx }: BuffersOf<(typeof pool2dSpecs)['maxPool2dInputGrad']>,
  rectified: boolean,
): void {
  dx.fill(0);
  eachWindow(g, (output, { top, bottom, left, right }, lane) => {
    if (rectified && !(y[output] > 0)) return;
    for (let h = top; h < bottom; h++) {
      for (let w = left; w < right; w++) {
        const index = indexOf(g, h, w, lane);
        if (x[index] === y[output]) {
          dx[index] += dy[output];
          return;
        }
      }
    }
  });
}

export const reference: KernelsOf<typeof pool2dSpecs> = {
  maxPool2d: (g, { x, y }) => maximum(g, x, y, Number.NEGATIVE_INFINITY),

  maxPool2dInputGrad: (g, buffers) => maximumInputGrad(g, buffers, false),

  reluMaxPool2d: (g, { x, y }) => maximum(g, x, y, 0),

  reluMaxPool2dInputGrad: (g, buffers) => maximumInputGrad(g, buffers, true),

  meanPool2d(g, { x, y }) {
    eachWindow(g, (output, window, lane) => {
      let sum = 0;
      for (let h = window.top; h < window.bottom; h++) {
        for (let w = window.left; w < window.right; w++) sum += x[indexOf(g, h, w, lane)];
      }
      y[output] = sum * shareOfEntry(g, window);
    });
  },

  meanPool2dInputGrad(g, { dy, dx }) {
    dx.fill(0);
    eachWindow(g, (output, window, lane) => {
      const gradient = dy[output] * shareOfEntry(g, window);
      for (let h = window.top; h < window.bottom; h++) {
        for (let w = window.left; w < window.right; w++) dx[indexOf(g, h, w, lane)] += gradient;
      }
    });
  },
};

export const simd: SimdBindingsOf<typeof pool2dSpecs> = {
  maxPool2d,
  maxPool2dInputGrad,
  reluMaxPool2d,
  reluMaxPool2dInputGrad,
  meanPool2d,
  meanPool2dInputGrad,
};
