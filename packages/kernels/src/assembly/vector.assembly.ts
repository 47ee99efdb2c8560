/**
 * What every vector kernel is written with. A vector holds four numbers: the same entry of four images.
 *
 * These files are AssemblyScript: TypeScript's syntax, compiled to WebAssembly. `usize` is an address in bytes.
 */

/**
 * Multiply-add, a · b + c. The fused build rounds once, by the processor's FMA instruction. The strict build rounds twice,
 * the product and then the sum, which every engine does to the same bits.
 */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Negated multiply-add, c − a · b, rounded as {@link fma}. */
@inline
export function fnma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** A vector of one number. */
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/**
 * A vector of one number in memory, for constants of long formulas: the engine builds a constant vector anew wherever it is used, by
 * three instructions, a wide one by seven, and loads one by one. What is loaded before a loop stays in a register while there are enough.
 *
 * @example
 * const third = memory.data<f32>([1 / 3]);
 * y = f32x4.mul(x, held(third));
 */
@inline
export function held(address: usize): v128 {
  return v128.load32_splat(address);
}

/** The address of sixteen zeros, for sums that begin: where they may also go on from others, V8 pairs loads, but not constants with loads. */
export const zeros: usize = memory.data(64, 16);

/**
 * Stores two neighboring vectors, the upper one first: V8 makes one store of them, and after the lower one that of the lower half would
 * remain.
 */
@inline
export function storePair(to: usize, first: v128, second: v128): void {
  v128.store(to, second, 16);
  v128.store(to, first);
}

/** Stores four neighboring vectors, in the order of {@link storePair}. */
@inline
export function storeFour(to: usize, first: v128, second: v128, third: v128, fourth: v128): void {
  v128.store(to, fourth, 48);
  v128.store(to, third, 32);
  v128.store(to, second, 16);
  v128.store(to, first);
}

/** Where the mask is set the numbers of `a`, elsewhere those of `b`. */
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** ReLU, max(x, 0); NaN propagates. `f32x4.max`, which propagates NaN as well, takes eight times as long. */
@inline
export function rectified(x: v128): v128 {
  return v128.andnot(x, f32x4.le(x, splat(0)));
}

/** All bits set in the lanes that are NaN. */
@inline
export function isNaN(x: v128): v128 {
  return f32x4.ne(x, x);
}

/** [Σa, Σb, Σc, Σd]: four sums over lanes at the price of about one and a half. */
@inline
export function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  // Each statement adds what is side by side: first a₀ + a₂ beside b₀ + b₂, then the two halves of every sum.
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The first `count` numbers from an address, one to three of them; zeros in the other lanes. */
@inline
export function loadPart(address: usize, count: usize): v128 {
  let part = f32x4.replace_lane(splat(0), 0, load<f32>(address));
  if (count > 1) part = f32x4.replace_lane(part, 1, load<f32>(address, 4));
  if (count > 2) part = f32x4.replace_lane(part, 2, load<f32>(address, 8));
  return part;
}

/** Stores the first `count` lanes, one to three of them. */
@inline
export function storePart(address: usize, value: v128, count: usize): void {
  store<f32>(address, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(address, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(address, f32x4.extract_lane(value, 2), 8);
}

/** Like {@link loadPart}, of four numbers too. */
@inline
export function loadUpTo4(address: usize, count: usize): v128 {
  return count == 4 ? v128.load(address) : loadPart(address, count);
}

/** Like {@link storePart}, of four lanes too. */
@inline
export function storeUpTo4(address: usize, value: v128, count: usize): void {
  if (count == 4) v128.store(address, value);
  else storePart(address, value, count);
}
