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

@unmanaged
export class NormalizeTilesArguments {
  /** Image after image, `size` bytes each, at least sixteen. */
  x: usize;
  /** `[size, batch]` */
  y: usize;
  size: usize;
  batchStride: usize;
  channels: usize;
  /** Four floats for each byte of a tile: factor and summand, and what both are rounded by; those of `channels + 15` bytes. */
  affine: usize;
  /** A transposed tile of 16 × 16 bytes. */
  scratch: usize;
}

/**
 * The same by arithmetic, y = (byte · factor + summand) + (byte · smallFactor + smallSummand), where that gives the very float of each
 * byte: the first sum is exact, the second makes up for what factor and summand are rounded by. Sixteen images by sixteen bytes at a
 * time; the last tile overlaps the one before it.
 */
export function normalizeTiles(args: NormalizeTilesArguments): void {
  const size = args.size;
  const batchStride = args.batchStride;
  const channels = args.channels;
  const affine = args.affine;
  const scratch = args.scratch;
  let image = args.x;
  for (let n: usize = 0; n < batchStride; n += 64, image += size << 4) {
    const to = args.y + n;
    let at: usize = 0;
    while (true) {
      transposeTile(image + at, size, scratch);
      let row = to + at * batchStride;
      let values = affine + ((at % channels) << 4);
      for (let k: usize = 0; k < 16; k++) {
        const bytes = v128.load(scratch + ((k & 3) << 6) + ((k >> 2) << 4));
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        v128.store(row, affineOf(i32x4.extend_low_i16x8_u(low), values));
        v128.store(row, affineOf(i32x4.extend_high_i16x8_u(low), values), 16);
        v128.store(row, affineOf(i32x4.extend_low_i16x8_u(high), values), 32);
        v128.store(row, affineOf(i32x4.extend_high_i16x8_u(high), values), 48);
        row += batchStride;
        values += 16;
      }
      if (at + 16 === size) break;
      at = min(at + 16, size - 16);
    }
  }
}

@inline
function affineOf(bytes: v128, values: usize): v128 {
  const byte = f32x4.convert_i32x4_s(bytes);
  const large = f32x4.add(f32x4.mul(byte, v128.load32_splat(values)), v128.load32_splat(values, 4));
  const small = f32x4.add(f32x4.mul(byte, v128.load32_splat(values, 8)), v128.load32_splat(values, 12));
  return f32x4.add(large, small);
}

@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** The columns of sixteen rows of sixteen bytes, `stride` apart: column k to place `k % 4 · 4 + ⌊k / 4⌋`. */
export function transposeTile(from: usize, stride: usize, to: usize): void {
  // Rows i, i + 4, i + 8 and i + 12 merged: by fours, the columns of these rows.
  for (let i: usize = 0; i < 4; i++) {
    const at = from + i * stride;
    const a = v128.load(at);
    const b = v128.load(at + (stride << 2));
    const c = v128.load(at + (stride << 3));
    const d = v128.load(at + 12 * stride);
    const ac = lower(a, c);
    const acUpper = upper(a, c);
    const bd = lower(b, d);
    const bdUpper = upper(b, d);
    const target = to + (i << 6);
    v128.store(target, lower(ac, bd));
    v128.store(target, upper(ac, bd), 16);
    v128.store(target, lower(acUpper, bdUpper), 32);
    v128.store(target, upper(acUpper, bdUpper), 48);
  }
  // The four of one column merged: the whole column.
  for (let i: usize = 0; i < 64; i += 16) {
    const at = to + i;
    const a = v128.load(at);
    const b = v128.load(at, 64);
    const c = v128.load(at, 128);
    const d = v128.load(at, 192);
    const ac = lower(a, c);
    const acUpper = upper(a, c);
    const bd = lower(b, d);
    const bdUpper = upper(b, d);
    v128.store(at, lower(ac, bd));
    v128.store(at, upper(ac, bd), 64);
    v128.store(at, lower(acUpper, bdUpper), 128);
    v128.store(at, upper(acUpper, bdUpper), 192);
  }
}
