/**
 * Grayscale morphology by squares, and distances to the edge of what is ink.
 *
 * Sources: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", 1992; Felzenszwalb
 * and Huttenlocher, "Distance transforms of sampled functions", 2012.
 */
import type { GrayImage } from './gray-image';

/**
 * The closing of an image by a square: whatever is dark and narrower than the square takes the level around it; the edges of wider
 * things stay where they are. The border is replicated, so that what reaches it counts as wide.
 *
 * @param side in pixels; even numbers are rounded up
 * @example closing(page, 41) // the page without its strokes, if they are at most 40 pixels wide
 */
export function closing({ width, height, pixels, ...image }: GrayImage, side: number): GrayImage {
  const radius = side >> 1;
  const [paddedWidth, paddedHeight] = [width + 4 * radius, height + 4 * radius];
  const padded = new Uint8Array(paddedWidth * paddedHeight);
  for (let row = 0; row < paddedHeight; row++) {
    const from = Math.min(Math.max(row - 2 * radius, 0), height - 1) * width;
    const to = row * paddedWidth;
    padded.fill(pixels[from], to, to + 2 * radius);
    padded.set(pixels.subarray(from, from + width), to + 2 * radius);
    padded.fill(pixels[from + width - 1], to + 2 * radius + width, to + paddedWidth);
  }
  const size = { width: paddedWidth, height: paddedHeight, radius };
  // An erosion is the dilation of what is inverted.
  const closed = invert(largest(invert(largest(padded, size)), size));
  const result = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (row + 2 * radius) * paddedWidth + 2 * radius;
    result.set(closed.subarray(from, from + width), row * width);
  }
  return { ...image, width, height, pixels: result };
}

/** The size of an image in pixels, and of the square: its side is twice the radius and one. */
interface SquareOptions {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

/** The largest value in the square around each pixel, along the rows, then along the columns. */
function largest(values: Uint8Array, { width, height, radius }: SquareOptions): Uint8Array {
  const across = new Uint8Array(values.length);
  // Running maxima from both ends of blocks as long as the square: each square is the end of one block and the start of the next.
  const ahead = new Uint8Array(values.length);
  const behind = new Uint8Array(values.length);
  const block = 2 * radius + 1;
  for (let row = 0; row < height; row++) {
    const [start, end] = [row * width, (row + 1) * width];
    for (let from = start; from < end; from += block) {
      const to = Math.min(from + block, end);
      let most = 0;
      for (let at = from; at < to; at++) {
        if (values[at] > most) most = values[at];
        ahead[at] = most;
      }
      most = 0;
      for (let at = to - 1; at >= from; at--) {
        if (values[at] > most) most = values[at];
        behind[at] = most;
      }
    }
    // A square that is cut off at the left is the start of the first block; elsewhere both runs lie within the square.
    for (let k = 0; k < Math.min(radius, width); k++)
      across[start + k] = ahead[start + Math.min(k + radius, width - 1)];
    for (let k = radius; k < width; k++) {
      const one = behind[start + k - radius];
      const last = Math.min(k + radius, width - 1);
      const other = Math.floor(last / block) * block <= k - radius ? one : ahead[start + last];
      across[start + k] = Math.max(one, other);
    }
  }
  for (let row = 0, at = 0; row < height; row++) {
    const starts = row % block === 0;
    for (let end = at + width; at < end; at++) {
      const above = starts ? 0 : ahead[at - width];
      ahead[at] = Math.max(above, across[at]);
    }
  }
  for (let row = height - 1; row >= 0; row--) {
    const ends = row === height - 1 || (row + 1) % block === 0;
    for (let at = row * width, end = at + width; at < end; at++) {
      const below = ends ? 0 : behind[at + width];
      behind[at] = Math.max(below, across[at]);
    }
  }
  const both = across;
  for (let row = 0, at = 0; row < height; row++) {
    const [first, last] = squareAt(row, radius, height);
    const isOne = Math.floor(first / block) === Math.floor(last / block);
    let one = (isOne && first === 0 ? last : first) * width;
    let other = (isOne && first !== 0 ? first : last) * width;
    const [upper, lower] = [isOne && first === 0 ? ahead : behind, isOne && first !== 0 ? behind : ahead];
    for (let end = at + width; at < end; at++, one++, other++) {
      both[at] = Math.max(upper[one], lower[other]);
    }
  }
  return both;
}

/** The first and the last position of the square around a position; at the ends of a line it is cut off. */
function squareAt(position: number, radius: number, count: number): [first: number, last: number] {
  return [Math.max(position - radius, 0), Math.min(position + radius, count - 1)];
}

/** Light and dark exchanged, in place. */
function invert(values: Uint8Array): Uint8Array {
  for (let k = 0; k < values.length; k++) values[k] = 255 - values[k];
  return values;
}

/**
 * The Euclidean distance of each pixel to the nearest of those where `isTarget` is not 0, in pixels.
 *
 * @example distancesTo(Uint8Array.of(1, 0, 0), 3, 1) // [0, 1, 2]
 */
export function distancesTo(isTarget: Uint8Array, width: number, height: number): Float32Array {
  const far = 1e10;
  const squares = new Float64Array(isTarget.length);
  for (let k = 0; k < squares.length; k++) squares[k] = isTarget[k] === 0 ? far : 0;
  const longest = Math.max(width, height);
  const scratch = {
    values: new Float64Array(longest),
    vertices: new Int32Array(longest),
    bounds: new Float64Array(longest + 1),
  };
  for (let column = 0; column < width; column++)
    lowerEnvelope(squares, { at: column, step: width, count: height }, scratch);
  for (let row = 0; row < height; row++) lowerEnvelope(squares, { at: row * width, step: 1, count: width }, scratch);
  const distances = new Float32Array(squares.length);
  for (let k = 0; k < distances.length; k++) distances[k] = Math.sqrt(squares[k]);
  return distances;
}

interface Scratch {
  readonly values: Float64Array;
  readonly vertices: Int32Array;
  readonly bounds: Float64Array;
}

/** For each entry q of a line the least of (q − p)² + squares[p]: the lower envelope of parabolas. */
function lowerEnvelope(
  squares: Float64Array,
  { at, step, count }: { readonly at: number; readonly step: number; readonly count: number },
  { values, vertices, bounds }: Scratch,
): void {
  for (let q = 0; q < count; q++) values[q] = squares[at + q * step];
  let last = 0;
  vertices[0] = 0;
  bounds[0] = -Infinity;
  bounds[1] = Infinity;
  for (let q = 1; q < count; q++) {
    let crossing: number;
    for (;;) {
      const p = vertices[last];
      crossing = (values[q] + q * q - (values[p] + p * p)) / (2 * (q - p));
      if (crossing > bounds[last] || last === 0) break;
      last--;
    }
    if (crossing > bounds[last]) last++;
    vertices[last] = q;
    bounds[last] = last === 0 ? -Infinity : crossing;
    bounds[last + 1] = Infinity;
  }
  for (let q = 0, k = 0; q < count; q++) {
    while (bounds[k + 1] < q) k++;
    const p = vertices[k];
    squares[at + q * step] = (q - p) * (q - p) + values[p];
  }
}
