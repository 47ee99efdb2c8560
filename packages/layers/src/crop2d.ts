/** The cropping layer; the formulas are in `@longhand/kernels`, `crop2d/crop2d.ts`. */
import { type Crop2dGeometry, crop2dGeometry } from '@longhand/kernels';
import { builtIn, type Entries, kind, type Named } from '@longhand/schema';
import { formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { allocateOutput, type Layer, nothing } from './layer';
import { type Sides, sides, sidesSchema } from './options';

/** The options of {@link crop2d}. */
export interface Crop2dOptions {
  /** Rows and columns that are left out, on all sides or on each. */
  readonly border: Sides;
}

/**
 * The middle of an image `[height, width, channels]`: Keras' `Cropping2D`, PyTorch's `ZeroPad2d` with negative numbers. Before the first
 * convolution it spares the border that holds no ink.
 *
 * @throws ShapeError, when placed in a network, if the input is no image or nothing of it is left
 * @example crop2d({ border: 2 }); // [28, 28, 1] → [24, 24, 1]
 */
export function crop2d(options: Crop2dOptions): Layer<Named<'crop2d', Crop2dOptions>, never> {
  const { border } = checkedOptions<Crop2dOptions>(crop2dKind, options);
  const geometryOf = (where: string, input: Shape, batch: number): Crop2dGeometry => {
    if (input.length !== 3) {
      throw new ShapeError(`${where}: expected an image [height, width, channels], got ${formatShape(input)}`);
    }
    return crop2dGeometry(where, { batch, input: input as [number, number, number], border: sides(border) });
  };
  return builtIn({
    description: { kind: 'crop2d', border },
    outputShape(where, input) {
      const { outHeight, outWidth, channels } = geometryOf(where, input, 1);
      return [outHeight, outWidth, channels];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, [geometry.outHeight, geometry.outWidth, geometry.channels]);
      return {
        y,
        dy,
        forward: kernels.prepare('crop2d', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('crop2dInputGrad', geometry, { dy, dx }) : nothing,
      };
    },
  });
}

export const crop2dKind = {
  ...kind('crop2d', { border: sidesSchema } satisfies Entries<Crop2dOptions>, crop2d),
  stem: 'crop',
};
