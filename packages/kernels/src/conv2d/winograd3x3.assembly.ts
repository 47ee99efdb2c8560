/**
 * Convolutions of 3×3 and stride one with fewer multiplications: tiles of 4×4 outputs, the transforms of
 * `winograd.assembly.ts` along columns and then along rows. A tile's six by six inputs become as many *points*; under
 * each of them channels meet as in a dense layer, which `conv2d` does, and sixteen outputs come of 36 products for 144.
 *
 * Tile by tile, so that all of it stays in the second cache. Transforms take a part of the channels at a time, so that what
 * lies between the two directions stays in the first.
 */
import { conv2d, conv2dWeightGrad } from './conv2d.assembly';
import { placeOf } from './winograd.assembly';
import {
  outputTransformGrad3,
  inputTransformGrad3,
  inputTransform3,
  outputTransform3,
  weightTransformGrad3,
  weightTransform3,
} from './winograd3-transforms.assembly';

/** Points in each direction. */
const side: usize = 6;
/** Bytes that a transform takes at a time; 36 times as many fit into the first cache. */
const part: usize = 512;
/** Channels of x that meet all errors at a time, so that they stay in the first cache. */
const block: usize = 8;

/** 3×3 weights, `bytes` of all channels for each tap, transformed to 36 points; `room` for eighteen of them. */
export function weightTransform3x3(from: usize, to: usize, scratch: usize, bytes: usize): void {
  for (let p: usize = 0; p < 3; p++) weightTransform3(from + 3 * p * bytes, bytes, scratch + side * p * bytes, bytes, bytes);
  for (let q: usize = 0; q < side; q++) weightTransform3(scratch + q * bytes, side * bytes, to + q * bytes, side * bytes, bytes);
}

/** The transpose of {@link weightTransform3x3}. */
export function weightTransformGrad3x3(from: usize, to: usize, scratch: usize, bytes: usize): void {
  for (let p: usize = 0; p < side; p++) {
    weightTransformGrad3(from + side * p * bytes, bytes, scratch + 3 * p * bytes, bytes, bytes);
  }
  for (let q: usize = 0; q < 3; q++) weightTransformGrad3(scratch + q * bytes, 3 * bytes, to + q * bytes, 3 * bytes, bytes);
}

/** The inputs of one tile, from row h and column w on, at 36 points. */
function transformTileOfX(
  x: usize,
  v: usize,
  zeros: usize,
  scratch: usize,
  vPoint: usize,
  height: isize,
  width: isize,
  pixel: usize,
  h: isize,
  w: isize,
): void {
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: usize = 0; r < side; r++) {
      const row = placeOf(h + <isize>r, height, x + k, <usize>width * pixel, zeros);
      // Of a row outside, every column is.
      const columns = row == zeros ? 0 : width;
      inputTransform3(
        placeOf(w, columns, row, pixel, zeros),
        placeOf(w + 1, columns, row, pixel, zeros),
        placeOf(w + 2, columns, row, pixel, zeros),
        placeOf(w + 3, columns, row, pixel, zeros),
        placeOf(w + 4, columns, row, pixel, zeros),
        placeOf(w + 5, columns, row, pixel, zeros),
        scratch + r * side * part,
        part,
        bytes,
      );
    }
    const row = side * part;
    for (let q: usize = 0; q < side; q++) {
      const at = scratch + q * part;
      inputTransform3(
        at,
        at + row,
        at + 2 * row,
        at + 3 * row,
        at + 4 * row,
        at + 5 * row,
        v + q * vPoint + k,
        side * vPoint,
        bytes,
      );
    }
  }
}

/** The errors at one tile's outputs, from row i and column j on, at 36 points. */
function transformTileOfDy(
  dy: usize,
  v: usize,
  zeros: usize,
  scratch: usize,
  vPoint: usize,
  height: isize,
  width: isize,
  pixel: usize,
  i: isize,
  j: isize,
): void {
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: usize = 0; r < 4; r++) {
      const row = placeOf(i + <isize>r, height, dy + k, <usize>width * pixel, zeros);
      const columns = row == zeros ? 0 : width;
      outputTransformGrad3(
        placeOf(j, columns, row, pixel, zeros),
        placeOf(j + 1, columns, row, pixel, zeros),
        placeOf(j + 2, columns, row, pixel, zeros),
        placeOf(j + 3, columns, row, pixel, zeros),
        scratch + r * side * part,
        part,
        bytes,
      );
    }
    const row = side * part;
    for (let q: usize = 0; q < side; q++) {
      const at = scratch + q * part;
      outputTransformGrad3(at, at + row, at + 2 * row, at + 3 * row, v + q * vPoint + k, side * vPoint, bytes);
    }
  }
}

/** Channels meet at every point. */
function multiplyPoints(
  v: usize,
  weight: usize,
  zeros: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  batchStride: usize,
  inChannels: usize,
  outChannels: usize,
): void {
  for (let point: usize = 0; point < side * side; point++) {
    conv2d(v, weight, zeros, m, batchStride, 1, inChannels, 1, 1, outChannels, 1, 1, 1, 1, 8, 4, inChannels << 3);
    v += vPoint;
    m += mPoint;
    weight += weightPoint;
  }
}

/**
 * y from x.
 *
 * @param weight transformed, point by point, `weightPoint` bytes each, in the order that `conv2d` reads
 * @param bias that of each output, once for every image
 * @param zeros zeros: a part of a pixel, and a number for each output
 * @param discard room for a pixel of y
 * @param scratch for 36 parts of a pixel
 * @param v room for 36 pixels of x, `vPoint` bytes each
 * @param m room for 36 pixels of y, `mPoint` bytes each
 */
export function conv2dWinograd3x3(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  zeros: usize,
  discard: usize,
  scratch: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = outChannels * batchStride;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformTileOfX(x, v, zeros, scratch, vPoint, inHeight, inWidth, pixel, i - padTop, j - padLeft);
      multiplyPoints(v, weight, zeros, m, vPoint, mPoint, weightPoint, batchStride, inChannels, outChannels);
      for (let k: usize = 0; k < outPixel; k += part) {
        const bytes = min(part, outPixel - k);
        for (let q: usize = 0; q < side; q++) {
          const to = scratch + q * part;
          const row = side * part;
          outputTransform3(m + q * mPoint + k, side * mPoint, zeros, to, to + row, to + 2 * row, to + 3 * row, bytes);
        }
        for (let r: isize = 0; r < min(4, outHeight - i); r++) {
          const row = y + <usize>((i + r) * outWidth) * outPixel + k;
          outputTransform3(
            scratch + <usize>r * side * part,
            part,
            bias + k,
            row + <usize>j * outPixel,
            placeOf(j + 1, outWidth, row, outPixel, discard),
            placeOf(j + 2, outWidth, row, outPixel, discard),
            placeOf(j + 3, outWidth, row, outPixel, discard),
            bytes,
          );
        }
      }
    }
  }
}

/**
 * dx from dy, each step the transpose of {@link conv2dWinograd3x3}'s: the six by six inputs of a tile collect from its outputs.
 *
 * @param zeros zeros: a part of a pixel, and a number for each channel of x
 * @param discard room for a pixel of x
 */
export function conv2dWinograd3x3InputGrad(
  dy: usize,
  weight: usize,
  dx: usize,
  zeros: usize,
  discard: usize,
  scratch: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = outChannels * batchStride;
  memory.fill(dx, 0, <usize>(inHeight * inWidth) * pixel);
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformTileOfDy(dy, v, zeros, scratch, vPoint, outHeight, outWidth, outPixel, i, j);
      multiplyPoints(v, weight, zeros, m, vPoint, mPoint, weightPoint, batchStride, outChannels, inChannels);
      const w = j - padLeft;
      for (let k: usize = 0; k < pixel; k += part) {
        const bytes = min(part, pixel - k);
        const rowOfPoints = side * part;
        for (let q: usize = 0; q < side; q++) {
          const to = scratch + q * part;
          inputTransformGrad3(
            m + q * mPoint + k,
            side * mPoint,
            to,
            to + rowOfPoints,
            to + 2 * rowOfPoints,
            to + 3 * rowOfPoints,
            to + 4 * rowOfPoints,
            to + 5 * rowOfPoints,
            false,
            bytes,
          );
        }
        for (let r: isize = 0; r < <isize>side; r++) {
          const h = i - padTop + r;
          if (h < 0 || h >= inHeight) continue;
          const row = dx + <usize>(h * inWidth) * pixel + k;
          inputTransformGrad3(
            scratch + <usize>r * rowOfPoints,
            part,
            placeOf(w, inWidth, row, pixel, discard),
            placeOf(w + 1, inWidth, row, pixel, discard),
            placeOf(w + 2, inWidth, row, pixel, discard),
            placeOf(w + 3, inWidth, row, pixel, discard),
            placeOf(w + 4, inWidth, row, pixel, discard),
            placeOf(w + 5, inWidth, row, pixel, discard),
            true,
            bytes,
          );
        }
      }
    }
  }
}

/**
 * The gradients of the transformed weights, `dPoint` bytes for each point, `[block of inputs, output, input]`: all tiles' inputs meet all tiles' errors.
 *
 * @param taps distances of the channels of a block
 * @param v room for all tiles' inputs, `vPixel` bytes for each tile, `vPoint` for each point
 * @param e room for all tiles' errors, likewise
 */
export function conv2dWinograd3x3WeightGrad(
  x: usize,
  dy: usize,
  dWeight: usize,
  taps: usize,
  zeros: usize,
  scratch: usize,
  v: usize,
  e: usize,
  vPixel: usize,
  ePixel: usize,
  vPoint: usize,
  ePoint: usize,
  dPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = outChannels * batchStride;
  let tiles: usize = 0;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformTileOfX(x, v + tiles * vPixel, zeros, scratch, vPoint, inHeight, inWidth, pixel, i - padTop, j - padLeft);
      transformTileOfDy(dy, e + tiles * ePixel, zeros, scratch, ePoint, outHeight, outWidth, outPixel, i, j);
      tiles++;
    }
  }
  for (let point: usize = 0; point < side * side; point++) {
    const from = v + point * vPoint;
    const errors = e + point * ePoint;
    const to = dWeight + point * dPoint;
    for (let c: usize = 0; c < inChannels; c += block) {
      const at = from + c * batchStride;
      const count = min(block, inChannels - c);
      const out = to + ((c * outChannels) << 2);
      conv2dWeightGrad(at, errors, out, taps, count, batchStride, 1, tiles, outChannels, vPixel, 0, ePixel, batchStride);
    }
  }
}
