/**
 * The dense layer, `torch.nn.functional.linear`, in vectors: its two gradients. Forward it is a convolution over one pixel
 * (`dense.simd.ts`).
 *
 *   dWeight[o, i] = Σ_n dy[o, n] · x[i, n]
 *   dx[i, n]      = Σ_o weight[o, i] · dy[o, n]
 *
 * Layout: x is `[inFeatures, batch]`, dy `[outFeatures, batch]`, weight `[outFeatures, inFeatures]`.
 */
import { fma, splat, storePart, sumsOfLanes, zeros } from '../assembly/vector.assembly';
import { addBlockOfEight } from './dense-of-eight.assembly';

/** Inputs that are taken at a time: with all images they stay in the first cache while every output passes over them. */
const chunk: usize = 512;

@unmanaged
export class DenseWeightGradArguments {
  /** x transposed, `[batch, inFeatures]`, rows of `xRow` bytes that hold a multiple of sixteen numbers. */
  x: usize;
  xRow: usize;
  /** `[outFeatures, batch]` */
  dy: usize;
  /** `[outFeatures, inFeatures]` */
  dWeight: usize;
  batchStride: usize;
  inFeatures: usize;
  outFeatures: usize;
  /** Two times sixteen numbers. */
  scratch: usize;
}

/** dWeight from x transposed: neighboring weights are neighboring lanes, so nothing is summed across lanes. */
export function denseWeightGrad(args: DenseWeightGradArguments): void {
  const x = args.x;
  const xRow = args.xRow;
  const dy = args.dy;
  const dWeight = args.dWeight;
  const batchStride = args.batchStride;
  const inFeatures = args.inFeatures;
  const outFeatures = args.outFeatures;
  const scratch = args.scratch;
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
        let dyAt = dy + o * batchStride;
        const end = dyAt + batchStride;
        do {
          const u = v128.load32_splat(dyAt);
          const v = v128.load32_splat(dyAt + pair);
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
          dyAt += 4;
        } while (dyAt != end);
        const whole = i + 16 <= inFeatures;
        const outA = dWeight + ((o * inFeatures + i) << 2);
        const outB = outA + (inFeatures << 2);
        const toA = whole ? outA : scratch;
        const toB = whole && paired ? outB : scratch + 64;
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
            store<f32>(outA + (k << 2), load<f32>(scratch + (k << 2)));
            if (paired) store<f32>(outB + (k << 2), load<f32>(scratch + (k << 2), 64));
          }
        }
      }
    }
  }
}

/** dWeight of few outputs, for which x transposed would cost more than it spares: lanes are images, and are summed at last. */
export function denseWeightGradFew(
  x: usize,
  dy: usize,
  dWeight: usize,
  batchStride: usize,
  inFeatures: usize,
  outFeatures: usize,
): void {
  const end = dy + outFeatures * batchStride;
  for (; dy != end; dy += batchStride) {
    let at = x;
    for (let i: usize = 0; i < inFeatures; i += 4, at += 4 * batchStride, dWeight += 16) {
      const count = min<usize>(4, inFeatures - i);
      // Those beyond the last repeat it, and are left out.
      const second = at + min<usize>(1, count - 1) * batchStride;
      const third = at + min<usize>(2, count - 1) * batchStride;
      const fourth = at + (count - 1) * batchStride;
      let a = splat(0);
      let b = a;
      let c = a;
      let d = a;
      for (let n: usize = 0; n < batchStride; n += 16) {
        const gradient = v128.load(dy + n);
        a = fma(v128.load(at + n), gradient, a);
        b = fma(v128.load(second + n), gradient, b);
        c = fma(v128.load(third + n), gradient, c);
        d = fma(v128.load(fourth + n), gradient, d);
      }
      const sums = sumsOfLanes(a, b, c, d);
      if (count == 4) v128.store(dWeight, sums);
      else storePart(dWeight, sums, count);
    }
    dWeight -= (0 - (inFeatures << 2)) & 15;
  }
}

@unmanaged
export class DenseInputGradArguments {
  /** `[outFeatures, batch]` */
  dy: usize;
  /** `[outFeatures, inFeatures]` */
  weight: usize;
  /** `[inFeatures, batch]` */
  dx: usize;
  batchStride: usize;
  inFeatures: usize;
  outFeatures: usize;
  /** Outputs that are added at a time. */
  blockRows: usize;
  /** Inputs that are taken at a time. */
  blockColumns: usize;
  /** A block of the weights, rows of `packedRow` bytes; 0: weights are read as they lie. */
  packed: usize;
  packedRow: usize;
}

/**
 * dx, some rows of the weights at a time, so that they are read side by side, and dx is kept in the second cache and added to. In dx
 * the outputs are added in their order, whatever the blocks.
 */
export function denseInputGrad(args: DenseInputGradArguments): void {
  const batchStride = args.batchStride;
  const inFeatures = args.inFeatures;
  const outFeatures = args.outFeatures;
  const blockRows = args.blockRows;
  const blockColumns = args.blockColumns;
  const packed = args.packed;
  const row = inFeatures << 2;
  const weightRow = packed == 0 ? row : args.packedRow;
  for (let image: usize = 0; image < batchStride; image += 64) {
    for (let o: usize = 0; o < outFeatures; o += blockRows) {
      const rows = min(blockRows, outFeatures - o);
      const dyAt = args.dy + o * batchStride + image;
      const dyEnd = dyAt + rows * batchStride;
      for (let start: usize = 0; start < inFeatures; start += blockColumns) {
        const count = min(blockColumns, inFeatures - start);
        let weight = args.weight + o * row + (start << 2);
        if (packed != 0) {
          copyBlock(weight, packed, rows, count, row, weightRow);
          weight = packed;
        }
        let out = args.dx + start * batchStride + image;
        if (batchStride == 32) {
          addBlockOfEight(dyAt, dyEnd, weight, weightRow, out, count, o == 0);
          continue;
        }
        for (let i: usize = 0; i < count; i += 2, weight += 8) {
          const paired = i + 1 < count;
          // An odd input left over is paired with itself and stored once.
          const pair: usize = paired ? 4 : 0;
          const outB = out + (paired ? batchStride : 0);
          const fromA = o == 0 ? zeros : out;
          const fromB = o == 0 ? zeros : outB;
          let a0 = v128.load(fromA);
          let a1 = v128.load(fromA, 16);
          let a2 = v128.load(fromA, 32);
          let a3 = v128.load(fromA, 48);
          let b0 = v128.load(fromB);
          let b1 = v128.load(fromB, 16);
          let b2 = v128.load(fromB, 32);
          let b3 = v128.load(fromB, 48);
          let at = dyAt;
          let from = weight;
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
            from += weightRow;
            at += batchStride;
          } while (at != dyEnd);
          v128.store(out, a0);
          v128.store(out, a1, 16);
          v128.store(out, a2, 32);
          v128.store(out, a3, 48);
          v128.store(outB, b0);
          v128.store(outB, b1, 16);
          v128.store(outB, b2, 32);
          v128.store(outB, b3, 48);
          out = outB + batchStride;
        }
      }
    }
  }
}

/** Copies `count` numbers of each row. */
function copyBlock(from: usize, to: usize, rows: usize, count: usize, fromRow: usize, toRow: usize): void {
  for (let r: usize = 0; r < rows; r++, from += fromRow, to += toRow) {
    let k: usize = 0;
    for (; k + 8 <= count; k += 8) {
      const a = v128.load(from + (k << 2));
      const b = v128.load(from + (k << 2), 16);
      v128.store(to + (k << 2), a);
      v128.store(to + (k << 2), b, 16);
    }
    for (; k < count; k++) store<f32>(to + (k << 2), load<f32>(from + (k << 2)));
  }
}

/** Transposes `[features, batch]` to `[batch, features]` with rows of `toRow` bytes, four by four. */
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
