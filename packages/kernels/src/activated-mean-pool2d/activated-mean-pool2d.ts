/**
 * An activation with the mean over windows behind it, as one operation: each way one pass over the large arrays.
 *
 *   a = f(x)                                                       (`activation/activation.ts`)
 *   y[i, j, c, n] = Σ over the window of a / k, with k its size    (`pool2d/pool2d.ts`)
 *
 *   dx = f′(x) · dy / k at each entry of the window
 *
 * Every entry of x lies in exactly one window.
 */
import { ShapeError } from '@longhand/tensor';
import type { ActivationName, ActivationParameters } from '../activation/activation';
import { kernelSpec } from '../contract/spec';
import { isCovered, type Pool2dGeometry, pool2dSpecs } from '../pool2d/pool2d';

/** All sizes, and the function. */
export interface ActivatedMeanPool2dGeometry extends ActivationParameters {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The function that is applied before the mean. */
  readonly activation: ActivationName;
  /** The pooling of what the function gives. */
  readonly pool: Pool2dGeometry;
}

/**
 * The geometry of an activation and the mean behind it.
 *
 * @throws ShapeError when windows overlap, leave entries out or reach into padding
 * @example
 * const pool = pool2dGeometry('pool1', { batch: 16, input: [24, 24, 6], window: [2, 2] });
 * activatedMeanPool2dGeometry('pool1', { activation: 'sigmoid' }, pool).pool.outHeight; // 12
 */
export function activatedMeanPool2dGeometry(
  where: string,
  { activation, ...parameters }: { readonly activation: ActivationName } & ActivationParameters,
  pool: Pool2dGeometry,
): ActivatedMeanPool2dGeometry {
  if (!isCovered(pool)) {
    throw new ShapeError(
      `${where}: expected windows that fill the image side by side, got ${pool.windowHeight}×${pool.windowWidth} at a stride of ` +
        `${pool.strideHeight}×${pool.strideWidth} on ${pool.inHeight}×${pool.inWidth}; pool apart from the activation`,
    );
  }
  return { batch: pool.batch, activation, ...parameters, pool };
}

/** The pooling, with the batch of the whole: code that pads the batch need not know of it. */
export const poolOf = (g: ActivatedMeanPool2dGeometry): Pool2dGeometry => ({ ...g.pool, batch: g.batch });

const x = (g: ActivatedMeanPool2dGeometry): number => pool2dSpecs.meanPool2d.reads.x(poolOf(g));
const y = (g: ActivatedMeanPool2dGeometry): number => pool2dSpecs.meanPool2d.writes.y(poolOf(g));

const spec = kernelSpec<ActivatedMeanPool2dGeometry>();

export const activatedMeanPool2dSpecs = {
  activatedMeanPool2d: spec({ x }, { a: x, y }),
  activatedMeanPool2dInputGrad: spec({ x, a: x, dy: y }, { dx: x }),
};
