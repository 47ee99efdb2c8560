/** Reshaping in vectors: a permutation of features, each `[batch]`. */

/** `to[k, n] = from[offsets[k] / batchStride, n]` for `count` features, with `offsets` in bytes, u32. */
export function gatherFeatures(from: usize, offsets: usize, to: usize, count: usize, batchStride: usize): void {
  for (let k: usize = 0; k < count; k++) {
    const source = from + load<u32>(offsets + (k << 2));
    for (let image: usize = 0; image < batchStride; image += 16) v128.store(to + image, v128.load(source + image));
    to += batchStride;
  }
}
