/**
 * The dense layer on eight images. A tile of four vectors would be half empty, so the tiles here are four outputs, or four inputs, by two
 * vectors: the same eight sums.
 *
 *   y[o, n]  = bias[o] + Σ_i weight[o, i] · x[i, n]
 *   dx[i, n] = Σ_o weight[o, i] · dy[o, n]
 *
 * Layout: x is `[inFeatures, 8]`, y `[outFeatures, 8]`, weight `[outFeatures, inFeatures]`. All sums go on in the order of
 * `dense.assembly.ts`.
 */
import { fma, zeros } from '../assembly/vector.assembly';

/** y from x. */
export function denseOfEight(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  inFeatures: usize,
  outFeatures: usize,
): void {
  const row = inFeatures << 2;
  const end = x + (inFeatures << 5);
  for (let o: usize = 0; o < outFeatures; o += 4, weight += row << 2, bias += 16, y += 128) {
    const last = min<usize>(4, outFeatures - o) - 1;
    // Those beyond the last repeat it, and are stored to the same place.
    const second = min<usize>(1, last);
    const third = min<usize>(2, last);
    const secondRow = second * row;
    const thirdRow = third * row;
    const lastRow = last * row;
    let a0 = v128.load32_splat(bias);
    let a1 = a0;
    let b0 = v128.load32_splat(bias + (second << 2));
    let b1 = b0;
    let c0 = v128.load32_splat(bias + (third << 2));
    let c1 = c0;
    let d0 = v128.load32_splat(bias + (last << 2));
    let d1 = d0;
    let from = weight;
    let at = x;
    do {
      const t0 = v128.load(at);
      const t1 = v128.load(at, 16);
      let u = v128.load32_splat(from);
      a0 = fma(t0, u, a0);
      a1 = fma(t1, u, a1);
      u = v128.load32_splat(from + secondRow);
      b0 = fma(t0, u, b0);
      b1 = fma(t1, u, b1);
      u = v128.load32_splat(from + thirdRow);
      c0 = fma(t0, u, c0);
      c1 = fma(t1, u, c1);
      u = v128.load32_splat(from + lastRow);
      d0 = fma(t0, u, d0);
      d1 = fma(t1, u, d1);
      from += 4;
      at += 32;
    } while (at != end);
    v128.store(y, a0);
    v128.store(y, a1, 16);
    v128.store(y + (second << 5), b0);
    v128.store(y + (second << 5), b1, 16);
    v128.store(y + (third << 5), c0);
    v128.store(y + (third << 5), c1, 16);
    v128.store(y + (last << 5), d0);
    v128.store(y + (last << 5), d1, 16);
  }
}

/**
 * A block of dx of eight images: Σ over its rows, which is added to what dx has unless the block is the first. Four inputs by two
 * vectors at a time.
 */
export function addBlockOfEight(
  dy: usize,
  dyEnd: usize,
  weight: usize,
  weightRow: usize,
  dx: usize,
  count: usize,
  isFirst: bool,
): void {
  for (let i: usize = 0; i < count; i += 4, weight += 16, dx += 128) {
    const last = min<usize>(4, count - i) - 1;
    // Those beyond the last repeat it, and are stored to the same place.
    const second = min<usize>(1, last);
    const third = min<usize>(2, last);
    const outB = dx + (second << 5);
    const outC = dx + (third << 5);
    const outD = dx + (last << 5);
    let a0 = v128.load(isFirst ? zeros : dx);
    let a1 = v128.load(isFirst ? zeros : dx, 16);
    let b0 = v128.load(isFirst ? zeros : outB);
    let b1 = v128.load(isFirst ? zeros : outB, 16);
    let c0 = v128.load(isFirst ? zeros : outC);
    let c1 = v128.load(isFirst ? zeros : outC, 16);
    let d0 = v128.load(isFirst ? zeros : outD);
    let d1 = v128.load(isFirst ? zeros : outD, 16);
    let from = weight;
    let at = dy;
    do {
      const t0 = v128.load(at);
      const t1 = v128.load(at, 16);
      let u = v128.load32_splat(from);
      a0 = fma(t0, u, a0);
      a1 = fma(t1, u, a1);
      u = v128.load32_splat(from + (second << 2));
      b0 = fma(t0, u, b0);
      b1 = fma(t1, u, b1);
      u = v128.load32_splat(from + (third << 2));
      c0 = fma(t0, u, c0);
      c1 = fma(t1, u, c1);
      u = v128.load32_splat(from + (last << 2));
      d0 = fma(t0, u, d0);
      d1 = fma(t1, u, d1);
      from += weightRow;
      at += 32;
    } while (at != dyEnd);
    v128.store(dx, a0);
    v128.store(dx, a1, 16);
    v128.store(outB, b0);
    v128.store(outB, b1, 16);
    v128.store(outC, c0);
    v128.store(outC, c1, 16);
    v128.store(outD, d0);
    v128.store(outD, d1, 16);
  }
}
