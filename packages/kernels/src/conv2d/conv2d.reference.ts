/** The convolution formulas of `conv2d.ts`, one loop per index. */
import type { Kernel } from '../kernel';
import type { conv2dSpecs } from './conv2d';

type Specs = typeof conv2dSpecs;

export const conv2d: Kernel<Specs['conv2d']> = (g, { x, weight, bias, y }) => {
  for (let i = 0; i < g.outHeight; i++) {
    for (let j = 0; j < g.outWidth; j++) {
      for (let o = 0; o < g.outChannels; o++) {
        for (let n = 0; n < g.batch; n++) {
          let sum = g.bias ? bias[o] : 0;
          for (let p = 0; p < g.kernelHeight; p++) {
            const h = i * g.strideHeight + p - g.padTop;
            if (h < 0 || h >= g.inHeight) continue;
            const tapRow = g.flipped ? g.kernelHeight - 1 - p : p;
            for (let q = 0; q < g.kernelWidth; q++) {
              const w = j * g.strideWidth + q - g.padLeft;
              if (w < 0 || w >= g.inWidth) continue;
              const tapColumn = g.flipped ? g.kernelWidth - 1 - q : q;
              for (let c = 0; c < g.inChannels; c++) {
                sum +=
                  x[((h * g.inWidth + w) * g.inChannels + c) * g.batch + n] *
                  weight[((o * g.inChannels + c) * g.kernelHeight + tapRow) * g.kernelWidth + tapColumn];
              }
            }
          }
          y[((i * g.outWidth + j) * g.outChannels + o) * g.batch + n] = sum;
        }
      }
    }
  }
};

// x[h, w] is read by output row i through kernel row p when i·stride + p − top = h, so i = (h + top − p) / stride,
// where that is a whole number inside the output; columns likewise.
export const conv2dInputGrad: Kernel<Specs['conv2dInputGrad']> = (g, { dy, weight, dx }) => {
  for (let h = 0; h < g.inHeight; h++) {
    for (let w = 0; w < g.inWidth; w++) {
      for (let c = 0; c < g.inChannels; c++) {
        for (let n = 0; n < g.batch; n++) {
          let sum = 0;
          for (let p = 0; p < g.kernelHeight; p++) {
            const i = (h + g.padTop - p) / g.strideHeight;
            if (i < 0 || i >= g.outHeight || !Number.isInteger(i)) continue;
            const tapRow = g.flipped ? g.kernelHeight - 1 - p : p;
            for (let q = 0; q < g.kernelWidth; q++) {
              const j = (w + g.padLeft - q) / g.strideWidth;
              if (j < 0 || j >= g.outWidth || !Number.isInteger(j)) continue;
              const tapColumn = g.flipped ? g.kernelWidth - 1 - q : q;
              for (let o = 0; o < g.outChannels; o++) {
                sum +=
                  dy[((i * g.outWidth + j) * g.outChannels + o) * g.batch + n] *
                  weight[((o * g.inChannels + c) * g.kernelHeight + tapRow) * g.kernelWidth + tapColumn];
              }
            }
          }
          dx[((h * g.inWidth + w) * g.inChannels + c) * g.batch + n] = sum;
        }
      }
    }
  }
};

export const conv2dWeightGrad: Kernel<Specs['conv2dWeightGrad']> = (g, { x, dy, dWeight, dBias }) => {
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      for (let p = 0; p < g.kernelHeight; p++) {
        for (let q = 0; q < g.kernelWidth; q++) {
          let sum = 0;
          for (let i = 0; i < g.outHeight; i++) {
            const h = i * g.strideHeight + p - g.padTop;
            if (h < 0 || h >= g.inHeight) continue;
            for (let j = 0; j < g.outWidth; j++) {
              const w = j * g.strideWidth + q - g.padLeft;
              if (w < 0 || w >= g.inWidth) continue;
              for (let n = 0; n < g.batch; n++) {
                sum +=
                  dy[((i * g.outWidth + j) * g.outChannels + o) * g.batch + n] *
                  x[((h * g.inWidth + w) * g.inChannels + c) * g.batch + n];
              }
            }
          }
          const tapRow = g.flipped ? g.kernelHeight - 1 - p : p;
          const tapColumn = g.flipped ? g.kernelWidth - 1 - q : q;
          dWeight[((o * g.inChannels + c) * g.kernelHeight + tapRow) * g.kernelWidth + tapColumn] = sum;
        }
      }
    }
  }
  if (!g.bias) return;
  for (let o = 0; o < g.outChannels; o++) {
    let sum = 0;
    for (let place = 0; place < g.outHeight * g.outWidth; place++) {
      for (let n = 0; n < g.batch; n++) sum += dy[(place * g.outChannels + o) * g.batch + n];
    }
    dBias[o] = sum;
  }
};
