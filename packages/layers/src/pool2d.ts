/** The pooling layer; the formulas are in `@longhand/kernels`, `pool2d/pool2d.ts`. */
import { type Pool2dGeometry, type PoolPadding, pool2dGeometry } from '@longhand/kernels';
import { boolean, builtIn, type Entries, kind, type Named, oneOf, optional } from '@longhand/schema';
import { formatShape, OptionError, type Shape, ShapeError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { allocateOutput, type Layer, nothing } from './layer';
import { type Pair, pair, pairSchema, sidesSchema } from './options';

/** The options of {@link pool2d}. */
export interface Pool2dOptions {
  /** What a window becomes: its maximum, or its mean. */
  readonly pooling: 'max' | 'mean';
  /** The size of a window. */
  readonly window: Pair;
  /** Steps between windows. Default: the size of the window. */
  readonly stride?: Pair;
  /**
   * Rows and columns around the image, on all sides or on each, fewer than the window has: −∞ for a maximum, 0 for a mean.
   * Default: 0.
   */
  readonly padding?: PoolPadding;
  /** Whether a mean divides by the whole window, padding included. Default: true, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

/**
 * Pooling over images `[height, width, channels]`, channel by channel: each window becomes its maximum, or its mean.
 * Windows overlap where the stride is smaller than they are. The output is `[(height + padding − window) / stride +
 * 1, …, channels]`, rounded down, with the padding of both sides. Backward, a maximum gives its gradient to the
 * first entry of the window that has it, as PyTorch does; a mean gives every entry the same share.
 *
 * @throws ShapeError, when placed in a network, if the input is no image or the window does not fit; OptionError if a maximum is
 * given `countIncludePad`
 * @example pool2d({ pooling: 'max', window: 2 }); // [24, 24, 6] → [12, 12, 6]
 * @example pool2d({ pooling: 'max', window: 3, stride: 2, padding: 1 }); // [24, 24, 6] → [12, 12, 6] (as in ResNet)
 */
export function pool2d(given: Pool2dOptions): Layer<Named<'pool2d', Pool2dOptions>, never> {
  const options = checkedOptions<Pool2dOptions>(pool2dKind, given);
  return poolingBy(options.pooling === 'max' ? 'maxPool2d' : 'meanPool2d', options);
}

/** The geometry of a {@link pool2d} layer at an input. */
export function geometryOfPool2d(options: Pool2dOptions, where: string, input: Shape, batch: number): Pool2dGeometry {
  const { pooling, window, stride = window, padding = 0, countIncludePad } = options;
  if (pooling === 'max' && countIncludePad !== undefined) {
    throw new OptionError(`${where}: expected countIncludePad for the pooling mean alone, got it for max`);
  }
  if (input.length !== 3) {
    throw new ShapeError(`${where}: expected an image [height, width, channels], got ${formatShape(input)}`);
  }
  return pool2dGeometry(where, {
    batch,
    input: input as [number, number, number],
    window: pair(window),
    stride: pair(stride),
    padding,
    countIncludePad: countIncludePad ?? true,
  });
}

/** ReLU and the maximum after it in one layer, for passes whose arrays between the two are not looked at. */
export function reluMaxPool2d(options: Pool2dOptions): Layer {
  return poolingBy('reluMaxPool2d', options);
}

function poolingBy(
  kernel: 'maxPool2d' | 'meanPool2d' | 'reluMaxPool2d',
  options: Pool2dOptions,
): Layer<Named<'pool2d', Pool2dOptions>, never> {
  const geometryOf = (where: string, input: Shape, batch: number): Pool2dGeometry =>
    geometryOfPool2d(options, where, input, batch);
  const outputShapeOf = (g: Pool2dGeometry): Shape => [g.outHeight, g.outWidth, g.channels];
  return builtIn({
    description: { kind: 'pool2d', ...options },
    outputShape: (where, input) => outputShapeOf(geometryOf(where, input, 1)),
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, outputShapeOf(geometry));
      return {
        y,
        dy,
        forward: kernels.prepare(kernel, geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient:
          dy && dx
            ? kernel === 'meanPool2d'
              ? kernels.prepare('meanPool2dInputGrad', geometry, { dy, dx })
              : kernels.prepare(`${kernel}InputGrad`, geometry, { x, y, dy, dx })
            : nothing,
      };
    },
  });
}

export const pool2dKind = {
  ...kind(
    'pool2d',
    {
      pooling: oneOf('max', 'mean'),
      window: pairSchema,
      stride: optional(pairSchema),
      padding: optional(sidesSchema),
      countIncludePad: optional(boolean),
    } satisfies Entries<Pool2dOptions>,
    pool2d,
  ),
  stem: 'pool',
};
