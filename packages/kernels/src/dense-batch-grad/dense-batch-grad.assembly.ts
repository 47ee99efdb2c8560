/**
 * The gradient of dense weights over a whole batch (`dense-batch-grad.ts`) in vectors. Neighboring weights are neighboring lanes, so
 * nothing is summed across lanes, and a sum goes over the images in order.
 */
import { fma, splat, zeros } from '../assembly/vector.assembly';

/** x `[inFeatures, images]` in tiles of sixteen inputs, each `[images, 16]`, four by four; zeros beyond the last input. */
export function denseTiles(x: usize, xTiles: usize, images: usize, inFeatures: usize): void {
  const row = images << 2;
  for (let i: usize = 0; i < inFeatures; i += 4) {
    const to = xTiles + (i >> 4) * (images << 6) + ((i & 15) << 2);
    const from = x + i * row;
    let n: usize = 0;
    if (i + 4 <= inFeatures) {
      for (; n + 4 <= images; n += 4) {
        const at = from + (n << 2);
        const a = v128.load(at);
        const b = v128.load(at + row);
        const c = v128.load(at + 2 * row);
        const d = v128.load(at + 3 * row);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        const target = to + (n << 6);
        v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
        v128.store(target, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 64);
        v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 128);
        v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 192);
      }
    }
    for (; n < images; n++) {
      for (let k: usize = 0; k < 4; k++) {
        const value = i + k < inFeatures ? load<f32>(from + k * row + (n << 2)) : 0;
        store<f32>(to + (n << 6) + (k << 2), value);
      }
    }
  }
  // The rest of the last tile.
  for (let i: usize = (inFeatures + 3) & ~3; (i & 15) != 0; i += 4) {
    let to = xTiles + (i >> 4) * (images << 6) + ((i & 15) << 2);
    for (let n: usize = 0; n < images; n++, to += 64) v128.store(to, splat(0));
  }
}

/** dBias[o] = Σ_n dy[o, n] */
export function denseBiasGrad(dy: usize, dBias: usize, images: usize, outFeatures: usize): void {
  for (let o: usize = 0; o < outFeatures; o++) {
    let sum: f32 = 0;
    for (const end = dy + (images << 2); dy != end; dy += 4) sum += load<f32>(dy);
    store<f32>(dBias + (o << 2), sum);
  }
}

@unmanaged
export class DenseBatchWeightGradArguments {
  /** `[micro-batch, tile, image, 16]` */
  xTiles: usize;
  /** Bytes of one micro-batch. */
  xMicroBatch: usize;
  /** `[micro-batch, output, image]`, from the first output that is wanted. */
  dy: usize;
  /** Bytes of one micro-batch. */
  dyMicroBatch: usize;
  /** What the sums go on from, as `dWeight`; 0 for sums that begin. */
  before: usize;
  /** `[rows, inFeatures]` */
  dWeight: usize;
  images: usize;
  microBatches: usize;
  inFeatures: usize;
  /** The outputs that are wanted. */
  rows: usize;
  /** Two times sixteen numbers. */
  scratch: usize;
}

/** Two outputs by sixteen inputs at a time; a tile of all images stays in the first cache while every output passes over it. */
export function denseBatchWeightGrad(args: DenseBatchWeightGradArguments): void {
  const xMicroBatch = args.xMicroBatch;
  const dyMicroBatch = args.dyMicroBatch;
  const before = args.before;
  const dWeight = args.dWeight;
  const imageBytes = args.images << 2;
  const microBatches = args.microBatches;
  const inFeatures = args.inFeatures;
  const rows = args.rows;
  const scratch = args.scratch;
  let tile = args.xTiles;
  for (let i: usize = 0; i < inFeatures; i += 16, tile += imageBytes << 4) {
    const width = min(16, inFeatures - i);
    for (let o: usize = 0; o < rows; o += 2) {
      const paired = o + 1 < rows;
      const pair = paired ? imageBytes : 0;
      const at = (o * inFeatures + i) << 2;
      const next = paired ? inFeatures << 2 : 0;
      // Sums that begin do so from zeros in memory: constants would leave a pair of sums narrow (`zeros`).
      let fromA = zeros;
      let fromB = zeros;
      if (before != 0) {
        fromA = before + at;
        fromB = fromA + next;
        if (width < 16) {
          memory.copy(scratch, fromA, width << 2);
          memory.copy(scratch + 64, fromB, width << 2);
          fromA = scratch;
          fromB = scratch + 64;
        }
      }
      let a0 = v128.load(fromA);
      let a1 = v128.load(fromA, 16);
      let a2 = v128.load(fromA, 32);
      let a3 = v128.load(fromA, 48);
      let b0 = v128.load(fromB);
      let b1 = v128.load(fromB, 16);
      let b2 = v128.load(fromB, 32);
      let b3 = v128.load(fromB, 48);
      let xOf = tile;
      let dyOf = args.dy + o * imageBytes;
      let m = microBatches;
      do {
        let xAt = xOf;
        let dyAt = dyOf;
        const end = dyAt + imageBytes;
        do {
          const u = v128.load32_splat(dyAt);
          const v = v128.load32_splat(dyAt + pair);
          let t = v128.load(xAt);
          a0 = fma(t, u, a0);
          b0 = fma(t, v, b0);
          t = v128.load(xAt, 16);
          a1 = fma(t, u, a1);
          b1 = fma(t, v, b1);
          t = v128.load(xAt, 32);
          a2 = fma(t, u, a2);
          b2 = fma(t, v, b2);
          t = v128.load(xAt, 48);
          a3 = fma(t, u, a3);
          b3 = fma(t, v, b3);
          xAt += 64;
          dyAt += 4;
        } while (dyAt != end);
        xOf += xMicroBatch;
        dyOf += dyMicroBatch;
      } while (--m);
      let toA = dWeight + at;
      let toB = paired ? toA + next : scratch + 64;
      if (width < 16) {
        toA = scratch;
        toB = scratch + 64;
      }
      v128.store(toA, a0);
      v128.store(toA, a1, 16);
      v128.store(toA, a2, 32);
      v128.store(toA, a3, 48);
      v128.store(toB, b0);
      v128.store(toB, b1, 16);
      v128.store(toB, b2, 32);
      v128.store(toB, b3, 48);
      if (width < 16) {
        memory.copy(dWeight + at, scratch, width << 2);
        if (paired) memory.copy(dWeight + at + next, scratch + 64, width << 2);
      }
    }
  }
}
