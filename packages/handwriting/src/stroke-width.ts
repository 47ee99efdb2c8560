/**
 * The width of a digit's strokes beside its size, measured, and brought near what networks have seen. A pen of 0.7 mm in a digit of five
 * centimeters leaves a gray shadow when it is reduced to 20 pixels; drawn with a wider pen it is the same digit.
 */
import { resizeArea } from './filters';
import type { Box, GrayImage } from './gray-image';
import { distancesTo } from './morphology';

/** The longer side of a digit where its strokes are measured and widened, in pixels. */
const MEASURED_SIDE = 160;
/** The longer side of a digit in MNIST's images. */
const DIGIT_SIDE = 20;
/**
 * The widths of MNIST's strokes in its own pixels, as {@link strokeWidthOf} measures them: nineteen of twenty training digits are wider than
 * the first. Narrower ones are drawn as wide as the second, a little less than the median of 2.5.
 */
export const mnistStrokeWidths = { narrow: 1.6, usual: 2.2 } as const;

/**
 * The mean width of the strokes in MNIST's pixels: of a digit whose longer side is 20. In a stroke of width w the mean distance to its
 * edge is w / 4.
 */
export function strokeWidthOf(image: GrayImage): number {
  return meanWidthIn(image) * (DIGIT_SIDE / (Math.max(image.width, image.height) - 2 * MARGIN));
}

/** The mean width of strokes in pixels. */
function meanWidthIn({ width, height, pixels }: GrayImage): number {
  const isPaper = pixels.map((value) => (value < 128 ? 1 : 0));
  const distances = distancesTo(isPaper, width, height);
  let sum = 0;
  let count = 0;
  for (let k = 0; k < distances.length; k++) {
    if (isPaper[k] === 1) continue;
    // From the middle of a pixel to the edge, which lies half a pixel before the middle of the next.
    sum += distances[k] - 0.5;
    count++;
  }
  return count === 0 ? 0 : (4 * sum) / count;
}

/** Empty pixels around the digit, into which strokes may grow. */
const MARGIN = 16;

/**
 * A digit cut out and enlarged or reduced to a longer side of 160 pixels, with strokes no narrower than MNIST's.
 *
 * @param strokes 0 outside of the digit's strokes
 */
export function withUsualStrokes(strokes: GrayImage, box: Box): GrayImage {
  const cut = enlarged(strokes, box);
  const width = strokeWidthOf(cut);
  if (width >= mnistStrokeWidths.narrow) return cut;
  // The digit grows with its strokes, and shrinks again when it is fitted.
  const grown =
    ((mnistStrokeWidths.usual - width) / 2) * (MEASURED_SIDE / (DIGIT_SIDE - mnistStrokeWidths.usual + width));
  return widened(cut, grown);
}

/** A row of digits as high as the image, with strokes no narrower than MNIST's; what would grow beyond its border is cut off. */
export function withUsualStrokesInRow(row: GrayImage): GrayImage {
  const unit = row.height / DIGIT_SIDE;
  const width = meanWidthIn(row) / unit;
  return width >= mnistStrokeWidths.narrow ? row : widened(row, ((mnistStrokeWidths.usual - width) / 2) * unit);
}

/** An image whose strokes are wider by this many pixels at each side. */
function widened(image: GrayImage, by: number): GrayImage {
  const isInk = image.pixels.map((value) => (value >= 128 ? 1 : 0));
  const distances = distancesTo(isInk, image.width, image.height);
  const pixels = Uint8Array.from(distances, (distance) =>
    Math.round(255 * Math.min(Math.max(by + 0.5 - distance, 0), 1)),
  );
  return { ...image, pixels };
}

/** The box at a longer side of 160 pixels, with a margin of nothing around it. */
export function enlarged(strokes: GrayImage, box: Box): GrayImage {
  const [boxWidth, boxHeight] = [box.right - box.left, box.bottom - box.top];
  const scale = MEASURED_SIDE / Math.max(boxWidth, boxHeight);
  const [width, height] = [Math.max(1, Math.round(boxWidth * scale)), Math.max(1, Math.round(boxHeight * scale))];
  const inner = scale <= 1 ? resizeArea(strokes, { width, height, box }) : interpolated(strokes, box, width, height);
  const pixels = new Uint8Array((width + 2 * MARGIN) * (height + 2 * MARGIN));
  for (let row = 0; row < height; row++) {
    const from = row * width;
    pixels.set(inner.pixels.subarray(from, from + width), (row + MARGIN) * (width + 2 * MARGIN) + MARGIN);
  }
  return { width: width + 2 * MARGIN, height: height + 2 * MARGIN, channels: 1, pixels };
}

/** A part of an image enlarged by linear interpolation; outside of the box there is nothing. */
function interpolated({ width: stride, pixels }: GrayImage, box: Box, width: number, height: number): GrayImage {
  const enlarged = new Uint8Array(width * height);
  const level = (x: number, y: number): number =>
    x < box.left || x >= box.right || y < box.top || y >= box.bottom ? 0 : pixels[y * stride + x];
  for (let row = 0, at = 0; row < height; row++) {
    const y = box.top + ((row + 0.5) * (box.bottom - box.top)) / height - 0.5;
    const [top, t] = [Math.floor(y), y - Math.floor(y)];
    for (let column = 0; column < width; column++, at++) {
      const x = box.left + ((column + 0.5) * (box.right - box.left)) / width - 0.5;
      const [left, s] = [Math.floor(x), x - Math.floor(x)];
      const upper = level(left, top) * (1 - s) + level(left + 1, top) * s;
      const lower = level(left, top + 1) * (1 - s) + level(left + 1, top + 1) * s;
      enlarged[at] = Math.round(upper * (1 - t) + lower * t);
    }
  }
  return { width, height, channels: 1, pixels: enlarged };
}
