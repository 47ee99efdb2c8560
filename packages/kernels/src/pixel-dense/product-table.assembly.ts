/** The table of a dense layer on pixels (`pixel-dense.assembly.ts`), and what its sums begin with. */
import { fma, loadPart, loadUpTo4, splat } from '../assembly/vector.assembly';

/** Numbers in a row of a block of the table: so many outputs are summed at a time. */
export const wideBlock: usize = 32;
/** Those of the last block, where no more outputs are left. */
export const narrowBlock: usize = 16;

/** Bytes of a row of the block that output `o` is in. */
@inline
export function blockRow(o: usize, outputs: usize): usize {
  return outputs - (o & ~(wideBlock - 1)) > narrowBlock ? wideBlock << 2 : narrowBlock << 2;
}

@unmanaged
export class ProductTableArguments {
  /** `[part, outputs, places]`: weights, or gradients of the outputs. */
  from: usize;
  /** Bytes from one output to the next. */
  fromRow: usize;
  /** Bytes from one part to the next. */
  fromPart: usize;
  parts: usize;
  /** Places of one part. */
  places: usize;
  outputs: usize;
  /** `[block, part, places, 32]`, the last block 16 wide where that is enough. */
  table: usize;
  /** `[outputs]`: the sum of each over all places; with room for whole blocks. */
  sums: usize;
}

/** Transposes to a table, four by four, and sums on the way. */
export function productTable(args: ProductTableArguments): void {
  const fromRow = args.fromRow;
  const places = args.places;
  const outputs = args.outputs;
  const sums = args.sums;
  for (let o: usize = 0; o < outputs; o += 4) v128.store(sums + (o << 2), splat(0));
  let table = args.table;
  for (let block: usize = 0; block < outputs; block += wideBlock) {
    const row = blockRow(block, outputs);
    const blockEnd = min(block + wideBlock, outputs);
    for (let part: usize = 0; part < args.parts; part++) {
      const from = args.from + part * args.fromPart;
      for (let j: usize = 0; j < places; j += 16) {
        const stop = min(j + 16, places);
        for (let o = block; o < blockEnd; o += 4) {
          // Outputs beyond the last repeat it, in lanes that nobody reads.
          const last = min<usize>(4, outputs - o) - 1;
          const a = from + o * fromRow;
          const b = a + min<usize>(1, last) * fromRow;
          const c = a + min<usize>(2, last) * fromRow;
          const d = a + last * fromRow;
          let to = table + j * row + ((o - block) << 2);
          let sum = v128.load(sums + (o << 2));
          let k = j;
          for (; k + 4 <= stop; k += 4) {
            const at = k << 2;
            const p = v128.load(a + at);
            const q = v128.load(b + at);
            const r = v128.load(c + at);
            const s = v128.load(d + at);
            const pq = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
            const rs = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
            const pqHigh = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
            const rsHigh = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
            const first = v128.shuffle<f32>(pq, rs, 0, 1, 4, 5);
            const second = v128.shuffle<f32>(pq, rs, 2, 3, 6, 7);
            const third = v128.shuffle<f32>(pqHigh, rsHigh, 0, 1, 4, 5);
            const fourth = v128.shuffle<f32>(pqHigh, rsHigh, 2, 3, 6, 7);
            v128.store(to, first);
            v128.store(to + row, second);
            to += row << 1;
            v128.store(to, third);
            v128.store(to + row, fourth);
            to += row << 1;
            sum = f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, first), second), third), fourth);
          }
          for (; k < stop; k++, to += row) {
            const at = k << 2;
            let four = v128.load32_zero(a + at);
            four = v128.load_lane<f32>(b + at, four, 1);
            four = v128.load_lane<f32>(c + at, four, 2);
            four = v128.load_lane<f32>(d + at, four, 3);
            v128.store(to, four);
            sum = f32x4.add(sum, four);
          }
          v128.store(sums + (o << 2), sum);
        }
      }
      table += places * row;
    }
  }
}

/** sums[o] = Σ_i weight[o, i]: four sums of every fourth, added up. */
export function weightSums(weight: usize, sums: usize, inputs: usize, outputs: usize): void {
  const row = inputs << 2;
  const whole = row & ~31;
  for (let o: usize = 0; o < outputs; o++, weight += row, sums += 4) {
    let a = splat(0);
    let b = a;
    for (let at: usize = 0; at < whole; at += 32) {
      a = f32x4.add(a, v128.load(weight + at));
      b = f32x4.add(b, v128.load(weight + at, 16));
    }
    a = f32x4.add(a, b);
    for (let at = whole; at < row; at += 16) {
      a = f32x4.add(a, at + 16 <= row ? v128.load(weight + at) : loadPart(weight + at, (row - at) >> 2));
    }
    const halves = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
    store<f32>(sums, f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1));
  }
}

/** start[o] = bias[o] + factor · sums[o]; without a bias where its address is 0. */
export function productStarts(sums: usize, factor: f32, bias: usize, start: usize, outputs: usize): void {
  const factors = splat(factor);
  for (let o: usize = 0; o < outputs; o += 4) {
    const at = o << 2;
    const count = min<usize>(4, outputs - o);
    const before = bias == 0 ? splat(0) : loadUpTo4(bias + at, count);
    // −0 becomes 0.
    v128.store(start + at, f32x4.add(fma(v128.load(sums + at), factors, before), splat(0)));
  }
}
