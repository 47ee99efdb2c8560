/** The mean of each channel; the formulas are in `@longhand/kernels`, `global-average-pool/global-average-pool.ts`. */
import { type GlobalAveragePoolGeometry, globalAveragePoolGeometry } from '@longhand/kernels';
import { builtIn, kind, type Named } from '@longhand/schema';
import { formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { allocateOutput, type Layer, nothing } from './layer';

/**
 * The mean of each channel over the whole image, which takes the place of `flatten()` before the last dense layer: PyTorch's
 * `AdaptiveAvgPool2d(1)` with `Flatten`, Keras' `GlobalAveragePooling2D`. Source: Lin, Chen and Yan, "Network in network", 2014.
 *
 * @throws ShapeError, when prepared, if the input is no image
 * @example globalAveragePool(); // [7, 7, 64] → [64]
 */
export function globalAveragePool(): Layer<Named<'globalAveragePool', object>, never> {
  const geometryOf = (where: string, input: Shape, batch: number): GlobalAveragePoolGeometry => {
    if (input.length !== 3) {
      throw new ShapeError(`${where}: expected an image [height, width, channels], got ${formatShape(input)}`);
    }
    return globalAveragePoolGeometry(where, { batch, input: input as [number, number, number] });
  };
  return builtIn({
    description: { kind: 'globalAveragePool' },
    outputShape: (where, input) => [geometryOf(where, input, 1).channels],
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, [geometry.channels]);
      return {
        y,
        dy,
        forward: kernels.prepare('globalAveragePool', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('globalAveragePoolInputGrad', geometry, { dy, dx }) : nothing,
      };
    },
  });
}

export const globalAveragePoolKind = { ...kind('globalAveragePool', {}, globalAveragePool), stem: 'pool' };
