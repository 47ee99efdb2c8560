/**
 * The weight gradient of a convolution with ReLU and max pooling after it, in vectors; `pooled-conv2d.ts` has the formulas.
 *
 *   dWeight[o, c, p, q] = Σ_{windows w, images n} dy[w, o, n] · x[argmax(w, o, n) + (p, q), c, n]      where y[w, o, n] > 0
 *
 * The position of a maximum differs from image to image, so here a vector holds four neighboring taps of one image, and not
 * one entry of four images: x comes image by image, `[batch, height, width, channels]`. dy is first turned into a list: the
 * address that the window's maximum has read in x, and the gradient that came back to it.
 *
 * Layout: z is `[outHeight, outWidth, channels, batch]` of the convolution, y and dy are that of the pooling.
 */
import { choose, fma, splat } from '../assembly/vector.assembly';

@unmanaged
export class MaximumPositionsArguments {
  /** The convolution's output, `[zHeight, zWidth, channels, batch]`. */
  z: usize;
  /** `[outHeight, outWidth, channels, batch]` */
  y: usize;
  dy: usize;
  /** The address of each image's x, u32. */
  images: usize;
  /** Written, like y: the addresses in x, u32. */
  addresses: usize;
  /** Written, like y: dy, or zero where ReLU let nothing through. */
  gradients: usize;
  batchStride: usize;
  zWidth: usize;
  channels: usize;
  outHeight: usize;
  outWidth: usize;
  windowHeight: usize;
  windowWidth: usize;
  strideHeight: usize;
  strideWidth: usize;
  /** Bytes in x between what neighboring rows of z read. */
  row: usize;
  /** Bytes in x between what neighboring columns of z read. */
  column: usize;
}

/**
 * For every window, channel and image: the address in x of the corner that the convolution read for the window's maximum, and
 * the gradient there.
 */
export function maximumPositions(args: MaximumPositionsArguments): void {
  const z = args.z;
  let y = args.y;
  let dy = args.dy;
  const images = args.images;
  let addresses = args.addresses;
  let gradients = args.gradients;
  const batchStride = args.batchStride;
  const zWidth = args.zWidth;
  const channels = args.channels;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const windowHeight = args.windowHeight;
  const windowWidth = args.windowWidth;
  const strideHeight = args.strideHeight;
  const strideWidth = args.strideWidth;
  const row = args.row;
  const column = args.column;
  const pixel = channels * batchStride;
  const twoByTwo = windowHeight == 2 && windowWidth == 2;
  for (let i: usize = 0; i < outHeight; i++) {
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = z + (i * strideHeight * zWidth + j * strideWidth) * pixel;
      const from = i * strideHeight * row + j * strideWidth * column;
      if (twoByTwo) {
        const below = corner + zWidth * pixel;
        const first = i32x4.splat(<i32>from);
        const right = i32x4.splat(<i32>(from + column));
        const under = i32x4.splat(<i32>(from + row));
        const across = i32x4.splat(<i32>(from + row + column));
        for (let k: usize = 0; k < pixel; k += batchStride) {
          for (let image: usize = 0; image < batchStride; image += 16, y += 16, dy += 16, addresses += 16, gradients += 16) {
            const largest = v128.load(y);
            const at = k + image;
            const a = f32x4.eq(v128.load(corner + at), largest);
            const b = f32x4.eq(v128.load(corner + at + pixel), largest);
            const c = f32x4.eq(v128.load(below + at), largest);
            const d = f32x4.eq(v128.load(below + at + pixel), largest);
            const offset = choose(a, first, choose(b, right, choose(c, under, across)));
            v128.store(addresses, i32x4.add(offset, v128.load(images + image)));
            const found = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), f32x4.gt(largest, splat(0)));
            v128.store(gradients, v128.and(found, v128.load(dy)));
          }
        }
        continue;
      }
      for (let k: usize = 0; k < pixel; k += batchStride) {
        for (let image: usize = 0; image < batchStride; image += 16, y += 16, dy += 16, addresses += 16, gradients += 16) {
          const largest = v128.load(y);
          let open = f32x4.gt(largest, splat(0));
          let found = splat(0);
          let offset = splat(0);
          for (let p: usize = 0; p < windowHeight; p++) {
            for (let q: usize = 0; q < windowWidth; q++) {
              const value = v128.load(corner + (p * zWidth + q) * pixel + k + image);
              const here = v128.and(open, f32x4.eq(value, largest));
              offset = choose(here, i32x4.splat(<i32>(from + p * row + q * column)), offset);
              found = v128.or(found, here);
              open = v128.andnot(open, here);
            }
          }
          v128.store(addresses, i32x4.add(offset, v128.load(images + image)));
          v128.store(gradients, v128.and(found, v128.load(dy)));
        }
      }
    }
  }
}

@unmanaged
export class PooledWeightGradArguments {
  /** The list of {@link maximumPositions}. */
  addresses: usize;
  gradients: usize;
  /** `[channels, kernelHeight, run]` in the order that `order` says. */
  dWeight: usize;
  /** The offset in bytes within a channel's weights of each number, row by row, u32. */
  order: usize;
  /** Twenty-five numbers. */
  scratch: usize;
  batchStride: usize;
  /** outHeight · outWidth */
  windows: usize;
  channels: usize;
  kernelHeight: usize;
  /** Neighboring numbers of x under one row of the kernel: kernelWidth · inChannels. */
  run: usize;
  /** Bytes between two rows of x. */
  row: usize;
}

/**
 * dWeight from that list. A tile takes sixteen numbers under a row of the kernel, or four in each of five rows where a row is
 * short, over all windows and images. It is small because the engine loads all that a loop's body needs before it computes:
 * larger tiles run out of registers. What a tile reads beyond its row goes into sums that are discarded.
 */
export function pooledWeightGrad(args: PooledWeightGradArguments): void {
  const dWeight = args.dWeight;
  const order = args.order;
  const scratch = args.scratch;
  const kernelHeight = args.kernelHeight;
  const run = args.run;
  const row = args.row;
  const weights = (kernelHeight * run) << 2;
  const short = run <= 8;
  const width: usize = short ? 4 : 16;
  const height: usize = short ? 5 : 1;
  for (let o: usize = 0; o < args.channels; o++) {
    const to = dWeight + o * weights;
    if (run == 5 && kernelHeight == 5) {
      squareTile(args, o);
      for (let k: usize = 0; k < 25; k++) {
        store<f32>(to + load<u32>(order + (k << 2)), load<f32>(scratch + (k << 2)));
      }
      continue;
    }
    for (let p: usize = 0; p < kernelHeight; p += height) {
      const rows = min(height, kernelHeight - p);
      for (let part: usize = 0; part < run; part += width) {
        const shift = p * row + (part << 2);
        if (height == 1) rowTile(args, o, shift);
        else rowsTile(args, o, shift, rows);
        for (let r: usize = 0; r < rows; r++) {
          for (let k: usize = 0; k < min(width, run - part); k++) {
            const offset = load<u32>(order + (((p + r) * run + part + k) << 2));
            store<f32>(to + offset, load<f32>(scratch + ((r * width + k) << 2)));
          }
        }
      }
    }
  }
}

/** Sixteen neighboring numbers of output channel `o`, from `shift` bytes behind the corner on. */
function rowTile(args: PooledWeightGradArguments, o: usize, shift: usize): void {
  const addresses = args.addresses + o * args.batchStride;
  const gradients = args.gradients + o * args.batchStride;
  const scratch = args.scratch;
  const batchStride = args.batchStride;
  const windows = args.windows;
  const step = args.channels * batchStride;
  let a0 = splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let window: usize = 0; window < windows; window++) {
    let address = addresses + window * step;
    let gradient = gradients + window * step;
    const end = address + batchStride;
    do {
      const at = <usize>load<u32>(address) + shift;
      const e = v128.load32_splat(gradient);
      a0 = fma(v128.load(at), e, a0);
      a1 = fma(v128.load(at, 16), e, a1);
      a2 = fma(v128.load(at, 32), e, a2);
      a3 = fma(v128.load(at, 48), e, a3);
      address += 4;
      gradient += 4;
    } while (address != end);
  }
  v128.store(scratch, a0);
  v128.store(scratch, a1, 16);
  v128.store(scratch, a2, 32);
  v128.store(scratch, a3, 48);
}

/**
 * The 25 taps of a 5×5 kernel on one channel, where most networks begin: four columns of each row, and the last column
 * brought together, seven vectors for 25 numbers.
 */
function squareTile(args: PooledWeightGradArguments, o: usize): void {
  const addresses = args.addresses + o * args.batchStride;
  const gradients = args.gradients + o * args.batchStride;
  const scratch = args.scratch;
  const batchStride = args.batchStride;
  const windows = args.windows;
  const step = args.channels * batchStride;
  const row = args.row;
  const row2 = 2 * row;
  const row3 = 3 * row;
  const row4 = 4 * row;
  let a0 = splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let column = a0;
  let corner = a0;
  for (let window: usize = 0; window < windows; window++) {
    let address = addresses + window * step;
    let gradient = gradients + window * step;
    const end = address + batchStride;
    do {
      const at = <usize>load<u32>(address);
      const e = v128.load32_splat(gradient);
      a0 = fma(v128.load(at), e, a0);
      a1 = fma(v128.load(at + row), e, a1);
      a2 = fma(v128.load(at + row2), e, a2);
      a3 = fma(v128.load(at + row3), e, a3);
      a4 = fma(v128.load(at + row4), e, a4);
      let last = v128.load32_zero(at, 16);
      last = v128.load_lane<f32>(at + row, last, 1, 16);
      last = v128.load_lane<f32>(at + row2, last, 2, 16);
      last = v128.load_lane<f32>(at + row3, last, 3, 16);
      column = fma(last, e, column);
      corner = fma(v128.load32_zero(at + row4, 16), e, corner);
      address += 4;
      gradient += 4;
    } while (address != end);
  }
  v128.store(scratch, a0);
  v128.store(scratch, a1, 20);
  v128.store(scratch, a2, 40);
  v128.store(scratch, a3, 60);
  v128.store(scratch, a4, 80);
  store<f32>(scratch, f32x4.extract_lane(column, 0), 16);
  store<f32>(scratch, f32x4.extract_lane(column, 1), 36);
  store<f32>(scratch, f32x4.extract_lane(column, 2), 56);
  store<f32>(scratch, f32x4.extract_lane(column, 3), 76);
  store<f32>(scratch, f32x4.extract_lane(corner, 0), 96);
}

/** Four neighboring numbers in each of up to five rows; rows beyond the last repeat it. */
function rowsTile(args: PooledWeightGradArguments, o: usize, shift: usize, rows: usize): void {
  const addresses = args.addresses + o * args.batchStride;
  const gradients = args.gradients + o * args.batchStride;
  const scratch = args.scratch;
  const batchStride = args.batchStride;
  const windows = args.windows;
  const step = args.channels * batchStride;
  const row = args.row;
  const row1 = min<usize>(1, rows - 1) * row;
  const row2 = min<usize>(2, rows - 1) * row;
  const row3 = min<usize>(3, rows - 1) * row;
  const row4 = min<usize>(4, rows - 1) * row;
  let a0 = splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  for (let window: usize = 0; window < windows; window++) {
    let address = addresses + window * step;
    let gradient = gradients + window * step;
    const end = address + batchStride;
    do {
      const at = <usize>load<u32>(address) + shift;
      const e = v128.load32_splat(gradient);
      a0 = fma(v128.load(at), e, a0);
      a1 = fma(v128.load(at + row1), e, a1);
      a2 = fma(v128.load(at + row2), e, a2);
      a3 = fma(v128.load(at + row3), e, a3);
      a4 = fma(v128.load(at + row4), e, a4);
      address += 4;
      gradient += 4;
    } while (address != end);
  }
  v128.store(scratch, a0);
  v128.store(scratch, a1, 16);
  v128.store(scratch, a2, 32);
  v128.store(scratch, a3, 48);
  v128.store(scratch, a4, 64);
}
