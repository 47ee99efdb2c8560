/**
 * One affine map and one elastic displacement field. The value at an output position p is sampled from the image at
 *
 *   q = m + t + A (p − m) + e(p),     A = rotation(α) · shear(k) · scale(1 + u, 1 + v)
 *
 * with the center m, a translation t and a smooth displacement e, by bilinear interpolation; the image is padded with its background. e is a
 * cubic B-spline over a coarse grid of random displacements (a free-form deformation), a cheap relative of the smoothed random
 * fields of Simard, Steinkraus and Platt, "Best practices for convolutional neural
 * networks applied to visual document analysis", 2003.
 *
 * All channels are sampled at the same positions, one after another. With `flip` the image is mirrored left to right before all that.
 *
 * Positions are fixed-point numbers in units of 1/65536 pixel, and the results are bytes, so every kernel set gets the same bits.
 */
import { cos, type Random, sin } from '@longhand/tensor';

/** The options of {@link augmentation}. */
export interface AugmentationOptions {
  /** The largest translation along each axis, in pixels, below 1000. Default: 0. */
  readonly shift?: number;
  /** The largest rotation, in degrees, below 180. Default: 0. */
  readonly rotation?: number;
  /** The largest change of scale of each axis, as a fraction below 1: 0.1 is 90 to 110 %. Default: 0. */
  readonly scale?: number;
  /** The largest horizontal shear factor: the translation of a row over its distance from the center, below 1. Default: 0. */
  readonly shear?: number;
  /** The largest displacement of a grid point of the elastic deformation, in pixels, below 100. Default: 0. */
  readonly elastic?: number;
  /** The probability that an image is mirrored left to right, up to 1. Not for digits or letters. Default: 0. */
  readonly flip?: number;
}

/** The size of the images. */
export interface AugmentedSize {
  readonly height: number;
  readonly width: number;
  /** Default: 1. */
  readonly channels?: number;
  /** The byte of each channel that the images are padded with, see `backgroundBytes`. Default: 0 for each. */
  readonly background?: readonly number[];
}

/**
 * Writes a distorted copy of an image. The same state of the generator gives the same copy.
 *
 * @param from the bytes that hold the image, `[height, width, channels]` from index `at`
 * @param into the bytes that receive the copy, from index `intoAt`
 */
export type Distortion = (from: Uint8Array, at: number, into: Uint8Array, intoAt: number, random: Random) => void;

/** One pixel in fixed point. */
const one = 65536;
/** The distance of two grid points, in pixels. */
const gridStep = 7;

export function distortion(
  { shift, rotation, scale, shear, elastic, flip }: Required<AugmentationOptions>,
  { height, width, channels = 1, background = [] }: AugmentedSize,
): Distortion {
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  // One channel, padded with its background, so that all four pixels around a position near the edge can be read.
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  const [endX, endY] = [width * one, height * one];
  const field = displacementField(elastic, height, width);
  const fieldX = field.x;
  const fieldY = field.y;

  let paddedWith = 0;

  /** Copies a channel into the padded one; `at` is its first byte. */
  function pad(from: Uint8Array, at: number, isMirrored: boolean, paint: number): void {
    if (paint !== paddedWith) padded.fill(paint);
    paddedWith = paint;
    for (let row = 0; row < height; row++) {
      const first = (row + 1) * stride + 1;
      if (isMirrored) {
        for (let column = width - 1; column >= 0; column--, at += channels) padded[first + column] = from[at];
      } else {
        for (let column = 0; column < width; column++, at += channels) padded[first + column] = from[at];
      }
    }
  }

  return (from, at, into, intoAt, random) => {
    // Drawn only if asked for, so that runs without it keep their random numbers.
    const isMirrored = flip > 0 && random.uniform() < flip;
    const angle = (random.uniform(-rotation, rotation) * Math.PI) / 180;
    const shearing = random.uniform(-shear, shear);
    const [scaleX, scaleY] = [1 + random.uniform(-scale, scale), 1 + random.uniform(-scale, scale)];
    const [shiftX, shiftY] = [random.uniform(-shift, shift), random.uniform(-shift, shift)];
    const [c, s] = [cos(angle), sin(angle)];
    // The columns of A: what one step to the right and one step down in the copy are in the image.
    const [rightX, rightY] = [c * scaleX, s * scaleX];
    const [downX, downY] = [(c * shearing - s) * scaleY, (s * shearing + c) * scaleY];
    const [stepX, stepY] = [fixed(rightX), fixed(rightY)];
    if (elastic > 0) field.draw(random);
    for (let channel = 0; channel < channels; channel++) {
      const paint = background[channel] ?? 0;
      pad(from, at + channel, isMirrored, paint);
      let to = intoAt + channel;
      for (let row = 0; row < height; row++) {
        const down = row - centerY;
        let x = fixed(centerX + shiftX + downX * down - rightX * centerX);
        let y = fixed(centerY + shiftY + downY * down - rightY * centerX);
        if (elastic > 0) field.row(row);
        for (let column = 0; column < width; column++, x += stepX, y += stepY, to += channels) {
          const sampleX = x + fieldX[column];
          const sampleY = y + fieldY[column];
          if (sampleX <= -one || sampleX >= endX || sampleY <= -one || sampleY >= endY) {
            into[to] = paint;
            continue;
          }
          // An arithmetic shift is a floor, for negative numbers too; the padding adds one to each index.
          const corner = ((sampleY >> 16) + 1) * stride + (sampleX >> 16) + 1;
          const fractionX = (sampleX >> 8) & 255;
          const fractionY = (sampleY >> 8) & 255;
          const above = padded[corner] * (256 - fractionX) + padded[corner + 1] * fractionX;
          const below = padded[corner + stride] * (256 - fractionX) + padded[corner + stride + 1] * fractionX;
          into[to] = (above * (256 - fractionY) + below * fractionY + one / 2) >> 16;
        }
      }
    }
  };
}

/** A distance in pixels as a fixed-point number; a 32-bit integer to the engine too, which adds those faster. */
function fixed(pixels: number): number {
  return Math.round(pixels * one) | 0;
}

/** The elastic displacement field of one image, row by row. */
interface DisplacementField {
  /** Draws new displacements of the grid points. */
  draw(random: Random): void;
  /** Computes `x` and `y` for a row. */
  row(row: number): void;
  /** The displacement at each column of the row, in fixed point. */
  readonly x: Int32Array;
  readonly y: Int32Array;
}

function displacementField(elastic: number, height: number, width: number): DisplacementField {
  // Every pixel has four grid points around it along each axis, also at the edges.
  const [gridRows, gridColumns] = [gridPoints(height), gridPoints(width)];
  const gridX = new Float64Array(gridRows * gridColumns);
  const gridY = new Float64Array(gridRows * gridColumns);
  // From 32 random bits to fixed point on both sides of zero.
  const unit = (elastic * one) / 2147483648;
  const [rowX, rowY] = [new Float64Array(gridColumns), new Float64Array(gridColumns)];
  const [x, y] = [new Int32Array(width), new Int32Array(width)];
  return {
    x,
    y,
    draw(random) {
      for (let point = 0; point < gridX.length; point++) {
        gridX[point] = (random.uint32() - 2147483648) * unit;
        gridY[point] = (random.uint32() - 2147483648) * unit;
      }
    },
    row(row) {
      const first = Math.floor(row / gridStep) * gridColumns;
      const weight = 4 * (row % gridStep);
      // Written out: a loop over the four taps takes twice as long.
      const tap0 = weights[weight];
      const tap1 = weights[weight + 1];
      const tap2 = weights[weight + 2];
      const tap3 = weights[weight + 3];
      for (let k = 0; k < gridColumns; k++) {
        const a = first + k;
        const b = a + gridColumns;
        const c = b + gridColumns;
        const d = c + gridColumns;
        rowX[k] = tap0 * gridX[a] + tap1 * gridX[b] + tap2 * gridX[c] + tap3 * gridX[d];
        rowY[k] = tap0 * gridY[a] + tap1 * gridY[b] + tap2 * gridY[c] + tap3 * gridY[d];
      }
      interpolate(rowX, x);
      interpolate(rowY, y);
    },
  };
}

/**
 * Evaluates the spline along a row by forward differencing: between two grid points it is a cubic polynomial, so its third
 * differences are constant, and three additions make the next value.
 */
function interpolate(points: Float64Array, into: Int32Array): void {
  const h = 1 / gridStep;
  for (let column = 0, cell = 0; column < into.length; cell++) {
    const a = points[cell];
    const b = points[cell + 1];
    const c = points[cell + 2];
    const d = points[cell + 3];
    const cubic = ((d - a + 3 * (b - c)) / 6) * h * h * h;
    const square = ((a + c) / 2 - b) * h * h;
    let value = (a + 4 * b + c) / 6;
    let first = ((c - a) / 2) * h + square + cubic;
    let second = 2 * square + 6 * cubic;
    const third = 6 * cubic;
    for (const end = Math.min(column + gridStep, into.length); column < end; column++) {
      into[column] = value;
      value += first;
      first += second;
      second += third;
    }
  }
}

function gridPoints(extent: number): number {
  return Math.floor((extent - 1) / gridStep) + 4;
}

/** The cubic B-spline's weight of the `tap`-th of four grid points, at the fraction `at` from the second to the third. */
function bSpline(tap: number, at: number): number {
  const rest = 1 - at;
  const [cube, restCube] = [at * at * at, rest * rest * rest];
  return [restCube / 6, (3 * cube - 6 * at * at + 4) / 6, (3 * restCube - 6 * rest * rest + 4) / 6, cube / 6][tap];
}

/** The weights of the four grid points around each pixel between two of them. */
const weights = Float64Array.from({ length: 4 * gridStep }, (_, index) =>
  bSpline(index % 4, Math.floor(index / 4) / gridStep),
);
