/** The components of a JPEG file as red, green and blue. */
import type { Colors } from './jpeg-header';
import type { Plane } from './jpeg-transform';

/** The samples of a component. */
export interface ComponentPlane extends Plane {
  /** Samples for a pixel, across and down: 1, or a half where chroma is subsampled. */
  readonly across: number;
  readonly down: number;
}

/**
 * The pixels `[height, width, 3]` of a picture. Where a component has fewer samples, neighbors share them.
 *
 *   R = Y + 1.402 (Cr − 128), G = Y − 0.344136 (Cb − 128) − 0.714136 (Cr − 128), B = Y + 1.772 (Cb − 128)
 *
 * Source: JFIF 1.02 (ITU-T recommendation T.871), section 7. For inverted ink, R = C K / 255, and so on.
 */
export function colorsOfPlanes(
  planes: readonly ComponentPlane[],
  { width, height, colors }: { readonly width: number; readonly height: number; readonly colors: Colors },
): Uint8Array {
  const pixels = new Uint8ClampedArray(3 * width * height);
  const columns = planes.map(({ across }) => Uint32Array.from({ length: width }, (_, x) => Math.floor(x * across)));
  const rows: Uint8ClampedArray[] = [];
  const isTransformed = colors === 'luma and chroma' || colors === 'inverted ink as luma and chroma';
  for (let y = 0; y < height; y++) {
    for (const [k, { samples, stride, down }] of planes.entries()) {
      const from = Math.floor(y * down) * stride;
      rows[k] = samples.subarray(from, from + stride);
    }
    const row = pixels.subarray(3 * width * y, 3 * width * (y + 1));
    if (colors === 'gray') writeGray(rows[0], row);
    else if (isTransformed) writeTransformed(rows, columns, row);
    else writePlain(rows, columns, row);
    if (planes.length === 4) coverWithInk(rows[3], columns[3], row, isTransformed);
  }
  return new Uint8Array(pixels.buffer);
}

function writeGray(samples: Uint8ClampedArray, row: Uint8ClampedArray): void {
  for (let at = 0, x = 0; at < row.length; at += 3, x++) row.fill(samples[x], at, at + 3);
}

function writePlain(
  [first, second, third]: readonly Uint8ClampedArray[],
  [ofFirst, ofSecond, ofThird]: readonly Uint32Array[],
  row: Uint8ClampedArray,
): void {
  for (let at = 0, x = 0; at < row.length; at += 3, x++) {
    row[at] = first[ofFirst[x]];
    row[at + 1] = second[ofSecond[x]];
    row[at + 2] = third[ofThird[x]];
  }
}

function writeTransformed(
  [first, second, third]: readonly Uint8ClampedArray[],
  [ofFirst, ofSecond, ofThird]: readonly Uint32Array[],
  row: Uint8ClampedArray,
): void {
  for (let at = 0, x = 0; at < row.length; at += 3, x++) {
    const luma = first[ofFirst[x]];
    const blue = second[ofSecond[x]] - 128;
    const red = third[ofThird[x]] - 128;
    row[at] = luma + 1.402 * red;
    row[at + 1] = luma - 0.344136 * blue - 0.714136 * red;
    row[at + 2] = luma + 1.772 * blue;
  }
}

/** Darkens colors by black ink. What went through the transform was ink, not light: it is turned around. */
function coverWithInk(
  samples: Uint8ClampedArray,
  columns: Uint32Array,
  row: Uint8ClampedArray,
  isTransformed: boolean,
): void {
  for (let at = 0, x = 0; at < row.length; at += 3, x++) {
    const black = samples[columns[x]] / 255;
    for (let k = at; k < at + 3; k++) row[k] = (isTransformed ? 255 - row[k] : row[k]) * black;
  }
}
