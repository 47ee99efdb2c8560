/**
 * The weight gradient of a convolution with ReLU and max pooling after it, in vectors; `pooled-conv2d.ts` has the formulas.
 *
 *   dWeight[o, c, p, q] = Σ_{windows w, images n} dy[w, o, n] · x[argmax(w, o, n) + (p, q), c, n]      where y[w, o, n] > 0
 *
 * The position of a maximum differs from image to image, so here a vector holds four neighboring taps of one image, and not
 * one entry of four images: x comes image by image, `[batch, height, width, channels]`. The sum runs over a list of the windows
 * that ReLU let through (`maximum-list.assembly.ts`), a *band* of rows of windows at a time, and tile by tile: under one row of
 * the kernel every channel passes over the same part of x, which is little more than the first cache.
 *
 * Layout: z is `[outHeight, outWidth, channels, batch]` of the convolution, y and dy are that of the pooling.
 */
import { fma } from '../assembly/vector.assembly';
import { gatherNumbers } from '../conv2d/layout.assembly';
import { entryBytes, listMaxima, MaximumList } from './maximum-list.assembly';

/**
 * Kinds of tiles: 16, 24, 32 or 48 numbers of a row, four in each of up to five rows, all of a 5×5 kernel on one channel. Those of 32 and 48
 * are for engines that make a wide vector of two.
 */
const tileOf16: u32 = 0;
const tileOf24: u32 = 1;
const tileOfRows: u32 = 2;
const tileOf32: u32 = 4;
const tileOf48: u32 = 5;

@unmanaged
export class PooledWeightGradArguments {
  list: MaximumList;
  /** Rows of windows in a band. */
  bandRows: usize;
  /** `[channels, taps]` */
  dWeight: usize;
  taps: usize;
  /** Kind, rows, bytes behind the corner in x and bytes into the sums of each tile, u32. */
  tiles: usize;
  tileCount: usize;
  /** The sums of all tiles, `sumsBytes` for each channel. */
  sums: usize;
  sumsBytes: usize;
  /** For each weight of a channel the bytes into the sums, u32. */
  order: usize;
  /** Bytes between two rows of x. */
  row: usize;
  /** For 5×5 on one channel what an address · 4 is added to for the same place in `columns`. */
  columns: usize;
}

/**
 * dWeight from the list. A tile takes 16 or 24 numbers under a row of the kernel, or four in each of five rows where a row is
 * short, over all windows and images. It is small because the engine loads all that a loop's body needs before it computes:
 * larger tiles run out of registers. What a tile reads beyond its row goes into sums that are discarded.
 */
export function pooledWeightGrad(args: PooledWeightGradArguments): void {
  const list = args.list;
  const channels = list.channels;
  const row = args.row;
  const tilesEnd = args.tiles + (args.tileCount << 4);
  memory.fill(args.sums, 0, channels * args.sumsBytes);
  for (let first: usize = 0; first < list.outHeight; first += args.bandRows) {
    listMaxima(list, first, min(list.outHeight, first + args.bandRows));
    for (let tile = args.tiles; tile != tilesEnd; tile += 16) {
      const kind = load<u32>(tile);
      const shift = <usize>load<u32>(tile, 8);
      let sums = args.sums + load<u32>(tile, 12);
      for (let o: usize = 0; o < channels; o++, sums += args.sumsBytes) {
        const from = list.entries + o * list.listBytes;
        const end = <usize>load<u32>(list.ends + (o << 2));
        if (from == end) continue;
        if (kind == tileOf16) sum16(from, end, sums, shift);
        else if (kind == tileOf24) sum24(from, end, sums, shift);
        else if (kind == tileOf32) sum32(from, end, sums, shift);
        else if (kind == tileOf48) sum48(from, end, sums, shift);
        else if (kind == tileOfRows) sumRows(from, end, sums, shift, row, load<u32>(tile, 4));
        else sumSquare(from, end, sums, args.columns, 4 * row);
      }
    }
  }
  for (let o: usize = 0; o < channels; o++) {
    gatherNumbers(args.sums + o * args.sumsBytes, args.order, args.dWeight + o * (args.taps << 2), args.taps);
  }
}

/** Sixteen neighboring numbers from `shift` bytes behind the corner on. */
function sum16(entry: usize, end: usize, sums: usize, shift: usize): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  do {
    const at = <usize>load<u32>(entry) + shift;
    const e = v128.load32_splat(entry, 4);
    a0 = fma(v128.load(at), e, a0);
    a1 = fma(v128.load(at, 16), e, a1);
    a2 = fma(v128.load(at, 32), e, a2);
    a3 = fma(v128.load(at, 48), e, a3);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
}

/** Twenty-four of them. */
function sum24(entry: usize, end: usize, sums: usize, shift: usize): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  let a5 = v128.load(sums, 80);
  do {
    const at = <usize>load<u32>(entry) + shift;
    const e = v128.load32_splat(entry, 4);
    a0 = fma(v128.load(at), e, a0);
    a1 = fma(v128.load(at, 16), e, a1);
    a2 = fma(v128.load(at, 32), e, a2);
    a3 = fma(v128.load(at, 48), e, a3);
    a4 = fma(v128.load(at, 64), e, a4);
    a5 = fma(v128.load(at, 80), e, a5);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, a4, 64);
  v128.store(sums, a5, 80);
}

/** Thirty-two of them, in more registers than narrow vectors leave. */
function sum32(entry: usize, end: usize, sums: usize, shift: usize): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  let a5 = v128.load(sums, 80);
  let a6 = v128.load(sums, 96);
  let a7 = v128.load(sums, 112);
  do {
    const at = <usize>load<u32>(entry) + shift;
    const e = v128.load32_splat(entry, 4);
    a0 = fma(v128.load(at), e, a0);
    a1 = fma(v128.load(at, 16), e, a1);
    a2 = fma(v128.load(at, 32), e, a2);
    a3 = fma(v128.load(at, 48), e, a3);
    a4 = fma(v128.load(at, 64), e, a4);
    a5 = fma(v128.load(at, 80), e, a5);
    a6 = fma(v128.load(at, 96), e, a6);
    a7 = fma(v128.load(at, 112), e, a7);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, a4, 64);
  v128.store(sums, a5, 80);
  v128.store(sums, a6, 96);
  v128.store(sums, a7, 112);
}

/** Forty-eight of them. */
function sum48(entry: usize, end: usize, sums: usize, shift: usize): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  let a5 = v128.load(sums, 80);
  let a6 = v128.load(sums, 96);
  let a7 = v128.load(sums, 112);
  let a8 = v128.load(sums, 128);
  let a9 = v128.load(sums, 144);
  let a10 = v128.load(sums, 160);
  let a11 = v128.load(sums, 176);
  do {
    const at = <usize>load<u32>(entry) + shift;
    const e = v128.load32_splat(entry, 4);
    a0 = fma(v128.load(at), e, a0);
    a1 = fma(v128.load(at, 16), e, a1);
    a2 = fma(v128.load(at, 32), e, a2);
    a3 = fma(v128.load(at, 48), e, a3);
    a4 = fma(v128.load(at, 64), e, a4);
    a5 = fma(v128.load(at, 80), e, a5);
    a6 = fma(v128.load(at, 96), e, a6);
    a7 = fma(v128.load(at, 112), e, a7);
    a8 = fma(v128.load(at, 128), e, a8);
    a9 = fma(v128.load(at, 144), e, a9);
    a10 = fma(v128.load(at, 160), e, a10);
    a11 = fma(v128.load(at, 176), e, a11);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, a4, 64);
  v128.store(sums, a5, 80);
  v128.store(sums, a6, 96);
  v128.store(sums, a7, 112);
  v128.store(sums, a8, 128);
  v128.store(sums, a9, 144);
  v128.store(sums, a10, 160);
  v128.store(sums, a11, 176);
}

/**
 * The 25 taps of a 5×5 kernel on one channel, where most networks begin, in seven vectors: four rows of each of the five columns,
 * which `columns` has side by side, and the last row. Three numbers behind it have sums that are discarded.
 */
function sumSquare(entry: usize, end: usize, sums: usize, columns: usize, lastRow: usize): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  let last = v128.load(sums, 80);
  let corner = v128.load(sums, 96);
  do {
    const at = <usize>load<u32>(entry);
    const e = v128.load32_splat(entry, 4);
    const column = columns + (at << 2);
    a0 = fma(v128.load(column), e, a0);
    a1 = fma(v128.load(column, 16), e, a1);
    a2 = fma(v128.load(column, 32), e, a2);
    a3 = fma(v128.load(column, 48), e, a3);
    a4 = fma(v128.load(column, 64), e, a4);
    last = fma(v128.load(at + lastRow), e, last);
    corner = fma(v128.load(at + lastRow, 16), e, corner);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, a4, 64);
  v128.store(sums, last, 80);
  v128.store(sums, corner, 96);
}

/** Four neighboring numbers in each of up to five rows; rows beyond the last repeat it. */
function sumRows(entry: usize, end: usize, sums: usize, shift: usize, row: usize, rows: usize): void {
  const row1 = min<usize>(1, rows - 1) * row;
  const row2 = min<usize>(2, rows - 1) * row;
  const row3 = min<usize>(3, rows - 1) * row;
  const row4 = min<usize>(4, rows - 1) * row;
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  do {
    const at = <usize>load<u32>(entry) + shift;
    const e = v128.load32_splat(entry, 4);
    a0 = fma(v128.load(at), e, a0);
    a1 = fma(v128.load(at + row1), e, a1);
    a2 = fma(v128.load(at + row2), e, a2);
    a3 = fma(v128.load(at + row3), e, a3);
    a4 = fma(v128.load(at + row4), e, a4);
    entry += entryBytes;
  } while (entry != end);
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, a4, 64);
}

/**
 * x column by column for {@link sumSquare}: `[batch, height − 3, width, 4 rows]`, four neighboring rows of every place side by side.
 *
 * @param from `[height, width, batch]`
 * @param imageBytes between the copies of two images
 */
export function columnsOfFour(from: usize, to: usize, batchStride: usize, rows: usize, width: usize, imageBytes: usize): void {
  const row = width * batchStride;
  for (let place: usize = 0; place < (rows - 3) * width; place++) {
    for (let n: usize = 0; n < batchStride; n += 16) {
      const at = from + place * batchStride + n;
      const a = v128.load(at);
      const b = v128.load(at + row);
      const c = v128.load(at + 2 * row);
      const d = v128.load(at + 3 * row);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      let target = to + (n >> 2) * imageBytes + (place << 4);
      v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      target += imageBytes;
      v128.store(target, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      target += imageBytes;
      v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
      target += imageBytes;
      v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    }
  }
}
