/** Allocation of a layer's output and of the gradient at it, the same for every layer. */
import { type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import type { LayerBinding } from './layer';

/** The arrays `y` and, when training, `dy` of a layer with the output shape. */
export function allocateOutput(
  { kernels, dtype, capacity, training }: LayerBinding,
  outputShape: Shape,
): { y: FloatArray; dy: FloatArray | undefined } {
  const length = sizeOf(outputShape) * capacity;
  return {
    y: kernels.allocate(dtype, length),
    dy: training ? kernels.allocate(dtype, length) : undefined,
  };
}
