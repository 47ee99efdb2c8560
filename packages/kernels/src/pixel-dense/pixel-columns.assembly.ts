/** Bytes of images as their distances from the background, x̂ = scale · (byte − background). */
import { splat } from '../assembly/vector.assembly';
import { transposeTile } from '../normalize/normalize.assembly';

/** x̂ of sixteen bytes. */
@inline
export function storeSixteen(bytes: v128, background: usize, scale: f32, to: usize): void {
  const low = i16x8.extend_low_i8x16_u(bytes);
  const high = i16x8.extend_high_i8x16_u(bytes);
  v128.store(to, beyond(i32x4.extend_low_i16x8_u(low), background, scale));
  v128.store(to, beyond(i32x4.extend_high_i16x8_u(low), background, scale), 16);
  v128.store(to, beyond(i32x4.extend_low_i16x8_u(high), background, scale), 32);
  v128.store(to, beyond(i32x4.extend_high_i16x8_u(high), background, scale), 48);
}

/** x̂ of four bytes: the difference is exact, and the product is rounded as in a list. */
@inline
export function beyond(four: v128, background: usize, scale: f32): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(four, i32x4.splat(<i32>background))), splat(scale));
}

@unmanaged
export class PixelColumnsArguments {
  /** `[images, pixels]`, bytes. */
  x: usize;
  images: usize;
  pixels: usize;
  /** `[pixels, images]` */
  columns: usize;
  /** Bytes from one pixel to the next. */
  columnsRow: usize;
  background: usize;
  scale: f32;
  /** A transposed tile of 16 × 16 bytes. */
  scratch: usize;
}

/** x̂ of images, side by side. */
export function pixelColumns(args: PixelColumnsArguments): void {
  const images = args.images;
  const pixels = args.pixels;
  const background = args.background;
  const scale = args.scale;
  for (let n: usize = 0; n < images; n += 16) {
    const image = args.x + n * pixels;
    const to = args.columns + (n << 2);
    if (pixels < 16 || images - n < 16) {
      // Four images, pixel by pixel.
      for (let m = n; m < min(n + 16, images); m += 4) {
        const x = args.x + m * pixels;
        let row = args.columns + (m << 2);
        for (let i: usize = 0; i < pixels; i++, row += args.columnsRow) {
          const at = x + i;
          let four = i32x4.splat(<i32>load<u8>(at));
          four = i32x4.replace_lane(four, 1, <i32>load<u8>(at + pixels));
          four = i32x4.replace_lane(four, 2, <i32>load<u8>(at + 2 * pixels));
          four = i32x4.replace_lane(four, 3, <i32>load<u8>(at + 3 * pixels));
          v128.store(row, beyond(four, background, scale));
        }
      }
      continue;
    }
    // Sixteen pixels at a time; the last tile overlaps the one before it.
    for (let i: usize = 0; ; i = min(i + 16, pixels - 16)) {
      transposeTile(image + i, pixels, args.scratch);
      for (let k: usize = 0; k < 16; k++) {
        storeSixteen(column(args.scratch, k), background, scale, to + (i + k) * args.columnsRow);
      }
      if (i + 16 == pixels) break;
    }
  }
}

/** A column of a tile, where `transposeTile` puts it. */
@inline
export function column(tile: usize, k: usize): v128 {
  return v128.load(tile + ((k & 3) << 6) + ((k >> 2) << 4));
}
