/**
 * The transforms of Winograd F(4, 3), in one direction; `winograd.assembly.ts` derives them.
 *
 * With the points 0, ±a, ±b, ∞ for a = 5/8 and b = 3/2, and rows in this order,
 *
 *        ⎡ a²b²    0    −s    0     1   0 ⎤          ⎡ 1  0   0  ⎤
 *        ⎢  0   −a·b²  −b²    a     1   0 ⎥          ⎢ 1  a   a² ⎥
 *   Bᵀ = ⎢  0    a·b²  −b²   −a     1   0 ⎥     G =  ⎢ 1 −a   a² ⎥  rows divided by N₀ = a²b², N₁ = N₂ = 2a²(a² − b²),
 *        ⎢  0   −b·a²  −a²    b     1   0 ⎥          ⎢ 1  b   b² ⎥  N₃ = N₄ = 2b²(b² − a²), 1
 *        ⎢  0    b·a²  −a²   −b     1   0 ⎥          ⎢ 1 −b   b² ⎥
 *        ⎣  0   a²b²    0    −s     0   1 ⎦          ⎣ 0  0   1  ⎦
 *
 *        ⎡ 1  1   1   1   1   0 ⎤
 *   Aᵀ = ⎢ 0  a  −a   b  −b   0 ⎥                    with s = a² + b².
 *        ⎢ 0  a²  a²  b²  b²  0 ⎥
 *        ⎣ 0  a³ −a³  b³ −b³  1 ⎦
 *
 * `columns` is a table of the addresses of the vectors on the side of the image; the points are `pointStride` bytes apart.
 */
import { fma, fnma, held, splat, storePair } from '../assembly/vector.assembly';

/** The points, their squares, and (x² − a²)(x² − b²) = x⁴ − sum · x² + product. */
export const a: f32 = 0.625;
export const b: f32 = 1.5;
export const aa: f32 = a * a;
export const bb: f32 = b * b;
const sum: f32 = aa + bb;
const product: f32 = aa * bb;

/** The same in memory, for loops: see {@link held}. */
export const heldA: usize = memory.data<f32>([a]);
export const heldB: usize = memory.data<f32>([b]);
export const heldAA: usize = memory.data<f32>([aa]);
export const heldBB: usize = memory.data<f32>([bb]);
const heldSum: usize = memory.data<f32>([sum]);
const heldMinusSum: usize = memory.data<f32>([-sum]);
const heldProduct: usize = memory.data<f32>([product]);

/** Stores even + factor · odd, and even − factor · odd, of two neighboring vectors. */
@inline
export function storePlusMinus(
  plus: usize,
  minus: usize,
  odd: v128,
  nextOdd: v128,
  factor: v128,
  even: v128,
  nextEven: v128,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    storePair(plus, fma(odd, factor, even), fma(nextOdd, factor, nextEven));
    storePair(minus, fnma(odd, factor, even), fnma(nextOdd, factor, nextEven));
  } else {
    // The same bits with one product.
    const scaled = f32x4.mul(odd, factor);
    const nextScaled = f32x4.mul(nextOdd, factor);
    storePair(plus, f32x4.add(even, scaled), f32x4.add(nextEven, nextScaled));
    storePair(minus, f32x4.sub(even, scaled), f32x4.sub(nextEven, nextScaled));
  }
}

/** V = Bᵀ d: six inputs to six points. */
export function inputTransform3(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
  const from3 = load<usize>(columns, 12);
  const from4 = load<usize>(columns, 16);
  const from5 = load<usize>(columns, 20);
  const factorA = held(heldA);
  const factorB = held(heldB);
  const factorAA = held(heldAA);
  const factorBB = held(heldBB);
  const factorSum = held(heldSum);
  const factorProduct = held(heldProduct);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = to + k;
    const d1 = v128.load(from1 + k);
    const e1 = v128.load(from1 + k, 16);
    const d2 = v128.load(from2 + k);
    const e2 = v128.load(from2 + k, 16);
    const d3 = v128.load(from3 + k);
    const e3 = v128.load(from3 + k, 16);
    const d4 = v128.load(from4 + k);
    const e4 = v128.load(from4 + k, 16);
    let even = fnma(d2, factorSum, d4);
    let nextEven = fnma(e2, factorSum, e4);
    const d0 = v128.load(from0 + k);
    const e0 = v128.load(from0 + k, 16);
    storePair(at, fma(d0, factorProduct, even), fma(e0, factorProduct, nextEven));
    even = fnma(d2, factorBB, d4);
    nextEven = fnma(e2, factorBB, e4);
    let odd = fnma(d1, factorBB, d3);
    let nextOdd = fnma(e1, factorBB, e3);
    storePlusMinus((at += pointStride), (at += pointStride), odd, nextOdd, factorA, even, nextEven);
    even = fnma(d2, factorAA, d4);
    nextEven = fnma(e2, factorAA, e4);
    odd = fnma(d1, factorAA, d3);
    nextOdd = fnma(e1, factorAA, e3);
    storePlusMinus((at += pointStride), (at += pointStride), odd, nextOdd, factorB, even, nextEven);
    const d5 = v128.load(from5 + k);
    const e5 = v128.load(from5 + k, 16);
    const last = fma(d1, factorProduct, fnma(d3, factorSum, d5));
    const nextLast = fma(e1, factorProduct, fnma(e3, factorSum, e5));
    storePair(at + pointStride, last, nextLast);
  }
}

/** dd = B dV, the transpose of {@link inputTransform3}: six points to the gradients of six inputs. */
export function inputTransformGrad3(from: usize, pointStride: usize, columns: usize, bytes: usize): void {
  inputGradients(from, pointStride, columns, false, bytes);
}

/** dd += B dV. */
export function addInputTransformGrad3(from: usize, pointStride: usize, columns: usize, bytes: usize): void {
  inputGradients(from, pointStride, columns, true, bytes);
}

/** Inlined, so that what depends on `summed` is decided when it is compiled. */
@inline
function inputGradients(from: usize, pointStride: usize, columns: usize, summed: bool, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
  const to3 = load<usize>(columns, 12);
  const to4 = load<usize>(columns, 16);
  const to5 = load<usize>(columns, 20);
  const factorA = held(heldA);
  const factorB = held(heldB);
  const factorAA = held(heldAA);
  const factorBB = held(heldBB);
  const factorSum = held(heldSum);
  const factorMinusSum = held(heldMinusSum);
  const factorProduct = held(heldProduct);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = from + k;
    const first = v128.load(at);
    const nextFirst = v128.load(at, 16);
    let plus = v128.load((at += pointStride));
    let nextPlus = v128.load(at, 16);
    let minus = v128.load((at += pointStride));
    let nextMinus = v128.load(at, 16);
    const evenA = f32x4.add(plus, minus);
    const nextEvenA = f32x4.add(nextPlus, nextMinus);
    const oddA = f32x4.mul(f32x4.sub(plus, minus), factorA);
    const nextOddA = f32x4.mul(f32x4.sub(nextPlus, nextMinus), factorA);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const evenB = f32x4.add(plus, minus);
    const nextEvenB = f32x4.add(nextPlus, nextMinus);
    const oddB = f32x4.mul(f32x4.sub(plus, minus), factorB);
    const nextOddB = f32x4.mul(f32x4.sub(nextPlus, nextMinus), factorB);
    put(to0 + k, summed, f32x4.mul(first, factorProduct), f32x4.mul(nextFirst, factorProduct));
    put(
      to2 + k,
      summed,
      fnma(evenB, factorAA, fnma(evenA, factorBB, f32x4.mul(first, factorMinusSum))),
      fnma(nextEvenB, factorAA, fnma(nextEvenA, factorBB, f32x4.mul(nextFirst, factorMinusSum))),
    );
    put(
      to4 + k,
      summed,
      f32x4.add(first, f32x4.add(evenA, evenB)),
      f32x4.add(nextFirst, f32x4.add(nextEvenA, nextEvenB)),
    );
    const last = v128.load((at += pointStride));
    const nextLast = v128.load(at, 16);
    put(
      to1 + k,
      summed,
      fnma(oddB, factorAA, fnma(oddA, factorBB, f32x4.mul(last, factorProduct))),
      fnma(nextOddB, factorAA, fnma(nextOddA, factorBB, f32x4.mul(nextLast, factorProduct))),
    );
    put(
      to3 + k,
      summed,
      fnma(last, factorSum, f32x4.add(oddA, oddB)),
      fnma(nextLast, factorSum, f32x4.add(nextOddA, nextOddB)),
    );
    put(to5 + k, summed, last, nextLast);
  }
}

/** Two neighboring vectors. Both are loaded before the first is stored, so that they can be one. */
@inline
function put(to: usize, summed: bool, value: v128, next: v128): void {
  if (summed) {
    const had = v128.load(to);
    const nextHad = v128.load(to, 16);
    storePair(to, f32x4.add(had, value), f32x4.add(nextHad, next));
  } else {
    storePair(to, value, next);
  }
}

/**
 * y = Aᵀ M + start: six points to four outputs.
 *
 * @param start a vector that is added to each of them: zeros or the bias
 */
export function outputTransform3(from: usize, pointStride: usize, start: usize, columns: usize, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
  const to3 = load<usize>(columns, 12);
  const factorA = held(heldA);
  const factorB = held(heldB);
  const factorAA = held(heldAA);
  const factorBB = held(heldBB);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = from + k;
    const first = v128.load(at);
    const nextFirst = v128.load(at, 16);
    let plus = v128.load((at += pointStride));
    let nextPlus = v128.load(at, 16);
    let minus = v128.load((at += pointStride));
    let nextMinus = v128.load(at, 16);
    const evenA = f32x4.add(plus, minus);
    const nextEvenA = f32x4.add(nextPlus, nextMinus);
    const oddA = f32x4.mul(f32x4.sub(plus, minus), factorA);
    const nextOddA = f32x4.mul(f32x4.sub(nextPlus, nextMinus), factorA);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const evenB = f32x4.add(plus, minus);
    const nextEvenB = f32x4.add(nextPlus, nextMinus);
    const oddB = f32x4.mul(f32x4.sub(plus, minus), factorB);
    const nextOddB = f32x4.mul(f32x4.sub(nextPlus, nextMinus), factorB);
    const also = v128.load(start + k);
    const nextAlso = v128.load(start + k, 16);
    storePair(
      to0 + k,
      f32x4.add(f32x4.add(first, also), f32x4.add(evenA, evenB)),
      f32x4.add(f32x4.add(nextFirst, nextAlso), f32x4.add(nextEvenA, nextEvenB)),
    );
    storePair(
      to2 + k,
      fma(evenB, factorBB, fma(evenA, factorAA, also)),
      fma(nextEvenB, factorBB, fma(nextEvenA, factorAA, nextAlso)),
    );
    storePair(
      to1 + k,
      f32x4.add(also, f32x4.add(oddA, oddB)),
      f32x4.add(nextAlso, f32x4.add(nextOddA, nextOddB)),
    );
    const last = v128.load((at += pointStride));
    const nextLast = v128.load(at, 16);
    storePair(
      to3 + k,
      fma(oddB, factorBB, fma(oddA, factorAA, f32x4.add(also, last))),
      fma(nextOddB, factorBB, fma(nextOddA, factorAA, f32x4.add(nextAlso, nextLast))),
    );
  }
}

/** dM = A dy, the transpose of {@link outputTransform3}: the gradients of four outputs to six points. */
export function outputTransformGrad3(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
  const from3 = load<usize>(columns, 12);
  const factorA = held(heldA);
  const factorB = held(heldB);
  const factorAA = held(heldAA);
  const factorBB = held(heldBB);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = to + k;
    const d0 = v128.load(from0 + k);
    const e0 = v128.load(from0 + k, 16);
    const d1 = v128.load(from1 + k);
    const e1 = v128.load(from1 + k, 16);
    const d2 = v128.load(from2 + k);
    const e2 = v128.load(from2 + k, 16);
    const d3 = v128.load(from3 + k);
    const e3 = v128.load(from3 + k, 16);
    storePair(at, d0, e0);
    let even = fma(d2, factorAA, d0);
    let nextEven = fma(e2, factorAA, e0);
    let odd = fma(d3, factorAA, d1);
    let nextOdd = fma(e3, factorAA, e1);
    storePlusMinus((at += pointStride), (at += pointStride), odd, nextOdd, factorA, even, nextEven);
    even = fma(d2, factorBB, d0);
    nextEven = fma(e2, factorBB, e0);
    odd = fma(d3, factorBB, d1);
    nextOdd = fma(e3, factorBB, e1);
    storePlusMinus((at += pointStride), (at += pointStride), odd, nextOdd, factorB, even, nextEven);
    storePair(at + pointStride, d3, e3);
  }
}

/** 1 / N of the points 0, ±a, ±b. */
export const inverseN0: f32 = 1 / product;
export const inverseNa: f32 = 1 / (2 * aa * (aa - bb));
export const inverseNb: f32 = 1 / (2 * bb * (bb - aa));

/** U = G g: three weights, `fromStep` bytes apart, to six points. */
export function weightTransform3(from: usize, fromStep: usize, to: usize, pointStride: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    const g0 = v128.load(from + k);
    const g1 = v128.load(from + fromStep + k);
    const g2 = v128.load(from + 2 * fromStep + k);
    let at = to + k;
    v128.store(at, f32x4.mul(g0, splat(inverseN0)));
    let even = f32x4.mul(fma(g2, splat(aa), g0), splat(inverseNa));
    let odd = f32x4.mul(g1, splat(a * inverseNa));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = f32x4.mul(fma(g2, splat(bb), g0), splat(inverseNb));
    odd = f32x4.mul(g1, splat(b * inverseNb));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    v128.store(at + pointStride, g2);
  }
}

/** dg = Gᵀ dU, the transpose of {@link weightTransform3}: six points to the gradients of three weights, `toStep` bytes apart. */
export function weightTransformGrad3(from: usize, pointStride: usize, to: usize, toStep: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += pointStride));
    let minus = v128.load((at += pointStride));
    const evenA = f32x4.mul(f32x4.add(plus, minus), splat(inverseNa));
    const oddA = f32x4.mul(f32x4.sub(plus, minus), splat(a * inverseNa));
    plus = v128.load((at += pointStride));
    minus = v128.load((at += pointStride));
    const evenB = f32x4.mul(f32x4.add(plus, minus), splat(inverseNb));
    const oddB = f32x4.mul(f32x4.sub(plus, minus), splat(b * inverseNb));
    const last = v128.load(at + pointStride);
    v128.store(to + k, fma(first, splat(inverseN0), f32x4.add(evenA, evenB)));
    v128.store(to + toStep + k, f32x4.add(oddA, oddB));
    v128.store(to + 2 * toStep + k, fma(evenB, splat(bb), fma(evenA, splat(aa), last)));
  }
}
