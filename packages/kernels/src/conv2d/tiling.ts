/**
 * How Winograd's tiles divide a convolution, along its rows and along its columns. A kernel longer than four taps is divided into
 * *parts*, each with a tile of x of its own: their products are added up at the points, before the output transform.
 *
 *   taps of the kernel     3        4        6        7, 8     9
 *   parts                  1 of 3   1 of 4   2 of 3   2 of 4   3 of 3     the last filled up with zeros
 *   algorithm              F(4, 3)  F(3, 4)  F(4, 3)  F(3, 4)  F(4, 3)    six points each
 *
 * 5×5 is one part by F(2×4, 5×5).
 */
import type { Conv2dGeometry } from './conv2d';

/** Taps of a part and outputs of a tile, along one axis, and how many parts the kernel has. */
export interface AxisTiling {
  readonly taps: number;
  readonly parts: number;
  readonly outputs: number;
}

export interface Tiling {
  readonly rows: AxisTiling;
  readonly columns: AxisTiling;
  /** Points in a row of a tile, of which there are six. */
  readonly rowPoints: number;
}

/** The tiles of a geometry. */
export function tilingOf({ kernelHeight, kernelWidth }: Conv2dGeometry): Tiling {
  if (kernelHeight === 5 && kernelWidth === 5) {
    return {
      rows: { taps: 5, parts: 1, outputs: 2 },
      columns: { taps: 5, parts: 1, outputs: 4 },
      rowPoints: 8,
    };
  }
  return { rows: partsOf(kernelHeight), columns: partsOf(kernelWidth), rowPoints: 6 };
}

/** The parts with fewer products to an output: 6 for every part, shared by the outputs of a tile. */
function partsOf(kernel: number): AxisTiling {
  const threes = { taps: 3, parts: Math.ceil(kernel / 3), outputs: 4 };
  const fours = { taps: 4, parts: Math.ceil(kernel / 4), outputs: 3 };
  return threes.parts / threes.outputs <= fours.parts / fours.outputs ? threes : fours;
}

/** What the transforms of a tile cost, in multiply-adds of one channel: of its inputs and of its outputs. Measured. */
const inputTransform = 270;
const outputTransform = 180;
/** The share of the plain sum's time that tiles may take: rounding errors grow, and costs are no more exact than that. */
const worthwhile = 0.8;

/** Whether tiles take less time than the plain sum, of which taps in the padding are no part. */
export function tilesPay(g: Conv2dGeometry): boolean {
  const { rows, columns } = tilingOf(g);
  const [inChannels, outChannels] = [g.inChannels * rows.parts * columns.parts, g.outChannels];
  const tiles = Math.ceil(g.outHeight / rows.outputs) * Math.ceil(g.outWidth / columns.outputs);
  const tile = 36 * inChannels * outChannels + inputTransform * inChannels + outputTransform * outChannels;
  const taps =
    tapsInside(g.outHeight, g.kernelHeight, g.inHeight, g.padTop) *
    tapsInside(g.outWidth, g.kernelWidth, g.inWidth, g.padLeft);
  return tiles * tile < worthwhile * taps * g.inChannels * g.outChannels;
}

/** Taps of all windows of stride one along an axis that lie inside of the image. */
function tapsInside(windows: number, kernel: number, inputs: number, before: number): number {
  let taps = 0;
  for (let first = -before; first < windows - before; first++) {
    taps += Math.max(0, Math.min(inputs, first + kernel) - Math.max(0, first));
  }
  return taps;
}
