/** What the paper would look like without ink: the greys of the border, carried inward. */
import type { GreyImage } from './gray-image';

/** The border is read at this many places along each side, fewer when they would be narrower than a few pixels. */
const MOST_PLACES = 12;
const LEAST_LENGTH = 8;

/**
 * The ground of a picture, estimated from its border, where digits seldom are. At each place along a side stands the
 * median of a small cell, and the median of three neighbouring cells of that, so that a stroke that runs over the edge is
 * outvoted.
 *
 * Inside, the four sides meet as in a Coons patch: (left to right) + (top to bottom) − (corner to corner). Whatever
 * is the sum of a function of the column and a function of the row comes out exact, so slanting light and lenses that
 * darken towards the corners leave nothing behind.
 */
export function groundOf(image: GreyImage): GreyImage {
  const { width, height } = image;
  const depth = Math.max(Math.min(2, width, height), Math.round(Math.min(width, height) / 20));
  const top = sideOf(image, { length: width, depth, at: (along, across) => across * width + along });
  const bottom = sideOf(image, { length: width, depth, at: (along, across) => (height - 1 - across) * width + along });
  const left = sideOf(image, { length: height, depth, at: (along, across) => along * width + across });
  const right = sideOf(image, { length: height, depth, at: (along, across) => along * width + width - 1 - across });
  const corners = {
    topLeft: (top[0] + left[0]) / 2,
    topRight: (top[width - 1] + right[0]) / 2,
    bottomLeft: (bottom[0] + left[height - 1]) / 2,
    bottomRight: (bottom[width - 1] + right[height - 1]) / 2,
  };
  const pixels = new Uint8Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    const v = (row + 0.5) / height;
    const leftCorners = mix(corners.topLeft, corners.bottomLeft, v);
    const rightCorners = mix(corners.topRight, corners.bottomRight, v);
    for (let column = 0; column < width; column++, to++) {
      const u = (column + 0.5) / width;
      const across = mix(left[row], right[row], u);
      const down = mix(top[column], bottom[column], v);
      const grey = across + down - mix(leftCorners, rightCorners, u);
      pixels[to] = Math.min(Math.max(Math.round(grey), 0), 255);
    }
  }
  return { width, height, pixels };
}

interface Side {
  readonly length: number;
  readonly depth: number;
  /** The pixel so far along the side, and so far in from it. */
  readonly at: (along: number, across: number) => number;
}

/** The greys along a side, one for each of its pixels: what was read at the places, joined by straight lines. */
function sideOf({ pixels }: GreyImage, { length, depth, at }: Side): Float64Array {
  const places = Math.min(Math.max(Math.floor(length / LEAST_LENGTH), 1), MOST_PLACES);
  const medians = Array.from({ length: places }, (_, place) => {
    const cell: number[] = [];
    const end = Math.ceil(((place + 1) * length) / places);
    for (let along = Math.floor((place * length) / places); along < end; along++) {
      for (let across = 0; across < depth; across++) cell.push(pixels[at(along, across)]);
    }
    return medianOf(cell);
  });
  const smooth = medians.map((_, place) => medianOf(medians.slice(Math.max(place - 1, 0), place + 2)));
  return Float64Array.from({ length }, (_, along) => {
    const position = Math.min(Math.max(((along + 0.5) * places) / length - 0.5, 0), places - 1);
    const before = Math.floor(position);
    return mix(smooth[before], smooth[Math.min(before + 1, places - 1)], position - before);
  });
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}
