/**
 * The gradient of a dense layer's weights in vectors; its other formulas are those of a convolution over one pixel
 * (`dense.simd.ts`).
 */
import { fma, splat } from '../assembly/vector.assembly';
import { conv2dInputGrad } from '../conv2d/conv2d.assembly';

/** So many inputs of all images stay in the first cache while every output passes over them. */
const chunk: usize = 512;

/**
 * dWeight[o, i] = Σ_n dy[o, n] · x[i, n], with x given the other way round, `[n, i]` in rows of `xRow` bytes that hold a
 * multiple of sixteen numbers: then neighbouring weights are neighbouring lanes and nothing is summed across lanes.
 *
 * @param rest room for two times sixteen numbers
 */
export function denseWeightGrad(
  x: usize,
  dy: usize,
  dWeight: usize,
  batchStride: usize,
  inFeatures: usize,
  outFeatures: usize,
  xRow: usize,
  rest: usize,
): void {
  for (let start: usize = 0; start < inFeatures; start += chunk) {
    const stop = min(inFeatures, start + chunk);
    for (let o: usize = 0; o < outFeatures; o += 2) {
      const paired = o + 1 < outFeatures;
      const pair = paired ? batchStride : 0;
      for (let i = start; i < stop; i += 16) {
        let a0 = splat(0);
        let a1 = a0;
        let a2 = a0;
        let a3 = a0;
        let b0 = a0;
        let b1 = a0;
        let b2 = a0;
        let b3 = a0;
        let at = x + (i << 2);
        let error = dy + o * batchStride;
        const end = error + batchStride;
        do {
          const u = v128.load32_splat(error);
          const v = v128.load32_splat(error + pair);
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
          at += xRow;
          error += 4;
        } while (error != end);
        const whole = i + 16 <= inFeatures;
        const outA = dWeight + ((o * inFeatures + i) << 2);
        const outB = outA + (inFeatures << 2);
        const toA = whole ? outA : rest;
        const toB = whole && paired ? outB : rest + 64;
        v128.store(toA, a0);
        v128.store(toA, a1, 16);
        v128.store(toA, a2, 32);
        v128.store(toA, a3, 48);
        v128.store(toB, b0);
        v128.store(toB, b1, 16);
        v128.store(toB, b2, 32);
        v128.store(toB, b3, 48);
        if (!whole) {
          for (let k: usize = 0; k < inFeatures - i; k++) {
            store<f32>(outA + (k << 2), load<f32>(rest + (k << 2)));
            if (paired) store<f32>(outB + (k << 2), load<f32>(rest + (k << 2), 64));
          }
        }
      }
    }
  }
}

/** So many columns of the weights are taken out of their rows at a time. */
const columns: usize = 32;

/**
 * dx[i, n] = Σ_o weight[o, i] · dy[o, n] where the rows of the weights are long: neighbouring weights of an input then lie pages
 * apart, so some columns at a time are brought together first.
 *
 * @param scratch for 32 columns
 */
export function denseInputGrad(
  dy: usize,
  weight: usize,
  dx: usize,
  scratch: usize,
  batchStride: usize,
  inFeatures: usize,
  outFeatures: usize,
): void {
  const row = inFeatures << 2;
  const packedRow = columns << 2;
  for (let i: usize = 0; i < inFeatures; i += columns) {
    const count = min(columns, inFeatures - i);
    let from = weight + (i << 2);
    let to = scratch;
    for (let o: usize = 0; o < outFeatures; o++) {
      let k: usize = 0;
      for (; k + 4 <= count; k += 4) v128.store(to + (k << 2), v128.load(from + (k << 2)));
      for (; k < count; k++) store<f32>(to + (k << 2), load<f32>(from + (k << 2)));
      from += row;
      to += packedRow;
    }
    conv2dInputGrad(dy, scratch, dx + i * batchStride, batchStride, 1, 1, count, 1, 1, outFeatures, 1, 1, 1, 1, 0, 0, packedRow, 4, 0, 8);
  }
}

/** `[features, images]` read into `[images, features]` with rows of `toRow` bytes, four by four. */
export function transpose(from: usize, to: usize, batchStride: usize, features: usize, toRow: usize): void {
  let i: usize = 0;
  for (; i + 4 <= features; i += 4) {
    for (let n: usize = 0; n < batchStride; n += 16) {
      const at = from + i * batchStride + n;
      const a = v128.load(at);
      const b = v128.load(at + batchStride);
      const c = v128.load(at + 2 * batchStride);
      const d = v128.load(at + 3 * batchStride);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      let target = to + (n >> 2) * toRow + (i << 2);
      v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      target += toRow;
      v128.store(target, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      target += toRow;
      v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
      target += toRow;
      v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    }
  }
  for (; i < features; i++) {
    for (let n: usize = 0; n < batchStride; n += 4) store<f32>(to + (n >> 2) * toRow + (i << 2), load<f32>(from + i * batchStride + n));
  }
}
