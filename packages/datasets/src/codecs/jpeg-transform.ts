/**
 * The inverse discrete cosine transform of JPEG's blocks, whole or reduced.
 *
 *   f(x, y) = Σ_u Σ_v a(u) a(v) q(u, v) c(u, v) cos((2x + 1) u π / 2n) cos((2y + 1) v π / 2n) + 128
 *
 * with a(0) = 1 / √8 and 1 / 2 otherwise, coefficients c and quantization steps q. With n = 8 these are the samples of a block. With n = 4, 2 or 1
 * and only the first n × n coefficients, they are those of the block reduced to n × n samples, with the high frequencies left out.
 *
 * Source: ITU-T recommendation T.81, A.3.3
 */
import { cos } from '@longhand/tensor';

/** The samples that a block of 8 × 8 is decoded to, across and down. */
export type BlockSize = 1 | 2 | 4 | 8;

/** Where a block's samples go. */
export interface Plane {
  readonly samples: Uint8ClampedArray;
  /** Samples in a row. */
  readonly stride: number;
}

/** A transform to blocks of `size` × `size` samples. */
export class InverseTransform {
  /** a(u) cos((2x + 1) u π / 2n), at `x · n + u`. */
  private readonly basis: Float64Array;
  /** The rows of coefficients, transformed across. */
  private readonly across: Float64Array;

  constructor(private readonly size: BlockSize) {
    this.basis = Float64Array.from({ length: size * size }, (_, k) => {
      const [x, u] = [Math.floor(k / size), k % size];
      return (u === 0 ? Math.sqrt(1 / 8) : 1 / 2) * cos(((2 * x + 1) * u * Math.PI) / (2 * size));
    });
    this.across = new Float64Array(size * size);
  }

  /**
   * Writes the samples of the block whose coefficients begin at `from`.
   *
   * @param coefficients `[size, size]`, rows of one vertical frequency
   * @param steps the quantization steps, in the same order
   * @param to the index of the block's first sample in the plane
   */
  write(coefficients: Int16Array, from: number, steps: Uint16Array, { samples, stride }: Plane, to: number): void {
    const { size, basis, across } = this;
    let rows = 0;
    let columns = 0;
    for (let k = 0; k < size * size; k++) {
      if (coefficients[from + k] === 0) continue;
      rows = Math.floor(k / size) + 1;
      columns = Math.max(columns, (k % size) + 1);
    }
    if (rows <= 1 && columns <= 1) {
      const mean = (coefficients[from] * steps[0]) / 8 + 128;
      for (let y = 0; y < size; y++) samples.fill(mean, to + y * stride, to + y * stride + size);
      return;
    }
    for (let v = 0; v < rows; v++) {
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let u = 0; u < columns; u++) {
          const k = v * size + u;
          sum += coefficients[from + k] * steps[k] * basis[x * size + u];
        }
        across[v * size + x] = sum;
      }
    }
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let sum = 128;
        for (let v = 0; v < rows; v++) sum += across[v * size + x] * basis[y * size + v];
        samples[to + y * stride + x] = sum;
      }
    }
  }
}
