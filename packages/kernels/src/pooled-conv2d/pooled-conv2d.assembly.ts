/**
 * The weight gradient of `pooled-conv2d.ts` in vectors.
 *
 * The place of a maximum differs from image to image, so here a vector holds four neighbouring taps of one image, and not
 * one entry of four images. x comes image by image; the errors are first turned into a list: where in x the window's
 * maximum has read, and what came back to it.
 */
import { choose, fma, splat } from '../assembly/vector.assembly';

/**
 * For every window, channel and image: the address in x, laid out image by image, of the corner that the convolution read
 * for the window's maximum, and the error there; zero where ReLU let nothing through.
 *
 * @param bases the address of each image's x
 * @param row bytes between rows of x that neighbouring rows of z begin at; `column` likewise
 */
export function maximumPlaces(
  z: usize,
  y: usize,
  dy: usize,
  bases: usize,
  places: usize,
  errors: usize,
  batchStride: usize,
  zWidth: usize,
  channels: usize,
  outHeight: usize,
  outWidth: usize,
  windowHeight: usize,
  windowWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  row: usize,
  column: usize,
): void {
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
          for (let image: usize = 0; image < batchStride; image += 16, y += 16, dy += 16, places += 16, errors += 16) {
            const largest = v128.load(y);
            const at = k + image;
            const a = f32x4.eq(v128.load(corner + at), largest);
            const b = f32x4.eq(v128.load(corner + at + pixel), largest);
            const c = f32x4.eq(v128.load(below + at), largest);
            const d = f32x4.eq(v128.load(below + at + pixel), largest);
            const place = choose(a, first, choose(b, right, choose(c, under, across)));
            v128.store(places, i32x4.add(place, v128.load(bases + image)));
            const found = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), f32x4.gt(largest, splat(0)));
            v128.store(errors, v128.and(found, v128.load(dy)));
          }
        }
        continue;
      }
      for (let k: usize = 0; k < pixel; k += batchStride) {
        for (let image: usize = 0; image < batchStride; image += 16, y += 16, dy += 16, places += 16, errors += 16) {
          const largest = v128.load(y);
          let open = f32x4.gt(largest, splat(0));
          let error = splat(0);
          let place = splat(0);
          for (let p: usize = 0; p < windowHeight; p++) {
            for (let q: usize = 0; q < windowWidth; q++) {
              const value = v128.load(corner + (p * zWidth + q) * pixel + k + image);
              const here = v128.and(open, f32x4.eq(value, largest));
              place = choose(here, i32x4.splat(<i32>(from + p * row + q * column)), place);
              error = v128.or(error, here);
              open = v128.andnot(open, here);
            }
          }
          v128.store(places, i32x4.add(place, v128.load(bases + image)));
          v128.store(errors, v128.and(error, v128.load(dy)));
        }
      }
    }
  }
}

/**
 * dWeight from that list. Under each row of the kernel lie `run` neighbouring numbers, taps by channels; a tile takes
 * sixteen of them, or four in each of five rows where a row is short, over all windows and images. It is small because
 * the engine loads all that a loop's body needs before it computes: larger tiles run out of registers.
 *
 * What a tile reads beyond its row goes into sums that are thrown away.
 *
 * @param order the place in bytes within a channel's weights of each number, row by row
 * @param scratch for twenty-five numbers
 */
export function placedWeightGrad(
  places: usize,
  errors: usize,
  dWeight: usize,
  order: usize,
  scratch: usize,
  batchStride: usize,
  windows: usize,
  channels: usize,
  kernelHeight: usize,
  run: usize,
  row: usize,
): void {
  const step = channels * batchStride;
  const weights = (kernelHeight * run) << 2;
  const short = run <= 8;
  const width: usize = short ? 4 : 16;
  const height: usize = short ? 5 : 1;
  for (let o: usize = 0; o < channels; o++) {
    const to = dWeight + o * weights;
    if (run == 5 && kernelHeight == 5) {
      squareTile(places + o * batchStride, errors + o * batchStride, scratch, batchStride, windows, step, row);
      for (let k: usize = 0; k < 25; k++) {
        store<f32>(to + load<u32>(order + (k << 2)), load<f32>(scratch + (k << 2)));
      }
      continue;
    }
    for (let p: usize = 0; p < kernelHeight; p += height) {
      const rows = min(height, kernelHeight - p);
      for (let part: usize = 0; part < run; part += width) {
        const shift = p * row + (part << 2);
        if (height == 1) rowTile(places + o * batchStride, errors + o * batchStride, scratch, batchStride, windows, step, shift);
        else rowsTile(places + o * batchStride, errors + o * batchStride, scratch, batchStride, windows, step, shift, rows, row);
        for (let r: usize = 0; r < rows; r++) {
          for (let k: usize = 0; k < min(width, run - part); k++) {
            const place = load<u32>(order + (((p + r) * run + part + k) << 2));
            store<f32>(to + place, load<f32>(scratch + ((r * width + k) << 2)));
          }
        }
      }
    }
  }
}

/** Sixteen neighbouring numbers. */
function rowTile(places: usize, errors: usize, scratch: usize, batchStride: usize, windows: usize, step: usize, shift: usize): void {
  let a0 = splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let window: usize = 0; window < windows; window++) {
    let place = places + window * step;
    let error = errors + window * step;
    const end = place + batchStride;
    do {
      const at = <usize>load<u32>(place) + shift;
      const e = v128.load32_splat(error);
      a0 = fma(v128.load(at), e, a0);
      a1 = fma(v128.load(at, 16), e, a1);
      a2 = fma(v128.load(at, 32), e, a2);
      a3 = fma(v128.load(at, 48), e, a3);
      place += 4;
      error += 4;
    } while (place != end);
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
function squareTile(
  places: usize,
  errors: usize,
  scratch: usize,
  batchStride: usize,
  windows: usize,
  step: usize,
  row: usize,
): void {
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
    let place = places + window * step;
    let error = errors + window * step;
    const end = place + batchStride;
    do {
      const at = <usize>load<u32>(place);
      const e = v128.load32_splat(error);
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
      place += 4;
      error += 4;
    } while (place != end);
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

/** Four neighbouring numbers in each of up to five rows; rows that are not there repeat the last. */
function rowsTile(
  places: usize,
  errors: usize,
  scratch: usize,
  batchStride: usize,
  windows: usize,
  step: usize,
  shift: usize,
  rows: usize,
  row: usize,
): void {
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
    let place = places + window * step;
    let error = errors + window * step;
    const end = place + batchStride;
    do {
      const at = <usize>load<u32>(place) + shift;
      const e = v128.load32_splat(error);
      a0 = fma(v128.load(at), e, a0);
      a1 = fma(v128.load(at + row1), e, a1);
      a2 = fma(v128.load(at + row2), e, a2);
      a3 = fma(v128.load(at + row3), e, a3);
      a4 = fma(v128.load(at + row4), e, a4);
      place += 4;
      error += 4;
    } while (place != end);
  }
  v128.store(scratch, a0);
  v128.store(scratch, a1, 16);
  v128.store(scratch, a2, 32);
  v128.store(scratch, a3, 48);
  v128.store(scratch, a4, 64);
}
