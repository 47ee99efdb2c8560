/**
 * What every vector kernel is written with. A vector holds four numbers: the same entry of four images.
 *
 * These files are AssemblyScript: TypeScript's syntax, compiled to WebAssembly. `usize` is an address in bytes.
 */

/**
 * a · b + c: rounded twice in the strict build, which every engine does to the same bits; once in the fused build,
 * where the processor has an instruction for it.
 */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** A vector of one number. */
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** Where the mask is set the numbers of `a`, elsewhere those of `b`. */
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** max(x, 0), and what is not a number stays. The instruction for it that knows such numbers takes eight times as long. */
@inline
export function rectified(x: v128): v128 {
  return v128.andnot(x, f32x4.le(x, splat(0)));
}

/** Set in the lanes that are not a number. */
@inline
export function noNumber(x: v128): v128 {
  return f32x4.ne(x, x);
}

/** [Σa, Σb, Σc, Σd]: four sums over lanes at the price of about one and a half. */
@inline
export function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  // Each line adds what lies side by side: first a₀ + a₂ beside b₀ + b₂, then the two halves of every sum.
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
