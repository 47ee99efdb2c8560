/**
 * Winograd convolution: the same sums with fewer products (Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin and
 * Gray, *Fast Algorithms for Convolutional Neural Networks*, 2016). F(m, r) computes m neighboring outputs of a filter of r
 * taps by m + r − 1 products where the sum has m·r.
 *
 * The m outputs are a product of polynomials, transposed. A product of polynomials of m + r − 1 coefficients is known from
 * its values at as many *points*, and a value of the product is the product of the values: one multiplication for each
 * point. With points aₖ, ∞ among them (the leading coefficient), for inputs d and weights g,
 *
 *   y = Aᵀ[(G g) ⊙ (Bᵀ d)],   Aᵀ[i, k] = aₖⁱ,   G[k, j] = aₖʲ / Nₖ,   Nₖ = ∏_{l≠k} (aₖ − aₗ),
 *   Bᵀ[k, ·] = the coefficients of ∏_{l≠k} (x − aₗ),   and for ∞ of ∏ (x − aₗ), with aₖ of the finite points alone.
 *
 * Names are Lavin and Gray's: U = G g, the weight transform; V = Bᵀ d, the input transform; M = U ⊙ V, summed over input
 * channels; y = Aᵀ M, the output transform. All of it is bilinear, so gradients are the transposes, with as few products:
 *
 *   dM = A dy,   dV = U ⊙ dM,   dx = B dV,   dU = V ⊙ dM,   dg = Gᵀ dU
 *
 *   F(4, 5), `winograd5`          points 0, ±1, ±2, ±½, ∞     8 products for 20
 *   F(4, 3), tiles of 3×3         points 0, ±5/8, ±3/2, ∞     6 for 12 in each direction, 36 for 144 in both
 *   F(3, 4), tiles of 4×4         the same                     6 for 12, 36 for 144
 *   F(2, 5), tiles of 5×5         points 0, ±5/8, ±3/2, ∞     6 for 10 along rows, and F(4, 5) along columns: 48 for 200
 *
 * The points come in pairs ±a: even and odd powers are added up once for both. They are chosen for small errors among those
 * whose Bᵀ needs no rounding. With the usual 0, ±1, ±2, ∞ errors are twice as large for r = 3; for r = 5 no choice was much
 * better than another.
 *
 * The transforms (`winograd5-transforms.assembly.ts`, `winograd3-transforms.assembly.ts`, `winograd3x4-transforms.assembly.ts`,
 * `winograd2x5-transforms.assembly.ts`) treat `bytes` of neighboring
 * numbers alike: channels and images. On the side of the image they follow a table of addresses, one for each column, since
 * a column outside of the image is zeros that lie elsewhere. On the side of the points they step by `pointStride` bytes.
 */

/** The columns of an image's rows, as transforms read or write them. */
@unmanaged
export class ImageColumns {
  /** `[height, width, channels, batch]`: x, y, dx or dy. */
  image: usize;
  height: isize;
  width: isize;
  /** Bytes between two columns: all channels of all images. */
  pixel: usize;
  /** Stands for whatever lies outside of the image: zeros to be read, or memory to be written and discarded. */
  outside: usize;
  /** Scratch for the addresses of up to eight columns, u32. */
  addresses: usize;
}

/** Writes the addresses of `count` neighboring columns of a row, from column `first` on, to `c.addresses`. */
@inline
export function addressColumns(c: ImageColumns, count: usize, row: usize, first: isize): void {
  const width = c.width;
  const pixel = c.pixel;
  const outside = c.outside;
  const addresses = c.addresses;
  for (let k: usize = 0; k < count; k++) {
    store<usize>(addresses + (k << 2), columnAddress(first + <isize>k, width, row, pixel, outside));
  }
}

/** The address of one column, `outside` where the row has no such column. */
@inline
export function columnAddress(index: isize, width: isize, row: usize, pixel: usize, outside: usize): usize {
  return index >= 0 && index < width ? row + <usize>index * pixel : outside;
}
