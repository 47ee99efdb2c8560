/** From the bytes of images, one after another, to numbers with the images side by side. */

/**
 * x[k, n] = values[bytes[n · pixels + k]] for sixteen images; `values` are 256 numbers, what each byte stands for.
 */
export function pixelValues(bytes: usize, values: usize, x: usize, pixels: usize): void {
  for (let n: usize = 0; n < 16; n += 4) {
    let a = bytes + n * pixels;
    let b = a + pixels;
    let c = b + pixels;
    let d = c + pixels;
    let to = x + (n << 2);
    for (const end = b; a != end; a++, b++, c++, d++, to += 64) {
      let four = v128.load32_zero(values + ((<usize>load<u8>(a)) << 2));
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(b)) << 2), four, 1);
      four = v128.load_lane<f32>(values + ((<usize>load<u8>(c)) << 2), four, 2);
      v128.store(to, v128.load_lane<f32>(values + ((<usize>load<u8>(d)) << 2), four, 3));
    }
  }
}
