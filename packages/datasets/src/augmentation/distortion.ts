/**
 * One map of places for all changes of an image. The value at an output place p is read from the image at
 *
 *   q = m + t + A (p − m) + e(p),     A = turn(α) · slant(k) · stretch(1 + u, 1 + v)
 *
 * with the middle m, a shift t and a smooth displacement e, between four pixels in proportion to their nearness
 * (bilinear interpolation; outside the image there is no ink). e is a cubic B-spline over a coarse grid of random displacements,
 * a cheap relative of the smoothed random fields of Simard, Steinkraus and Platt, "Best practices for convolutional neural
 * networks applied to visual document analysis", 2003.
 *
 * Places are counted in parts of 1/65536 pixel, and bytes come out, so that every kernel set sees the same bits.
 */
import { cos, type Random, sin } from '@longhand/tensor';
import type { AugmentationOptions } from './augmentation';

/**
 * Writes a changed copy of an image. Who gives the same generator gets the same copy.
 *
 * @param from the bytes that hold the image, row by row from `at`
 * @param into where the copy goes, from `intoAt`
 */
export type Distortion = (from: Uint8Array, at: number, into: Uint8Array, intoAt: number, random: Random) => void;

/** How many parts a pixel has. */
const one = 65536;
/** How many pixels lie between two places of the coarse grid. */
const gridStep = 7;

export function distortion(
  { shift, rotation, scale, shear, elastic }: Required<AugmentationOptions>,
  { height, width }: { readonly height: number; readonly width: number },
): Distortion {
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  // The image with a margin of no ink, so that all four pixels around a place near its edge can be read.
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  const [endX, endY] = [width * one, height * one];
  const bend = bending(elastic, height, width);
  const bendX = bend.x;
  const bendY = bend.y;
  return (from, at, into, intoAt, random) => {
    for (let row = 0; row < height; row++) {
      const first = at + row * width;
      for (let column = 0; column < width; column++) {
        padded[(row + 1) * stride + column + 1] = from[first + column];
      }
    }
    const angle = (random.uniform(-rotation, rotation) * Math.PI) / 180;
    const slant = random.uniform(-shear, shear);
    const [stretchX, stretchY] = [1 + random.uniform(-scale, scale), 1 + random.uniform(-scale, scale)];
    const [shiftX, shiftY] = [random.uniform(-shift, shift), random.uniform(-shift, shift)];
    const [c, s] = [cos(angle), sin(angle)];
    // A, column by column: what one step to the right and one step down in the copy are in the image.
    const [rightX, rightY] = [c * stretchX, s * stretchX];
    const [downX, downY] = [(c * slant - s) * stretchY, (s * slant + c) * stretchY];
    const [stepX, stepY] = [Math.round(rightX * one), Math.round(rightY * one)];
    if (elastic > 0) bend.draw(random);
    for (let row = 0; row < height; row++) {
      const down = row - middleY;
      let x = Math.round((middleX + shiftX + downX * down - rightX * middleX) * one);
      let y = Math.round((middleY + shiftY + downY * down - rightY * middleX) * one);
      if (elastic > 0) bend.row(row);
      const first = intoAt + row * width;
      for (let column = 0; column < width; column++, x += stepX, y += stepY) {
        const placeX = x + bendX[column];
        const placeY = y + bendY[column];
        if (placeX <= -one || placeX >= endX || placeY <= -one || placeY >= endY) {
          into[first + column] = 0;
          continue;
        }
        // Shifting rounds down, below zero too; the margin moves all by one.
        const corner = ((placeY >> 16) + 1) * stride + (placeX >> 16) + 1;
        const partX = (placeX >> 8) & 255;
        const partY = (placeY >> 8) & 255;
        const above = padded[corner] * (256 - partX) + padded[corner + 1] * partX;
        const below = padded[corner + stride] * (256 - partX) + padded[corner + stride + 1] * partX;
        into[first + column] = (above * (256 - partY) + below * partY + one / 2) >> 16;
      }
    }
  };
}

/** The displacements of one image, row by row. */
interface Bending {
  /** Draws the coarse grid anew. */
  draw(random: Random): void;
  /** Computes `x` and `y` for a row. */
  row(row: number): void;
  /** The displacement at each column of the row, in parts of a pixel. */
  readonly x: Int32Array;
  readonly y: Int32Array;
}

function bending(elastic: number, height: number, width: number): Bending {
  // Four places of the grid are around every pixel, also at the edges.
  const [gridRows, gridColumns] = [gridPlaces(height), gridPlaces(width)];
  const gridX = new Float64Array(gridRows * gridColumns);
  const gridY = new Float64Array(gridRows * gridColumns);
  // From 2³² whole numbers to parts of a pixel on both sides of zero; 53 random bits would be wasted here.
  const unit = (elastic * one) / 2147483648;
  const [lineX, lineY] = [new Float64Array(gridColumns), new Float64Array(gridColumns)];
  const [x, y] = [new Int32Array(width), new Int32Array(width)];
  return {
    x,
    y,
    draw(random) {
      for (let place = 0; place < gridX.length; place++) {
        gridX[place] = (random.uint32() - 2147483648) * unit;
        gridY[place] = (random.uint32() - 2147483648) * unit;
      }
    },
    row(row) {
      const first = Math.floor(row / gridStep) * gridColumns;
      const weight = 4 * (row % gridStep);
      for (let k = 0; k < gridColumns; k++) {
        let sumX = 0;
        let sumY = 0;
        for (let tap = 0; tap < 4; tap++) {
          sumX += weights[weight + tap] * gridX[first + tap * gridColumns + k];
          sumY += weights[weight + tap] * gridY[first + tap * gridColumns + k];
        }
        lineX[k] = sumX;
        lineY[k] = sumY;
      }
      interpolate(lineX, x);
      interpolate(lineY, y);
    },
  };
}

/**
 * The values between those of a line of the grid. Between two places the spline is a polynomial of third degree, so its differences
 * from pixel to pixel have differences that have constant differences: three additions make the next value.
 */
function interpolate(line: Float64Array, into: Int32Array): void {
  const h = 1 / gridStep;
  for (let column = 0, cell = 0; column < into.length; cell++) {
    const a = line[cell];
    const b = line[cell + 1];
    const c = line[cell + 2];
    const d = line[cell + 3];
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

function gridPlaces(extent: number): number {
  return Math.floor((extent - 1) / gridStep) + 4;
}

/** The weight of the `tap`-th of four grid places around a point, `at` of the way from the second to the third. */
function bSpline(tap: number, at: number): number {
  const rest = 1 - at;
  const [cube, restCube] = [at * at * at, rest * rest * rest];
  return [restCube / 6, (3 * cube - 6 * at * at + 4) / 6, (3 * restCube - 6 * rest * rest + 4) / 6, cube / 6][tap];
}

/** For each pixel between two places of the grid, what the four around it weigh. */
const weights = Float64Array.from({ length: 4 * gridStep }, (_, index) =>
  bSpline(index % 4, Math.floor(index / 4) / gridStep),
);
