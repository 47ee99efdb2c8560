/**
 * The convolution formulas of `conv2d.ts` in plain loops, one per index.
 *
 * Entry (h, w, c, n) of x has the index `((h · inWidth + w) · inChannels + c) · batch + n`, the weight of output o and
 * input c of its group the index `(o · groupInputs + c) · taps + tap`, with `tap` counting through the kernel row by row.
 */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { type Conv2dGeometry, conv2dSpecs } from './conv2d';
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from './conv2d.simd';

export { conv2dSpecs as specs };

/** The index, within its kernel, of the weight that meets the window's row `p` and column `q`. */
function tapOf({ kernelHeight, kernelWidth, flipped }: Conv2dGeometry, p: number, q: number): number {
  const tap = p * kernelWidth + q;
  // Turning a kernel by 180° reads it from its end.
  return flipped ? kernelHeight * kernelWidth - 1 - tap : tap;
}

/** How many input and output channels a group has. */
function groupSizes({ inChannels, outChannels, groups }: Conv2dGeometry): {
  groupInputs: number;
  groupOutputs: number;
} {
  return { groupInputs: inChannels / groups, groupOutputs: outChannels / groups };
}

export const reference: KernelsOf<typeof conv2dSpecs> = {
  conv2d(geometry, { x, weight, bias, y }) {
    const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
    const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
    const { dilationHeight, dilationWidth } = geometry;
    const { groupInputs, groupOutputs } = groupSizes(geometry);
    const taps = kernelHeight * kernelWidth;
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let o = 0; o < outChannels; o++) {
          const firstInput = Math.floor(o / groupOutputs) * groupInputs;
          for (let n = 0; n < batch; n++) {
            let sum = geometry.bias ? bias[o] : 0;
            for (let p = 0; p < kernelHeight; p++) {
              const h = i * strideHeight + p * dilationHeight - padTop;
              if (h < 0 || h >= inHeight) continue;
              for (let q = 0; q < kernelWidth; q++) {
                const w = j * strideWidth + q * dilationWidth - padLeft;
                if (w < 0 || w >= inWidth) continue;
                const pixel = (h * inWidth + w) * inChannels + firstInput;
                const tap = o * groupInputs * taps + tapOf(geometry, p, q);
                for (let c = 0; c < groupInputs; c++) sum += x[(pixel + c) * batch + n] * weight[tap + c * taps];
              }
            }
            y[((i * outWidth + j) * outChannels + o) * batch + n] = sum;
          }
        }
      }
    }
  },

  // x[h, w] is read by output row i through kernel row p when i·stride + p·dilation − top = h, so
  // i = (h + top − p·dilation) / stride, where that is a whole number inside the output; columns likewise.
  conv2dInputGrad(geometry, { dy, weight, dx }) {
    const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
    const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
    const { dilationHeight, dilationWidth } = geometry;
    const { groupInputs, groupOutputs } = groupSizes(geometry);
    const taps = kernelHeight * kernelWidth;
    for (let h = 0; h < inHeight; h++) {
      for (let w = 0; w < inWidth; w++) {
        for (let c = 0; c < inChannels; c++) {
          const group = Math.floor(c / groupInputs);
          const firstOutput = group * groupOutputs;
          for (let n = 0; n < batch; n++) {
            let sum = 0;
            for (let p = 0; p < kernelHeight; p++) {
              const i = (h + padTop - p * dilationHeight) / strideHeight;
              if (i < 0 || i >= outHeight || !Number.isInteger(i)) continue;
              for (let q = 0; q < kernelWidth; q++) {
                const j = (w + padLeft - q * dilationWidth) / strideWidth;
                if (j < 0 || j >= outWidth || !Number.isInteger(j)) continue;
                const pixel = (i * outWidth + j) * outChannels;
                const tap = (c - group * groupInputs) * taps + tapOf(geometry, p, q);
                for (let o = firstOutput; o < firstOutput + groupOutputs; o++) {
                  sum += dy[(pixel + o) * batch + n] * weight[tap + o * groupInputs * taps];
                }
              }
            }
            dx[((h * inWidth + w) * inChannels + c) * batch + n] = sum;
          }
        }
      }
    }
  },

  conv2dWeightGrad(geometry, { x, dy, dWeight, dBias }) {
    const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
    const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
    const { dilationHeight, dilationWidth } = geometry;
    const { groupInputs, groupOutputs } = groupSizes(geometry);
    const taps = kernelHeight * kernelWidth;
    for (let o = 0; o < outChannels; o++) {
      const firstInput = Math.floor(o / groupOutputs) * groupInputs;
      for (let c = 0; c < groupInputs; c++) {
        for (let p = 0; p < kernelHeight; p++) {
          for (let q = 0; q < kernelWidth; q++) {
            let sum = 0;
            for (let i = 0; i < outHeight; i++) {
              const h = i * strideHeight + p * dilationHeight - padTop;
              if (h < 0 || h >= inHeight) continue;
              for (let j = 0; j < outWidth; j++) {
                const w = j * strideWidth + q * dilationWidth - padLeft;
                if (w < 0 || w >= inWidth) continue;
                const output = ((i * outWidth + j) * outChannels + o) * batch;
                const pixel = ((h * inWidth + w) * inChannels + firstInput + c) * batch;
                for (let n = 0; n < batch; n++) sum += dy[output + n] * x[pixel + n];
              }
            }
            dWeight[(o * groupInputs + c) * taps + tapOf(geometry, p, q)] = sum;
          }
        }
      }
    }
    if (!geometry.bias) return;
    for (let o = 0; o < outChannels; o++) {
      let sum = 0;
      for (let output = o; output < outHeight * outWidth * outChannels; output += outChannels) {
        for (let n = 0; n < batch; n++) sum += dy[output * batch + n];
      }
      dBias[o] = sum;
    }
  },
};

export const simd: SimdBindingsOf<typeof conv2dSpecs> = { conv2d, conv2dInputGrad, conv2dWeightGrad };
