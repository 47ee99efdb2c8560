/**
 * Convolutions of 3×3 and stride one with fewer multiplications: tiles of 4×4 outputs, the transforms of
 * `transforms.assembly.ts` along columns and then along rows. A tile's six by six inputs become as many *points*; under
 * each of them channels meet as in a dense layer, which `conv2d` does, and sixteen outputs come of 36 products for 144.
 *
 * Tile by tile, so that all of it stays in the second cache. Transforms take a part of the channels at a time, so that what
 * lies between the two directions stays in the first.
 */
import { conv2d, conv2dWeightGrad } from './conv2d.assembly';
import {
  errorsOfThree,
  inputGradsOfThree,
  inputsOfThree,
  outputsOfThree,
  weightGradsOfThree,
  weightsOfThree,
} from './transforms-of-three.assembly';

/** Points in each direction. */
const side: usize = 6;
/** Bytes that a transform takes at a time; 36 times as many fit into the first cache. */
const part: usize = 512;
/** Channels of x that meet all errors at a time, so that they stay in the first cache. */
const block: usize = 8;

/** Where place number `index` of `count` begins, `step` bytes each; `outside` for what is before or behind them. */
@inline
function placeOf(index: isize, count: isize, from: usize, step: usize, outside: usize): usize {
  return index >= 0 && index < count ? from + <usize>index * step : outside;
}

/** 3×3 weights, `bytes` of all channels for each tap, transformed to 36 points; `room` for eighteen of them. */
export function weightsOfTiles(from: usize, to: usize, room: usize, bytes: usize): void {
  for (let p: usize = 0; p < 3; p++) weightsOfThree(from + 3 * p * bytes, bytes, room + side * p * bytes, bytes, bytes);
  for (let q: usize = 0; q < side; q++) weightsOfThree(room + q * bytes, side * bytes, to + q * bytes, side * bytes, bytes);
}

/** The transpose of {@link weightsOfTiles}. */
export function weightGradsOfTiles(from: usize, to: usize, room: usize, bytes: usize): void {
  for (let p: usize = 0; p < side; p++) {
    weightGradsOfThree(from + side * p * bytes, bytes, room + 3 * p * bytes, bytes, bytes);
  }
  for (let q: usize = 0; q < 3; q++) weightGradsOfThree(room + q * bytes, 3 * bytes, to + q * bytes, 3 * bytes, bytes);
}

/** The inputs of one tile, from row h and column w on, at 36 points. */
function tileInputs(
  x: usize,
  v: usize,
  none: usize,
  room: usize,
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
      const row = placeOf(h + <isize>r, height, x + k, <usize>width * pixel, none);
      // Of a row outside, every column is.
      const columns = row == none ? 0 : width;
      inputsOfThree(
        placeOf(w, columns, row, pixel, none),
        placeOf(w + 1, columns, row, pixel, none),
        placeOf(w + 2, columns, row, pixel, none),
        placeOf(w + 3, columns, row, pixel, none),
        placeOf(w + 4, columns, row, pixel, none),
        placeOf(w + 5, columns, row, pixel, none),
        room + r * side * part,
        part,
        bytes,
      );
    }
    const row = side * part;
    for (let q: usize = 0; q < side; q++) {
      const at = room + q * part;
      inputsOfThree(
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
function tileErrors(
  dy: usize,
  v: usize,
  none: usize,
  room: usize,
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
      const row = placeOf(i + <isize>r, height, dy + k, <usize>width * pixel, none);
      const columns = row == none ? 0 : width;
      errorsOfThree(
        placeOf(j, columns, row, pixel, none),
        placeOf(j + 1, columns, row, pixel, none),
        placeOf(j + 2, columns, row, pixel, none),
        placeOf(j + 3, columns, row, pixel, none),
        room + r * side * part,
        part,
        bytes,
      );
    }
    const row = side * part;
    for (let q: usize = 0; q < side; q++) {
      const at = room + q * part;
      errorsOfThree(at, at + row, at + 2 * row, at + 3 * row, v + q * vPoint + k, side * vPoint, bytes);
    }
  }
}

/** Channels meet at every point. */
function products(
  v: usize,
  weight: usize,
  none: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  line: usize,
  inChannels: usize,
  outChannels: usize,
): void {
  for (let point: usize = 0; point < side * side; point++) {
    conv2d(v, weight, none, m, line, 1, inChannels, 1, 1, outChannels, 1, 1, 1, 1, 8, 4, inChannels << 3);
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
 * @param none zeros: a part of a pixel, and a number for each output
 * @param waste room for a pixel of y
 * @param room for 36 parts of a pixel
 * @param v room for 36 pixels of x, `vPoint` bytes each
 * @param m room for 36 pixels of y, `mPoint` bytes each
 */
export function conv2dOfTiles(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  none: usize,
  waste: usize,
  room: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  line: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * line;
  const outPixel = outChannels * line;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      tileInputs(x, v, none, room, vPoint, inHeight, inWidth, pixel, i - padTop, j - padLeft);
      products(v, weight, none, m, vPoint, mPoint, weightPoint, line, inChannels, outChannels);
      for (let k: usize = 0; k < outPixel; k += part) {
        const bytes = min(part, outPixel - k);
        for (let q: usize = 0; q < side; q++) {
          const to = room + q * part;
          const row = side * part;
          outputsOfThree(m + q * mPoint + k, side * mPoint, none, to, to + row, to + 2 * row, to + 3 * row, bytes);
        }
        for (let r: isize = 0; r < min(4, outHeight - i); r++) {
          const row = y + <usize>((i + r) * outWidth) * outPixel + k;
          outputsOfThree(
            room + <usize>r * side * part,
            part,
            bias + k,
            row + <usize>j * outPixel,
            placeOf(j + 1, outWidth, row, outPixel, waste),
            placeOf(j + 2, outWidth, row, outPixel, waste),
            placeOf(j + 3, outWidth, row, outPixel, waste),
            bytes,
          );
        }
      }
    }
  }
}

/**
 * dx from dy, each step the transpose of {@link conv2dOfTiles}'s: the six by six inputs of a tile collect from its outputs.
 *
 * @param none zeros: a part of a pixel, and a number for each channel of x
 * @param waste room for a pixel of x
 */
export function conv2dInputGradOfTiles(
  dy: usize,
  weight: usize,
  dx: usize,
  none: usize,
  waste: usize,
  room: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  line: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * line;
  const outPixel = outChannels * line;
  memory.fill(dx, 0, <usize>(inHeight * inWidth) * pixel);
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      tileErrors(dy, v, none, room, vPoint, outHeight, outWidth, outPixel, i, j);
      products(v, weight, none, m, vPoint, mPoint, weightPoint, line, outChannels, inChannels);
      const w = j - padLeft;
      for (let k: usize = 0; k < pixel; k += part) {
        const bytes = min(part, pixel - k);
        const rowOfPoints = side * part;
        for (let q: usize = 0; q < side; q++) {
          const to = room + q * part;
          inputGradsOfThree(
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
          inputGradsOfThree(
            room + <usize>r * rowOfPoints,
            part,
            placeOf(w, inWidth, row, pixel, waste),
            placeOf(w + 1, inWidth, row, pixel, waste),
            placeOf(w + 2, inWidth, row, pixel, waste),
            placeOf(w + 3, inWidth, row, pixel, waste),
            placeOf(w + 4, inWidth, row, pixel, waste),
            placeOf(w + 5, inWidth, row, pixel, waste),
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
export function conv2dWeightGradOfTiles(
  x: usize,
  dy: usize,
  dWeight: usize,
  taps: usize,
  none: usize,
  room: usize,
  v: usize,
  e: usize,
  vPixel: usize,
  ePixel: usize,
  vPoint: usize,
  ePoint: usize,
  dPoint: usize,
  line: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * line;
  const outPixel = outChannels * line;
  let tiles: usize = 0;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      tileInputs(x, v + tiles * vPixel, none, room, vPoint, inHeight, inWidth, pixel, i - padTop, j - padLeft);
      tileErrors(dy, e + tiles * ePixel, none, room, ePoint, outHeight, outWidth, outPixel, i, j);
      tiles++;
    }
  }
  for (let point: usize = 0; point < side * side; point++) {
    const from = v + point * vPoint;
    const errors = e + point * ePoint;
    const to = dWeight + point * dPoint;
    for (let c: usize = 0; c < inChannels; c += block) {
      const at = from + c * line;
      const count = min(block, inChannels - c);
      const out = to + ((c * outChannels) << 2);
      conv2dWeightGrad(at, errors, out, taps, count, line, 1, tiles, outChannels, vPixel, 0, ePixel, line);
    }
  }
}
