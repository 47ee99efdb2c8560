/**
 * The list that the weight gradient of `pooled-conv2d.assembly.ts` runs over: for each channel, where the maxima of its windows
 * have read in x, and the gradients that came back to them. Windows that ReLU has closed are left out: about a third of them in
 * networks as they are trained, and one in two where a network has learned.
 *
 * An *entry* is an address, u32, and a gradient, f32, side by side: windows in reading order, the images of each in theirs.
 */
import { choose, splat } from '../assembly/vector.assembly';

/** Bytes of an entry. */
export const entryBytes: usize = 8;

@unmanaged
export class MaximumList {
  /** The convolution's output, `[zHeight, zWidth, channels, batch]`. */
  z: usize;
  /** `[outHeight, outWidth, channels, batch]` */
  y: usize;
  dy: usize;
  /** The address of each image's x, u32. */
  images: usize;
  /** Written: the entries of each channel, `listBytes` each, for one band of windows. */
  entries: usize;
  listBytes: usize;
  /** Written: the end of each channel's entries, u32. */
  ends: usize;
  /** Written, like y: dy, or zero where ReLU let nothing through. */
  gradients: usize;
  /** 1: with ReLU, which closes windows that have nothing above zero; 0: without. */
  rectified: usize;
  batchStride: usize;
  zWidth: usize;
  channels: usize;
  outHeight: usize;
  outWidth: usize;
  windowHeight: usize;
  windowWidth: usize;
  strideHeight: usize;
  strideWidth: usize;
  /** Bytes in x between what neighboring rows of z read. */
  row: usize;
  /** Bytes in x between what neighboring columns of z read. */
  column: usize;
}

/** Lists the windows of the rows `first` to `last − 1`. */
export function listMaxima(list: MaximumList, first: usize, last: usize): void {
  const batchStride = list.batchStride;
  const channels = list.channels;
  const outWidth = list.outWidth;
  const pixel = channels * batchStride;
  const zRow = list.zWidth * pixel;
  const ends = list.ends;
  for (let o: usize = 0; o < channels; o++) store<u32>(ends + (o << 2), <u32>(list.entries + o * list.listBytes));
  const twoByTwo = list.windowHeight == 2 && list.windowWidth == 2;
  let windows = first * outWidth * pixel;
  for (let i = first; i < last; i++) {
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = list.z + i * list.strideHeight * zRow + j * list.strideWidth * pixel;
      const from = i * list.strideHeight * list.row + j * list.strideWidth * list.column;
      if (twoByTwo) listPixel(list, corner, corner + zRow, pixel, from, windows);
      else listWindow(list, corner, zRow, pixel, from, windows);
      windows += pixel;
    }
  }
}

/** The windows of 2×2 of all channels and images at one place; `below` is the second row of the window's corner. */
function listPixel(list: MaximumList, corner: usize, below: usize, pixel: usize, from: usize, window: usize): void {
  const y = list.y + window;
  const dy = list.dy + window;
  const gradients = list.gradients + window;
  const images = list.images;
  const batchStride = list.batchStride;
  const anyway = i32x4.splat(list.rectified != 0 ? 0 : -1);
  const first = i32x4.splat(<i32>from);
  const right = i32x4.splat(<i32>(from + list.column));
  const under = i32x4.splat(<i32>(from + list.row));
  const across = i32x4.splat(<i32>(from + list.row + list.column));
  let end = list.ends;
  for (let k: usize = 0; k < pixel; k += batchStride) {
    let to = <usize>load<u32>(end);
    for (let image: usize = 0; image < batchStride; image += 16) {
      const at = k + image;
      const largest = v128.load(y + at);
      const a = f32x4.eq(v128.load(corner + at), largest);
      const b = f32x4.eq(v128.load(corner + at + pixel), largest);
      const c = f32x4.eq(v128.load(below + at), largest);
      const d = f32x4.eq(v128.load(below + at + pixel), largest);
      const offset = choose(a, first, choose(b, right, choose(c, under, across)));
      const found = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), v128.or(f32x4.gt(largest, splat(0)), anyway));
      const gradient = v128.and(found, v128.load(dy + at));
      v128.store(gradients + at, gradient);
      to = append(to, i32x4.add(offset, v128.load(images + image)), gradient);
    }
    store<u32>(end, <u32>to);
    end += 4;
  }
}

/** The same for windows of any size. */
function listWindow(list: MaximumList, corner: usize, zRow: usize, pixel: usize, from: usize, window: usize): void {
  const y = list.y + window;
  const dy = list.dy + window;
  const gradients = list.gradients + window;
  const images = list.images;
  const batchStride = list.batchStride;
  const anyway = i32x4.splat(list.rectified != 0 ? 0 : -1);
  const windowHeight = list.windowHeight;
  const windowWidth = list.windowWidth;
  let end = list.ends;
  for (let k: usize = 0; k < pixel; k += batchStride) {
    let to = <usize>load<u32>(end);
    for (let image: usize = 0; image < batchStride; image += 16) {
      const at = k + image;
      const largest = v128.load(y + at);
      let open = v128.or(f32x4.gt(largest, splat(0)), anyway);
      let found = splat(0);
      let offset = splat(0);
      for (let p: usize = 0; p < windowHeight; p++) {
        for (let q: usize = 0; q < windowWidth; q++) {
          const value = v128.load(corner + p * zRow + q * pixel + at);
          const here = v128.and(open, f32x4.eq(value, largest));
          offset = choose(here, i32x4.splat(<i32>(from + p * list.row + q * list.column)), offset);
          found = v128.or(found, here);
          open = v128.andnot(open, here);
        }
      }
      const gradient = v128.and(found, v128.load(dy + at));
      v128.store(gradients + at, gradient);
      to = append(to, i32x4.add(offset, v128.load(images + image)), gradient);
    }
    store<u32>(end, <u32>to);
    end += 4;
  }
}

/** Appends the entries of four images whose gradients are not zero. @returns the new end; up to one entry behind it is written */
@inline
function append(to: usize, addresses: v128, gradients: v128): usize {
  const open = i32x4.bitmask(f32x4.ne(gradients, splat(0)));
  const low = v128.shuffle<i32>(addresses, gradients, 0, 4, 1, 5);
  const high = v128.shuffle<i32>(addresses, gradients, 2, 6, 3, 7);
  v128.store64_lane(to, low, 0);
  to += (open & 1) << 3;
  v128.store64_lane(to, low, 1);
  to += (open & 2) << 2;
  v128.store64_lane(to, high, 0);
  to += (open & 4) << 1;
  v128.store64_lane(to, high, 1);
  return to + (open & 8);
}
