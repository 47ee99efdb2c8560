/**
 * Convolution in vectors, forward and input gradient; `conv2d-weight-grad.assembly.ts` has the gradient of the weights.
 *
 *   y[i, j, o, n]  = bias[o] + Σ_{p, q, c} x[i·s + p, j·s' + q, c, n] · weight[o, c, p, q]
 *   dx[h, w, c, n] = Σ_{p, q, o : h + top = i·s + p, w + left = j·s' + q} dy[i, j, o, n] · weight[o, c, p, q]
 *
 * Layout. x is `[inHeight, inWidth, inChannels, batch]` and y `[outHeight, outWidth, outChannels, batch]`, float32: PyTorch's
 * channels-last order with the images moved to the end. The *batch stride* is the distance in bytes between two entries
 * `[row, column, channel]`, 4 · batch, with a batch that is a multiple of sixteen images, a cache line. Under one row of a
 * window the taps of all columns and channels are neighbors, so the innermost loop is one pointer that runs over x while
 * another runs over packed weights.
 *
 * The innermost loops work on a *register tile* of two output channels by four vectors: eight sums, four vectors of numbers
 * and two weights fill the fifteen registers that the engine can keep, and eight multiply-adds pay for six loads. They are
 * not unrolled: the engine moves the loads of a loop's body to its top, and would run out of registers.
 *
 * Weights come packed by the caller (`conv2d.simd.ts`), in the order in which they are read.
 */
import { fma, splat, storeFour } from '../assembly/vector.assembly';

/** Sizes of a convolution. A dense layer is one over one pixel. */
@unmanaged
export class Conv2dShape {
  /** Bytes between two entries of x or y: 4 · batch. */
  batchStride: usize;
  inHeight: isize;
  inWidth: isize;
  inChannels: usize;
  outHeight: isize;
  outWidth: isize;
  outChannels: usize;
  kernelHeight: isize;
  kernelWidth: isize;
  strideHeight: isize;
  strideWidth: isize;
  padTop: isize;
  padLeft: isize;
  /** Bytes between the packed weights of neighboring taps. */
  tapStride: usize;
  /** Bytes between the packed weights of outputs o and o + 1. */
  pairStride: usize;
  /** Bytes between the packed weights of two pairs of outputs. */
  blockStride: usize;
}

@unmanaged
export class Conv2dArguments extends Conv2dShape {
  /** `[inHeight, inWidth, inChannels, batch]` */
  x: usize;
  /** `[outChannels / 2, kernelHeight, kernelWidth, inChannels, 2]`, or as the strides say. */
  weight: usize;
  /** `[outChannels]` */
  bias: usize;
  /** `[outHeight, outWidth, outChannels, batch]` */
  y: usize;
}

/**
 * y from x: `torch.nn.functional.conv2d`. What a window has of the padding is left out, so that there is no padded copy and no product
 * with its zeros.
 */
export function conv2d(args: Conv2dArguments): void {
  convolve(args, args.x, args.weight, args.bias, args.y);
}

/** The same for other kernels, which convolve many arrays of one shape. */
export function convolve(shape: Conv2dShape, x: usize, weight: usize, bias: usize, y: usize): void {
  const batchStride = shape.batchStride;
  const inHeight = shape.inHeight;
  const inWidth = shape.inWidth;
  const outHeight = shape.outHeight;
  const outWidth = shape.outWidth;
  const outChannels = shape.outChannels;
  const kernelHeight = shape.kernelHeight;
  const kernelWidth = shape.kernelWidth;
  const tapStride = shape.tapStride;
  const pairStride = shape.pairStride;
  const blockStride = shape.blockStride;
  const strideHeight = shape.strideHeight;
  const strideWidth = shape.strideWidth;
  const padTop = shape.padTop;
  const padLeft = shape.padLeft;
  const pixel = shape.inChannels * batchStride;
  const row = <usize>inWidth * pixel;
  const weightPixel = shape.inChannels * tapStride;
  const weightRow = <usize>kernelWidth * weightPixel;
  for (let image: usize = 0; image < batchStride; image += 64) {
    let out = y + image;
    for (let i: isize = 0; i < outHeight; i++) {
      // Where the window begins, and which rows and columns of the kernel lie inside of the image.
      const h = i * strideHeight - padTop;
      const firstRow = max<isize>(0, -h);
      const insideRows = min(kernelHeight, inHeight - h) - firstRow;
      for (let j: isize = 0; j < outWidth; j++) {
        const w = j * strideWidth - padLeft;
        const firstColumn = max<isize>(0, -w);
        const columns = min(kernelWidth, inWidth - w) - firstColumn;
        const rows = columns > 0 ? insideRows : 0;
        const run = <usize>columns * pixel;
        const skipped = <usize>(kernelWidth - columns) * weightPixel;
        const corner = x + <usize>(h + firstRow) * row + <usize>(w + firstColumn) * pixel + image;
        let block = weight + <usize>firstRow * weightRow + <usize>firstColumn * weightPixel;
        for (let o: usize = 0; o < outChannels; o += 2) {
          const paired = o + 1 < outChannels;
          // An odd output left over is paired with itself and stored once.
          const pair = paired ? pairStride : 0;
          let a0 = v128.load32_splat(bias + (o << 2));
          let a1 = a0;
          let a2 = a0;
          let a3 = a0;
          let b0 = v128.load32_splat(bias + (o << 2) + (paired ? 4 : 0));
          let b1 = b0;
          let b2 = b0;
          let b3 = b0;
          let tap = block;
          let from = corner;
          for (let p: isize = 0; p < rows; p++) {
            let at = from;
            const end = at + run;
            do {
              const u = v128.load32_splat(tap);
              const v = v128.load32_splat(tap + pair);
              let t = v128.load(at);
              a0 = fma(t, u, a0);
              b0 = fma(t, v, b0);
              t = v128.load(at, 16);
              a1 = fma(t, u, a1);
              b1 = fma(t, v, b1);
              t = v128.load(at, 32);
              a2 = fma(t, u, a2);
              b2 = fma(t, v, b2);
              t = v128.load(at, 48);
              a3 = fma(t, u, a3);
              b3 = fma(t, v, b3);
              tap += tapStride;
              at += batchStride;
            } while (at != end);
            from += row;
            tap += skipped;
          }
          storeFour(out, a0, a1, a2, a3);
          out += batchStride;
          if (paired) {
            storeFour(out, b0, b1, b2, b3);
            out += batchStride;
          }
          block += blockStride;
        }
      }
    }
  }
}

@unmanaged
export class Conv2dInputGradShape {
  /** Bytes between two entries of dx or dy: 4 · batch. */
  batchStride: usize;
  inHeight: isize;
  inWidth: isize;
  inChannels: usize;
  outHeight: isize;
  outWidth: isize;
  outChannels: isize;
  kernelHeight: isize;
  kernelWidth: isize;
  strideHeight: isize;
  strideWidth: isize;
  padTop: isize;
  padLeft: isize;
  /** Bytes between the packed weights of neighboring outputs. */
  tapStride: usize;
  /** Bytes between the packed weights of inputs c and c + 1. */
  pairStride: usize;
  /** Bytes between the packed weights of two rows of the kernel. */
  rowStride: usize;
  /** Bytes between the packed weights of two pairs of inputs. */
  blockStride: usize;
}

@unmanaged
export class Conv2dInputGradArguments extends Conv2dInputGradShape {
  /** `[outHeight, outWidth, outChannels, batch]` */
  dy: usize;
  /** `[inChannels / 2, kernelHeight, kernelWidth, outChannels, 2]`, columns as {@link indexOfColumn} orders them. */
  weight: usize;
  /** `[inHeight, inWidth, inChannels, batch]` */
  dx: usize;
}

/**
 * dx from dy, PyTorch's `conv2d_input`: each input collects from the outputs whose windows hold it, row by row of the kernel.
 * Outputs j and j + 1 see the input through kernel columns that are `strideWidth` apart, in falling order. Weights are packed
 * in that order, one class of columns (those with the same remainder by `strideWidth`) after another.
 */
export function conv2dInputGrad(args: Conv2dInputGradArguments): void {
  convolveInputGrad(args, args.dy, args.weight, args.dx);
}

/** The same for other kernels, which need the gradient of many arrays of one shape. */
export function convolveInputGrad(shape: Conv2dInputGradShape, dy: usize, weight: usize, dx: usize): void {
  const batchStride = shape.batchStride;
  const inHeight = shape.inHeight;
  const inWidth = shape.inWidth;
  const inChannels = shape.inChannels;
  const outHeight = shape.outHeight;
  const outWidth = shape.outWidth;
  const outChannels = shape.outChannels;
  const kernelHeight = shape.kernelHeight;
  const kernelWidth = shape.kernelWidth;
  const strideHeight = shape.strideHeight;
  const strideWidth = shape.strideWidth;
  const padTop = shape.padTop;
  const padLeft = shape.padLeft;
  const tapStride = shape.tapStride;
  const pairStride = shape.pairStride;
  const rowStride = shape.rowStride;
  const blockStride = shape.blockStride;
  const pixel = <usize>outChannels * batchStride;
  const row = <usize>outWidth * pixel;
  for (let image: usize = 0; image < batchStride; image += 64) {
    let out = dx + image;
    for (let h: isize = 0; h < inHeight; h++) {
      const firstRow = firstWindow(h + padTop, kernelHeight, strideHeight);
      const lastRow = min(outHeight - 1, (h + padTop) / strideHeight);
      for (let w: isize = 0; w < inWidth; w++) {
        const first = firstWindow(w + padLeft, kernelWidth, strideWidth);
        const last = min(outWidth - 1, (w + padLeft) / strideWidth);
        const run: usize = last < first ? 0 : <usize>(last - first + 1) * pixel;
        const column: isize = run == 0 ? 0 : indexOfColumn(w + padLeft - first * strideWidth, kernelWidth, strideWidth);
        let block = weight + <usize>(column * outChannels) * tapStride;
        for (let c: usize = 0; c < inChannels; c += 2) {
          const paired = c + 1 < inChannels;
          const pair = paired ? pairStride : 0;
          let a0 = splat(0);
          let a1 = a0;
          let a2 = a0;
          let a3 = a0;
          let b0 = a0;
          let b1 = a0;
          let b2 = a0;
          let b3 = a0;
          if (run != 0) {
            for (let i = firstRow; i <= lastRow; i++) {
              let from = block + <usize>(h + padTop - i * strideHeight) * rowStride;
              let at = dy + <usize>i * row + <usize>first * pixel + image;
              const end = at + run;
              do {
                const u = v128.load32_splat(from);
                const v = v128.load32_splat(from + pair);
                let t = v128.load(at);
                a0 = fma(t, u, a0);
                b0 = fma(t, v, b0);
                t = v128.load(at, 16);
                a1 = fma(t, u, a1);
                b1 = fma(t, v, b1);
                t = v128.load(at, 32);
                a2 = fma(t, u, a2);
                b2 = fma(t, v, b2);
                t = v128.load(at, 48);
                a3 = fma(t, u, a3);
                b3 = fma(t, v, b3);
                from += tapStride;
                at += batchStride;
              } while (at != end);
            }
          }
          storeFour(out, a0, a1, a2, a3);
          out += batchStride;
          if (paired) {
            storeFour(out, b0, b1, b2, b3);
            out += batchStride;
          }
          block += blockStride;
        }
      }
    }
  }
}

/** The first window that holds a row, or a column, of the padded image. */
@inline
function firstWindow(index: isize, kernel: isize, stride: isize): isize {
  return index < kernel ? 0 : (index - kernel + stride) / stride;
}

/** The index of a kernel column in packed order: by its remainder, then falling. */
@inline
function indexOfColumn(column: isize, kernelWidth: isize, strideWidth: isize): isize {
  const remainder = column % strideWidth;
  let index: isize = 0;
  for (let r: isize = 0; r < remainder; r++) index += (kernelWidth - 1 - r) / strideWidth + 1;
  return index + (kernelWidth - 1 - column) / strideWidth;
}
