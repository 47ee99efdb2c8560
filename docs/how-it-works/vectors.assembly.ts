// The steps in AssemblyScript. All three arrays lie in the module's memory, from the addresses given on; sizes are those of layer.mjs.

/** A cache line: an entry of sixteen images, which is four vectors of four. */
const LINE: usize = 64;
const CHANNELS: usize = 6;
const SIZE: usize = 12;
const OUT: usize = 8;
const OUT_CHANNELS: usize = 12;
const KERNEL: usize = 5;
/** The lines under one row of the kernel. */
const RUN: usize = KERNEL * CHANNELS;

/** Step 4. One lane, one image: a vector holds the same entry of four images, and every formula stays as it is. */
export function vectors(x: usize, packed: usize, y: usize): void {
  for (let i: usize = 0; i < OUT; i++) {
    for (let j: usize = 0; j < OUT; j++) {
      let w = packed;
      for (let o: usize = 0; o < OUT_CHANNELS; o++) {
        let a = f32x4.splat(0), b = a, c = a, d = a;
        for (let p: usize = 0; p < KERNEL; p++) {
          let line = x + ((i + p) * SIZE + j) * CHANNELS * LINE;
          for (let k: usize = 0; k < RUN; k++) {
            const v = v128.load32_splat(w);
            a = f32x4.add(a, f32x4.mul(v, v128.load(line)));
            b = f32x4.add(b, f32x4.mul(v, v128.load(line, 16)));
            c = f32x4.add(c, f32x4.mul(v, v128.load(line, 32)));
            d = f32x4.add(d, f32x4.mul(v, v128.load(line, 48)));
            line += LINE;
            w += 4;
          }
        }
        store(y, a, b, c, d);
        y += LINE;
      }
    }
  }
}

/**
 * Step 5. A tile of registers: two output channels at a time, so that each line of x is loaded once for both. Eight sums do not wait for
 * each other, and with four vectors of x, two weights and a product they make fifteen registers: all that the engine gives.
 */
export function tiles(x: usize, packed: usize, y: usize): void {
  const other: usize = 4 * KERNEL * RUN;
  for (let i: usize = 0; i < OUT; i++) {
    for (let j: usize = 0; j < OUT; j++) {
      let w = packed;
      for (let o: usize = 0; o < OUT_CHANNELS; o += 2) {
        let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (let p: usize = 0; p < KERNEL; p++) {
          let line = x + ((i + p) * SIZE + j) * CHANNELS * LINE;
          const end = line + RUN * LINE;
          do {
            const v = v128.load32_splat(w);
            const u = v128.load32_splat(w + other);
            const x0 = v128.load(line), x1 = v128.load(line, 16), x2 = v128.load(line, 32), x3 = v128.load(line, 48);
            a = f32x4.add(a, f32x4.mul(v, x0));
            b = f32x4.add(b, f32x4.mul(v, x1));
            c = f32x4.add(c, f32x4.mul(v, x2));
            d = f32x4.add(d, f32x4.mul(v, x3));
            e = f32x4.add(e, f32x4.mul(u, x0));
            f = f32x4.add(f, f32x4.mul(u, x1));
            g = f32x4.add(g, f32x4.mul(u, x2));
            h = f32x4.add(h, f32x4.mul(u, x3));
            line += LINE;
            w += 4;
          } while (line < end);
        }
        w += other;
        store(y, a, b, c, d);
        store(y + LINE, e, f, g, h);
        y += 2 * LINE;
      }
    }
  }
}

/** The four columns and rows of outputs that step 6 makes at once; its points are eight. */
const TILES: usize = 2;
const POINTS: usize = 8;

/** Step 6, first half: each row of x at eight points, `[tile, point, row, channel, image]`. */
export function transform(x: usize, bT: usize, v: usize): void {
  for (let tile: usize = 0; tile < TILES; tile++) {
    for (let point: usize = 0; point < POINTS; point++) {
      for (let row: usize = 0; row < SIZE; row++) {
        for (let channel: usize = 0; channel < CHANNELS; channel++) {
          sum(x + ((row * SIZE + 4 * tile) * CHANNELS + channel) * LINE, CHANNELS * LINE, bT + 4 * POINTS * point, POINTS, v);
          v += LINE;
        }
      }
    }
  }
}

/**
 * Step 6, second half. At each point a convolution along the rows of the kernel remains, with a run of 30 lines again; then eight points
 * become four outputs.
 */
export function winograd(v: usize, u: usize, aT: usize, y: usize, scratch: usize): void {
  const other: usize = 4 * POINTS * RUN;
  for (let tile: usize = 0; tile < TILES; tile++) {
    for (let i: usize = 0; i < OUT; i++) {
      let w = u;
      for (let o: usize = 0; o < OUT_CHANNELS; o += 2) {
        for (let point: usize = 0; point < POINTS; point++) {
          let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
          let line = v + ((tile * POINTS + point) * SIZE + i) * CHANNELS * LINE;
          const end = line + RUN * LINE;
          do {
            const s = v128.load32_splat(w);
            const t = v128.load32_splat(w + other);
            const x0 = v128.load(line), x1 = v128.load(line, 16), x2 = v128.load(line, 32), x3 = v128.load(line, 48);
            a = f32x4.add(a, f32x4.mul(s, x0));
            b = f32x4.add(b, f32x4.mul(s, x1));
            c = f32x4.add(c, f32x4.mul(s, x2));
            d = f32x4.add(d, f32x4.mul(s, x3));
            e = f32x4.add(e, f32x4.mul(t, x0));
            f = f32x4.add(f, f32x4.mul(t, x1));
            g = f32x4.add(g, f32x4.mul(t, x2));
            h = f32x4.add(h, f32x4.mul(t, x3));
            line += LINE;
            w += 4;
          } while (line < end);
          store(scratch + point * LINE, a, b, c, d);
          store(scratch + (POINTS + point) * LINE, e, f, g, h);
        }
        w += other;
        for (let j: usize = 0; j < 4; j++) {
          const to = y + ((i * OUT + 4 * tile + j) * OUT_CHANNELS + o) * LINE;
          sum(scratch, LINE, aT + 4 * POINTS * j, POINTS, to);
          sum(scratch + POINTS * LINE, LINE, aT + 4 * POINTS * j, POINTS, to + LINE);
        }
      }
    }
  }
}

/** A line that is the weighted sum of `count` lines. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function sum(from: usize, stride: usize, weights: usize, count: usize, to: usize): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (let k: usize = 0; k < count; k++) {
    const w = v128.load32_splat(weights + 4 * k);
    a = f32x4.add(a, f32x4.mul(w, v128.load(from)));
    b = f32x4.add(b, f32x4.mul(w, v128.load(from, 16)));
    c = f32x4.add(c, f32x4.mul(w, v128.load(from, 32)));
    d = f32x4.add(d, f32x4.mul(w, v128.load(from, 48)));
    from += stride;
  }
  store(to, a, b, c, d);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function store(y: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(y, a);
  v128.store(y, b, 16);
  v128.store(y, c, 32);
  v128.store(y, d, 48);
}
