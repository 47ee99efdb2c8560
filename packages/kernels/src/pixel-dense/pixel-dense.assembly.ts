/**
 * A dense layer on the bytes of images (`pixel-dense.ts`) in vectors. Forward and the gradient of the weights are one sum: a table has a row of
 * numbers for each place of a row of bytes, and
 *
 *   out[o, r] = start[o] + Σ_j table[j, o] · x̂[r, j]
 *
 * goes over the places j in order. Forward, rows r are images, places are pixels and the table is the weights transposed; in the gradient rows
 * are pixels, places are images, and the table has the gradients of the outputs. Neighboring outputs are neighboring lanes, so a place has one
 * factor, and where the byte is background it is left out: the others of a row are listed.
 *
 * **The same bits.** Where most places would be listed, all are taken instead, which then is faster. A product with x̂ = 0 is a zero, and a
 * zero changes a sum only if that is −0. No sum here begins with −0, and none becomes it: two numbers add up to −0 only if both are.
 */
import { fma, loadUpTo4, splat, storeUpTo4 } from '../assembly/vector.assembly';
import { transposeTile } from '../normalize/normalize.assembly';
import { column, storeSixteen } from './pixel-columns.assembly';
import { blockRow, wideBlock } from './product-table.assembly';

/** Rows of bytes that are taken at a time. */
const group: usize = 16;

@unmanaged
export class PixelProductArguments {
  /** A row of bytes after the other, `length` in each; with `columns`, room for sixteen rows. */
  x: usize;
  xRow: usize;
  rows: usize;
  length: usize;
  background: usize;
  scale: f32;
  /** What each of the 256 bytes is beyond background. */
  values: usize;
  table: usize;
  /** `[outputs]`, with room for whole blocks. */
  start: usize;
  /** `[outputs, rows]` */
  out: usize;
  outRow: usize;
  /** What is added to the sums, as `out`; 0 for nothing. */
  before: usize;
  outputs: usize;
  /** For each eight bits, the places of those that are set: eight numbers of sixteen bits. */
  positions: usize;
  /** Sixteen bits for each place, and sixteen bytes more. */
  indices: usize;
  /** Eight bytes for each place of sixteen rows. */
  lists: usize;
  /** Where the lists of sixteen rows end. */
  ends: usize;
  /** 16 × 32 numbers. */
  sums: usize;
  /** Where the bytes lie in another order, `[length, rows]`; 0: they lie in `x`. */
  columns: usize;
  columnsRow: usize;
  /** Then more bytes of sixteen rows than these are not listed: all places are taken. */
  mostListed: usize;
  /** For that, sixteen numbers for each place; before, a transposed tile of 16 × 16 bytes. */
  tile: usize;
}

/** The sums of all rows, sixteen rows at a time. */
export function pixelProduct(args: PixelProductArguments): void {
  const rows = args.rows;
  const length = args.length;
  const xRow = args.xRow;
  const isTurned = args.columns != 0;
  for (let r: usize = 0; r < rows; r += group) {
    const count = min(group, rows - r);
    let x = args.x + r * xRow;
    if (isTurned) {
      if (foregroundOfColumns(args, r, count) > args.mostListed) {
        sumAll(args, r, count);
        continue;
      }
      turn(args, r, count);
      x = args.x;
    }
    let list = args.lists;
    for (let k: usize = 0; k < count; k++, x += xRow, list += length << 3) {
      store<u32>(args.ends + (k << 2), listOf(args, x, list));
    }
    sumLists(args, r, count);
  }
}

/** How many bytes of up to sixteen rows are other than background. */
function foregroundOfColumns(args: PixelProductArguments, r: usize, count: usize): usize {
  const backgrounds = i8x16.splat(<i8>args.background);
  const mask = ((<usize>1) << count) - 1;
  const columnsRow = args.columnsRow;
  let listed: usize = 0;
  let at = args.columns + r;
  // Bytes beyond the last row are others, and are masked.
  for (const end = at + args.length * columnsRow; at != end; at += columnsRow) {
    listed += popcnt(<usize>i8x16.bitmask(i8x16.ne(v128.load(at), backgrounds)) & mask);
  }
  return listed;
}

/** Copies up to sixteen rows to where they lie one after another. */
function turn(args: PixelProductArguments, r: usize, count: usize): void {
  const length = args.length;
  const columnsRow = args.columnsRow;
  const tile = args.tile;
  const xRow = args.xRow;
  const x = args.x;
  let from = args.columns + r;
  let j: usize = 0;
  for (; j + 16 <= length; j += 16, from += columnsRow << 4) {
    transposeTile(from, columnsRow, tile);
    for (let k: usize = 0; k < count; k++) v128.store(x + k * xRow + j, column(tile, k));
  }
  for (; j < length; j++, from += columnsRow) {
    for (let k: usize = 0; k < count; k++) store<u8>(x + k * xRow + j, load<u8>(from + k));
  }
}

/** How many bytes are other than background. */
export function foreground(x: usize, length: usize, background: usize): usize {
  const backgrounds = i8x16.splat(<i8>background);
  let count: usize = 0;
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    count += popcnt(<usize>i8x16.bitmask(i8x16.ne(v128.load(x + at), backgrounds)));
  }
  for (; at < length; at++) count += <usize>load<u8>(x + at) != background ? 1 : 0;
  return count;
}

/**
 * Lists the places of a row whose byte is other than background: 64 times the place, and x̂.
 *
 * @returns the end of the list
 */
function listOf(args: PixelProductArguments, x: usize, list: usize): usize {
  const length = args.length;
  const background = args.background;
  const positions = args.positions;
  const indices = args.indices;
  const values = args.values;
  const backgrounds = i8x16.splat(<i8>background);
  const eight = i16x8.splat(8);
  let base = i16x8.splat(0);
  let to = indices;
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    const mask = <usize>i8x16.bitmask(i8x16.ne(v128.load(x + at), backgrounds));
    const low = mask & 255;
    const high = mask >> 8;
    // Eight are written, whose first ones count.
    v128.store(to, i16x8.add(v128.load(positions + (low << 4)), base));
    to += popcnt(low) << 1;
    base = i16x8.add(base, eight);
    v128.store(to, i16x8.add(v128.load(positions + (high << 4)), base));
    to += popcnt(high) << 1;
    base = i16x8.add(base, eight);
  }
  for (; at < length; at++) {
    store<u16>(to, <u16>at);
    to += <usize>load<u8>(x + at) != background ? 2 : 0;
  }
  for (let from = indices; from != to; from += 2, list += 8) {
    const place = <usize>load<u16>(from);
    store<u32>(list, place << 6);
    store<f32>(list, load<f32>(values + ((<usize>load<u8>(x + place)) << 2)), 4);
  }
  return list;
}

/** Up to sixteen rows by their lists. */
function sumLists(args: PixelProductArguments, r: usize, count: usize): void {
  const outputs = args.outputs;
  const ends = args.ends;
  const sums = args.sums;
  const capacity = args.length << 3;
  let table = args.table;
  for (let block: usize = 0; block < outputs; block += wideBlock) {
    const row = blockRow(block, outputs);
    const start = args.start + (block << 2);
    let list = args.lists;
    let to = sums;
    for (let k: usize = 0; k < count; k++, list += capacity, to += row) {
      const end = <usize>load<u32>(ends + (k << 2));
      if (row == wideBlock << 2) sumWide(list, end, table, start, to);
      else sumNarrow(list, end, table, start, to);
    }
    storeBlock(args, block, r, count, row);
    table += args.length * row;
  }
}

@inline
function sumWide(at: usize, end: usize, table: usize, start: usize, to: usize): void {
  let a = v128.load(start);
  let b = v128.load(start, 16);
  let c = v128.load(start, 32);
  let d = v128.load(start, 48);
  let e = v128.load(start, 64);
  let f = v128.load(start, 80);
  let g = v128.load(start, 96);
  let h = v128.load(start, 112);
  for (; at != end; at += 8) {
    const from = table + (<usize>load<u32>(at) << 1);
    const t = v128.load32_splat(at, 4);
    a = fma(v128.load(from), t, a);
    b = fma(v128.load(from, 16), t, b);
    c = fma(v128.load(from, 32), t, c);
    d = fma(v128.load(from, 48), t, d);
    e = fma(v128.load(from, 64), t, e);
    f = fma(v128.load(from, 80), t, f);
    g = fma(v128.load(from, 96), t, g);
    h = fma(v128.load(from, 112), t, h);
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
}

@inline
function sumNarrow(at: usize, end: usize, table: usize, start: usize, to: usize): void {
  let a = v128.load(start);
  let b = v128.load(start, 16);
  let c = v128.load(start, 32);
  let d = v128.load(start, 48);
  for (; at != end; at += 8) {
    const from = table + <usize>load<u32>(at);
    const t = v128.load32_splat(at, 4);
    a = fma(v128.load(from), t, a);
    b = fma(v128.load(from, 16), t, b);
    c = fma(v128.load(from, 32), t, c);
    d = fma(v128.load(from, 48), t, d);
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}

/** Stores the sums of a block, `[row, output]` in rows of `row` bytes, four by four. */
function storeBlock(args: PixelProductArguments, block: usize, r: usize, count: usize, row: usize): void {
  const outputs = min(args.outputs - block, row >> 2);
  const outRow = args.outRow;
  const first = block * outRow + (r << 2);
  const isPlain = args.before == 0;
  for (let o: usize = 0; o < outputs; o += 4) {
    const left = outputs - o;
    for (let k: usize = 0; k < count; k += 4) {
      const from = args.sums + k * row + (o << 2);
      const a = v128.load(from);
      const b = v128.load(from + row);
      const c = v128.load(from + 2 * row);
      const d = v128.load(from + 3 * row);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const e = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
      const f = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
      const g = v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5);
      const h = v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7);
      const lanes = min<usize>(4, count - k);
      let at = first + o * outRow + (k << 2);
      if (isPlain && left >= 4 && lanes == 4) {
        at += args.out;
        v128.store(at, e);
        v128.store(at + outRow, f);
        v128.store(at + 2 * outRow, g);
        v128.store(at + 3 * outRow, h);
        continue;
      }
      storeSum(args, at, e, lanes);
      if (left < 2) continue;
      at += outRow;
      storeSum(args, at, f, lanes);
      if (left < 3) continue;
      at += outRow;
      storeSum(args, at, g, lanes);
      if (left < 4) continue;
      at += outRow;
      storeSum(args, at, h, lanes);
    }
  }
}

/** Stores up to four sums, added to what there is before, at a distance from the beginning of both. */
@inline
function storeSum(args: PixelProductArguments, at: usize, sum: v128, lanes: usize): void {
  const before = args.before;
  if (before != 0) sum = f32x4.add(loadUpTo4(before + at, lanes), sum);
  storeUpTo4(args.out + at, sum, lanes);
}

/** Up to sixteen rows at all places: two outputs by sixteen rows at a time. */
function sumAll(args: PixelProductArguments, r: usize, count: usize): void {
  const length = args.length;
  const outputs = args.outputs;
  const tile = args.tile;
  const sums = args.sums;
  const end = tile + (length << 6);
  let bytes = args.columns + r;
  // Bytes beyond the last row are others, in lanes that nobody reads.
  for (let at = tile; at != end; at += 64, bytes += args.columnsRow) {
    storeSixteen(v128.load(bytes), args.background, args.scale, at);
  }
  for (let o: usize = 0; o < outputs; o += 2) {
    const pair: usize = o + 1 < outputs ? 4 : 0;
    const row = blockRow(o, outputs);
    let from = args.table + (o & ~(wideBlock - 1)) * (length << 2) + ((o & (wideBlock - 1)) << 2);
    const start = args.start + (o << 2);
    let a0 = v128.load32_splat(start);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = v128.load32_splat(start + pair);
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    let at = tile;
    do {
      const u = v128.load32_splat(from);
      const v = v128.load32_splat(from + pair);
      let t = v128.load(at);
      a0 = fma(t, u, a0);
      b0 = fma(t, v, b0);
      t = v128.load(at, 16);
      a1 = fma(t, u, a1);
      b1 = fma(t, v, b1);
      t = v128.load(at, 32);
      a2 = fma(t, u, a2);
      b2 = fma(t, v, b2);
      t = v128.load(at, 48);
      a3 = fma(t, u, a3);
      b3 = fma(t, v, b3);
      from += row;
      at += 64;
    } while (at != end);
    v128.store(sums, a0);
    v128.store(sums, a1, 16);
    v128.store(sums, a2, 32);
    v128.store(sums, a3, 48);
    v128.store(sums, b0, 64);
    v128.store(sums, b1, 80);
    v128.store(sums, b2, 96);
    v128.store(sums, b3, 112);
    const to = o * args.outRow + (r << 2);
    for (let k: usize = 0; k < count; k += 4) {
      const lanes = min<usize>(4, count - k);
      storeSum(args, to + (k << 2), v128.load(sums + (k << 2)), lanes);
      if (pair != 0) storeSum(args, to + args.outRow + (k << 2), v128.load(sums + (k << 2), 64), lanes);
    }
  }
}
