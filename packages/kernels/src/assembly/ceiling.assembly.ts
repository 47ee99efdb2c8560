/** The machine's limit: multiply-adds that wait for nothing, in the arithmetic that the kernels use. */
import { fma } from './vector.assembly';

/**
 * Makes twelve chains of multiply-adds advance, `rounds` times: 96 floating-point operations a round.
 *
 * @param numbers fourteen numbers: twelve starts that differ (equal chains would be computed once), a factor and a summand
 * @returns a number that depends on all chains, so that none can be left out
 */
export function multiplyAddCeiling(rounds: usize, numbers: usize): f32 {
  let c0 = v128.load32_splat(numbers, 0);
  let c1 = v128.load32_splat(numbers, 4);
  let c2 = v128.load32_splat(numbers, 8);
  let c3 = v128.load32_splat(numbers, 12);
  let c4 = v128.load32_splat(numbers, 16);
  let c5 = v128.load32_splat(numbers, 20);
  let c6 = v128.load32_splat(numbers, 24);
  let c7 = v128.load32_splat(numbers, 28);
  let c8 = v128.load32_splat(numbers, 32);
  let c9 = v128.load32_splat(numbers, 36);
  let c10 = v128.load32_splat(numbers, 40);
  let c11 = v128.load32_splat(numbers, 44);
  const a = v128.load32_splat(numbers, 48);
  const b = v128.load32_splat(numbers, 52);
  do {
    c0 = fma(c0, a, b);
    c1 = fma(c1, a, b);
    c2 = fma(c2, a, b);
    c3 = fma(c3, a, b);
    c4 = fma(c4, a, b);
    c5 = fma(c5, a, b);
    c6 = fma(c6, a, b);
    c7 = fma(c7, a, b);
    c8 = fma(c8, a, b);
    c9 = fma(c9, a, b);
    c10 = fma(c10, a, b);
    c11 = fma(c11, a, b);
  } while (--rounds);
  const low = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(c4, c5));
  const high = f32x4.add(f32x4.add(f32x4.add(c6, c7), f32x4.add(c8, c9)), f32x4.add(c10, c11));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/** a · b + c of one number, to see whether it is rounded once or twice. */
export function multiplyAddOnce(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(fma(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}
