/**
 * Dropout: the product with a mask, entry by entry.
 *
 *   y[k] = x[k] · mask[k]          dx[k] = dy[k] · mask[k]
 *
 * In training each entry of the mask is 0 with the probability p and 1 / (1 − p) otherwise, so that the expected value of y is x;
 * in evaluation nothing is dropped. The mask is drawn by the layer: kernels have no randomness. `y` may be `x` itself, and `dx`
 * may be `dy`.
 *
 * Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way to prevent neural networks from
 * overfitting", 2014; scaled in training, as in PyTorch and Keras.
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Over how many numbers: all entries of all images. */
export interface DropoutGeometry {
  /** How many numbers the arrays have. */
  readonly length: number;
}

/**
 * The geometry of a dropout.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one
 * @example
 * const [x, mask, y] = [Float32Array.of(1, 2), Float32Array.of(0, 2), new Float32Array(2)];
 * referenceKernels.prepare('dropout', dropoutGeometry('dropout1', 2), { x, mask, y })();
 * y; // [ 0, 4 ]
 */
export function dropoutGeometry(where: string, length: number): DropoutGeometry {
  checkCounts(where, { length });
  return { length };
}

const length = (g: DropoutGeometry): number => g.length;

const spec = kernelSpec<DropoutGeometry>();

export const dropoutSpecs = {
  dropout: spec({ x: length, mask: length }, { y: length }),
  dropoutInputGrad: spec({ dy: length, mask: length }, { dx: length }),
};
