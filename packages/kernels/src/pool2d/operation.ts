/** The pooling formulas of `pool2d.ts`, window by window. */
import type { FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { BuffersOf, KernelsOf } from '../contract/spec';
import { type Pool2dGeometry, pool2dSpecs } from './pool2d';
import {
  maxPool2d,
  maxPool2dInputGrad,
  meanPool2d,
  meanPool2dInputGrad,
  reluMaxPool2d,
  reluMaxPool2dInputGrad,
} from './pool2d.simd';

export { pool2dSpecs as specs };

/** Calls `visit` for every output with its index and the index of the first input of its window. */
function eachWindow(g: Pool2dGeometry, visit: (output: number, corner: number) => void): void {
  for (let i = 0; i < g.outHeight; i++) {
    for (let j = 0; j < g.outWidth; j++) {
      for (let c = 0; c < g.channels; c++) {
        for (let n = 0; n < g.batch; n++) {
          visit(
            ((i * g.outWidth + j) * g.channels + c) * g.batch + n,
            ((i * g.strideHeight * g.inWidth + j * g.strideWidth) * g.channels + c) * g.batch + n,
          );
        }
      }
    }
  }
}

/** The distance in memory from a window's first input to the one `p` rows down and `q` columns on. */
const offset = (g: Pool2dGeometry, p: number, q: number): number => (p * g.inWidth + q) * g.channels * g.batch;

/** The maximum of each window and `floor`. */
function maximum(g: Pool2dGeometry, x: FloatArray, y: FloatArray, floor: number): void {
  eachWindow(g, (output, corner) => {
    let largest = floor;
    for (let p = 0; p < g.windowHeight; p++) {
      for (let q = 0; q < g.windowWidth; q++) {
        const value = x[corner + offset(g, p, q)];
        // NaN propagates.
        if (value > largest || Number.isNaN(value)) largest = value;
      }
    }
    y[output] = largest;
  });
}

/** dy at the first index of each window that holds its maximum, where the maximum is above `floor`. */
function maximumInputGrad(
  g: Pool2dGeometry,
  { x, y, dy, dx }: BuffersOf<(typeof pool2dSpecs)['maxPool2dInputGrad']>,
  floor: number,
) {
  dx.fill(0);
  eachWindow(g, (output, corner) => {
    for (let p = 0; p < g.windowHeight; p++) {
      for (let q = 0; q < g.windowWidth; q++) {
        const index = corner + offset(g, p, q);
        if (x[index] === y[output] && x[index] > floor) {
          dx[index] += dy[output];
          return;
        }
      }
    }
  });
}

export const reference: KernelsOf<typeof pool2dSpecs> = {
  maxPool2d: (g, { x, y }) => maximum(g, x, y, Number.NEGATIVE_INFINITY),

  maxPool2dInputGrad: (g, buffers) => maximumInputGrad(g, buffers, Number.NEGATIVE_INFINITY),

  reluMaxPool2d: (g, { x, y }) => maximum(g, x, y, 0),

  reluMaxPool2dInputGrad: (g, buffers) => maximumInputGrad(g, buffers, 0),

  meanPool2d(g, { x, y }) {
    const share = 1 / (g.windowHeight * g.windowWidth);
    eachWindow(g, (output, corner) => {
      let sum = 0;
      for (let p = 0; p < g.windowHeight; p++) {
        for (let q = 0; q < g.windowWidth; q++) sum += x[corner + offset(g, p, q)];
      }
      y[output] = sum * share;
    });
  },

  meanPool2dInputGrad(g, { dy, dx }) {
    const share = 1 / (g.windowHeight * g.windowWidth);
    dx.fill(0);
    eachWindow(g, (output, corner) => {
      for (let p = 0; p < g.windowHeight; p++) {
        for (let q = 0; q < g.windowWidth; q++) dx[corner + offset(g, p, q)] += dy[output] * share;
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
