/** Normalization (`normalize.ts`): the bytes of images, image after image, become floats with the images side by side. */

/**
 * y[k · channels, n] = values[x[n · size + k · channels]]: one channel of as many images as the batch stride has room for.
 *
 * @param x the channel's byte of the first pixel
 * @param values what each of the 256 bytes of this channel becomes
 * @param y the channel's row of the first pixel
 * @param size bytes of one image, all channels
 * @param batchStride bytes from one row of `y` to the next: 4 times the batch
 */
export function normalize(x: usize, values: usize, y: usize, size: usize, channels: usize, batchStride: usize): void {
  const step = channels * batchStride;
  for (let n: usize = 0; n << 2 < batchStride; n += 4) {
    let a = x + n * size;
    let b = a + size;
    let c = b + size;
    let d = c + size;
    let to = y + (n << 2);
    for (const end = b; a != end; a += channels, b += channels, c += channels, d += channels, to += step) {
      let four = v128.load32_zero(values + ((<usize>load<u8>(a)) << 2));
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(b)) << 2), four, 1);
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(c)) << 2), four, 2);
      v128.store(to, v128.load_lane<f32>(values + ((<usize>load<u8>(d)) << 2), four, 3));
    }
  }
}
