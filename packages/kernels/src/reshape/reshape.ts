/**
 * Reshaping: the same numbers of an image, read in another shape.
 *
 * An image lies in memory as row, column, channel, but is *read* as PyTorch reads it: channel by channel, row by row,
 * column by column. That reading order is what a reshape keeps, so a flattened image meets weights in the order in
 * which PyTorch trained them, and two maps laid end to end are first the one, then the other. This is the only place
 * where the two orders meet.
 */
import { checkShape, formatShape, ShapeError, sameShape, sizeOf } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** `[height, width, channels]` of one image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** All sizes of one reshape. */
export interface ReshapeGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The shape of an input, as an image. */
  readonly input: ImageShape;
  /** The shape of an output, as an image. */
  readonly output: ImageShape;
}

/**
 * The geometry of a change of shape: the same numbers in reading order (channel, row, column).
 *
 * @throws ShapeError when a shape is invalid, or both do not hold the same number of entries
 * @example
 * const [x, y] = [Float32Array.of(1, 2, 3, 4), new Float32Array(4)];
 * referenceKernels.prepare('reshape', reshapeGeometry('flatten', 1, [1, 2, 2], [1, 1, 4]), { x, y })();
 * y; // [ 1, 3, 2, 4 ] (channel by channel)
 */
export function reshapeGeometry(where: string, batch: number, input: ImageShape, output: ImageShape): ReshapeGeometry {
  checkCounts(where, { batch });
  checkShape(where, input);
  checkShape(where, output);
  if (sizeOf(input) !== sizeOf(output)) {
    throw new ShapeError(
      `${where}: expected a shape of ${sizeOf(input)} entries for the input ${formatShape(input)}, ` +
        `got ${formatShape(output)} with ${sizeOf(output)}`,
    );
  }
  return { batch, input, output };
}

/** The index in memory (row, column, channel) of the entry at position `read` in reading order (channel, row, column). */
export function indexInMemory([height, width, channels]: ImageShape, read: number): number {
  const channel = Math.floor(read / (height * width));
  const rowAndColumn = read % (height * width);
  return rowAndColumn * channels + channel;
}

/**
 * Whether nothing has to be moved: the shape stays, or entries lie in memory as they are read, since all are of one channel or one pixel.
 *
 * @example keepsMemoryOrder(reshapeGeometry('flatten', 16, [4, 4, 1], [1, 1, 16])); // true
 */
export function keepsMemoryOrder({ input, output }: Pick<ReshapeGeometry, 'input' | 'output'>): boolean {
  const isReadInOrder = ([height, width, channels]: ImageShape): boolean => channels === 1 || height * width === 1;
  return sameShape(input, output) || (isReadInOrder(input) && isReadInOrder(output));
}

const entries = (g: ReshapeGeometry): number => sizeOf(g.input) * g.batch;

const spec = kernelSpec<ReshapeGeometry>();

export const reshapeSpecs = {
  reshape: spec({ x: entries }, { y: entries }, { takesEight: true }),
  reshapeInputGrad: spec({ dy: entries }, { dx: entries }, { takesEight: true }),
};
