/** Matrices as images: heat maps in gray, or in diverging colors for numbers of both signs. */
import type { RasterImage } from '@longhand/datasets';
import { largestMagnitude, type Matrix } from '../image';

/** The diverging color scale: its negative end, its middle and its positive end, in RGB. */
export const divergingColors = [
  [10, 40, 110],
  [128, 128, 128],
  [255, 220, 150],
] as const;
const [below, zero, above] = divergingColors;

/**
 * The color of a number: from black at zero to white at the largest; with both signs from dark blue over gray to light orange,
 * whose lightness alone orders them, for readers and printers without color.
 */
function colorOf(value: number, largest: number, signed: boolean): readonly [number, number, number] {
  const share = largest > 0 ? Math.min(Math.abs(value) / largest, 1) : 0;
  if (!signed) return [255 * share, 255 * share, 255 * share];
  const end = value < 0 ? below : above;
  const mixed = (channel: 0 | 1 | 2): number => zero[channel] + share * (end[channel] - zero[channel]);
  return [mixed(0), mixed(1), mixed(2)];
}

/** The options of {@link heatmapImage}. */
export interface HeatmapImageOptions {
  /** The pixels of a number, in each direction. */
  readonly scale: number;
  /** The magnitude at the end of the color scale. Default: the largest of the matrix. */
  readonly largest?: number;
  /** Whether colors diverge from zero, for numbers of both signs. Default: false. */
  readonly signed?: boolean;
}

/**
 * A heat map: `scale × scale` pixels for each number, `[height · scale, width · scale]` in all.
 *
 * @throws RangeError when there are not height × width numbers
 * @example heatmapImage({ height: 1, width: 2, values: [0, 1] }, { scale: 4 }).width; // 8
 */
export function heatmapImage(
  matrix: Matrix,
  { scale, largest = largestMagnitude([matrix]), signed = false }: HeatmapImageOptions,
): RasterImage {
  const { height, width, values } = matrix;
  if (values.length !== height * width) {
    throw new RangeError(`heatmapImage: expected ${height}×${width} = ${height * width} numbers, got ${values.length}`);
  }
  const pixels = new Uint8Array(height * scale * width * scale * 3);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const color = colorOf(values[Math.floor(y / scale) * width + Math.floor(x / scale)], largest, signed);
      pixels.set(color, 3 * (y * width * scale + x));
    }
  }
  return { width: width * scale, height: height * scale, channels: 3, pixels };
}
