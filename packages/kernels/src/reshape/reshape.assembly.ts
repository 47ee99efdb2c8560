/** Moves lines of images about. */

/** `to`'s lines in order, each from its place: `places[k]` is a distance in bytes from `from`. */
export function gatherFeatures(from: usize, places: usize, to: usize, count: usize, batchStride: usize): void {
  for (let k: usize = 0; k < count; k++) {
    const source = from + load<u32>(places + (k << 2));
    for (let image: usize = 0; image < batchStride; image += 16) v128.store(to + image, v128.load(source + image));
    to += batchStride;
  }
}
