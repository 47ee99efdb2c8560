/**
 * The transforms of Winograd F(3, 4), in one direction, on the six points of F(4, 3): 0, ±a, ±b, ∞ for a = 5/8 and b = 3/2.
 * Bᵀ and N depend on the points alone, so the transforms of inputs are those of `winograd3-transforms.assembly.ts`.
 *
 *        ⎡ 1  1   1   1   1   0 ⎤
 *   Aᵀ = ⎢ 0  a  −a   b  −b   0 ⎥      G[k, j] = aₖʲ / Nₖ,  j = 0 … 3, and the last row 0 0 0 1
 *        ⎣ 0  a²  a²  b²  b²  1 ⎦
 */
import { fma, held, splat, storePair } from '../assembly/vector.assembly';
import { a, aa, b, bb, heldA, heldAA, heldB, heldBB, inverseN0, inverseNa, inverseNb, storePlusMinus } from './winograd3-transforms.assembly';

/** y = Aᵀ M + start: six points to three outputs, `columns` the addresses of these. */
export function outputTransform3x4(from: usize, pointStride: usize, start: usize, columns: usize, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
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
    const oddA = f32x4.sub(plus, minus);
    const nextOddA = f32x4.sub(nextPlus, nextMinus);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const evenB = f32x4.add(plus, minus);
    const nextEvenB = f32x4.add(nextPlus, nextMinus);
    const oddB = f32x4.sub(plus, minus);
    const nextOddB = f32x4.sub(nextPlus, nextMinus);
    const also = v128.load(start + k);
    const nextAlso = v128.load(start + k, 16);
    storePair(
      to0 + k,
      f32x4.add(f32x4.add(first, also), f32x4.add(evenA, evenB)),
      f32x4.add(f32x4.add(nextFirst, nextAlso), f32x4.add(nextEvenA, nextEvenB)),
    );
    storePair(
      to1 + k,
      fma(oddB, factorB, fma(oddA, factorA, also)),
      fma(nextOddB, factorB, fma(nextOddA, factorA, nextAlso)),
    );
    const last = v128.load((at += pointStride));
    const nextLast = v128.load(at, 16);
    storePair(
      to2 + k,
      fma(evenB, factorBB, fma(evenA, factorAA, f32x4.add(also, last))),
      fma(nextEvenB, factorBB, fma(nextEvenA, factorAA, f32x4.add(nextAlso, nextLast))),
    );
  }
}

/** dM = A dy, the transpose of {@link outputTransform3x4}: the gradients of three outputs to six points. */
export function outputTransformGrad3x4(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
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
    storePair(at, d0, e0);
    storePlusMinus((at += pointStride), (at += pointStride), d1, e1, factorA, fma(d2, factorAA, d0), fma(e2, factorAA, e0));
    storePlusMinus((at += pointStride), (at += pointStride), d1, e1, factorB, fma(d2, factorBB, d0), fma(e2, factorBB, e0));
    storePair(at + pointStride, d2, e2);
  }
}

/** U = G g: four weights, `fromStep` bytes apart, to six points. */
export function weightTransform3x4(from: usize, fromStep: usize, to: usize, pointStride: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let from1 = from + k;
    const g0 = v128.load(from1);
    const g1 = v128.load((from1 += fromStep));
    const g2 = v128.load((from1 += fromStep));
    const g3 = v128.load(from1 + fromStep);
    let at = to + k;
    v128.store(at, f32x4.mul(g0, splat(inverseN0)));
    let even = f32x4.mul(fma(g2, splat(aa), g0), splat(inverseNa));
    let odd = f32x4.mul(fma(g3, splat(aa), g1), splat(a * inverseNa));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = f32x4.mul(fma(g2, splat(bb), g0), splat(inverseNb));
    odd = f32x4.mul(fma(g3, splat(bb), g1), splat(b * inverseNb));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    v128.store(at + pointStride, g3);
  }
}

/** dg = Gᵀ dU, the transpose of {@link weightTransform3x4}: six points to the gradients of four weights, `toStep` bytes apart. */
export function weightTransformGrad3x4(from: usize, pointStride: usize, to: usize, toStep: usize, bytes: usize): void {
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
    let target = to + k;
    v128.store(target, fma(first, splat(inverseN0), f32x4.add(evenA, evenB)));
    v128.store((target += toStep), f32x4.add(oddA, oddB));
    v128.store((target += toStep), fma(evenB, splat(bb), f32x4.mul(evenA, splat(aa))));
    v128.store(target + toStep, fma(oddB, splat(bb), fma(oddA, splat(aa), last)));
  }
}
