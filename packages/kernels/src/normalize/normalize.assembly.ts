/** Normalization (`normalize.ts`): the bytes of images, image after image, become floats with the images side by side. */

/**
 * y[k, n] = values[x[n · pixels + k]] for as many images as the batch stride has room for.
 *
 * @param values what each of the 256 bytes becomes
 * @param batchStride bytes from one pixel's images to the next pixel's: 4 times the batch
 */
export function normalize(x: usize, values: usize, y: usize, pixels: usize, batchStride: usize): void {
  for (let n: usize = 0; n << 2 < batchStride; n += 4) {
    let a = x + n * pixels;
    let b = a + pixels;
    let c = b + pixels;
    let d = c + pixels;
    let to = y + (n << 2);
    for (const end = b; a != end; a++, b++, c++, d++, to += batchStride) {
      let four = v128.load32_zero(values + ((<usize>load<u8>(a)) << 2));
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(b)) << 2), four, 1);
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(c)) << 2), four, 2);
      v128.store(to, v128.load_lane<f32>(values + ((<usize>load<u8>(d)) << 2), four, 3));
    }
  }
}
