/** What a pass knows of the step that it is run in. */
import type { Kernels } from '@longhand/kernels';
import { type DType, type FloatArray, type Random, seededRandom } from '@longhand/tensor';

/** The images in the lanes of a pass, the step, and randomness that does not depend on how images are spread over passes. */
export interface PassContext {
  /** `[capacity]`: 1 for a lane with an image, 0 for a spare one. */
  readonly imageMask: FloatArray;
  /** The step, counted from 0 over the whole run. */
  readonly step: number;
  /**
   * A stream of random numbers for one image, step and layer: the same at every call.
   *
   * @param layer the layer's name in its network, as {@link LayerBinding.where} has it
   */
  random(lane: number, layer: string): Random;
}

/** The context of a pass outside of a training run: every lane has an image, the step is the first, the lane is the image. */
export function contextAlone(kernels: Kernels, dtype: DType, capacity: number): PassContext {
  const random = seededRandom('pass');
  return {
    imageMask: kernels.allocate(dtype, capacity).fill(1),
    step: 0,
    random: (lane, layer) => random.fork(`${lane}/${layer}`),
  };
}
