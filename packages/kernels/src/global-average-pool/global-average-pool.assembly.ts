/**
 * Global average pooling in vectors, with its gradient:
 *
 *   y[c, n] = Σ_i x[i, c, n] / pixels          dx[i, c, n] = dy[c, n] / pixels
 *
 * Layout: x and dx are `[pixels, channels, batch]`, y and dy `[channels, batch]`. Every lane is one channel of one image.
 */
import { splat } from '../assembly/vector.assembly';

/** y from x. @param pixel bytes of one pixel, all channels of all images: whole cache lines, of which one is summed at a time */
export function globalAveragePool(x: usize, y: usize, pixels: usize, pixel: usize): void {
  const divisor = splat(<f32>pixels);
  const past = pixels * pixel;
  for (const end = y + pixel; y != end; x += 64, y += 64) {
    let a = splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let at: usize = x; at != x + past; at += pixel) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
    }
    v128.store(y, f32x4.div(a, divisor));
    v128.store(y, f32x4.div(b, divisor), 16);
    v128.store(y, f32x4.div(c, divisor), 32);
    v128.store(y, f32x4.div(d, divisor), 48);
  }
}

/** dx from dy. @param pixel bytes of one pixel */
export function globalAveragePoolInputGrad(dy: usize, dx: usize, pixels: usize, pixel: usize): void {
  const divisor = splat(<f32>pixels);
  for (let k: usize = 0; k != pixel; k += 16) v128.store(dx + k, f32x4.div(v128.load(dy + k), divisor));
  // All pixels are as the first.
  for (let i: usize = 1; i < pixels; i++) memory.copy(dx + i * pixel, dx, pixel);
}
