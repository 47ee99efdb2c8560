/** The softmax layer; the formulas are in `@longhand/kernels`, `softmax/softmax.ts`. */
import { type FeaturesGeometry, featuresGeometry } from '@longhand/kernels';
import { formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { allocateOutput } from './arrays';
import { type Layer, nothing } from './layer';

/**
 * Turns a vector into probabilities. To train a classifier, leave it out and take the loss `softmaxCrossEntropy`,
 * which contains it in a stabler form.
 *
 * @throws ShapeError, when prepared, if the input is not a plain vector
 * @example softmax() // [10] → [10], adding up to one
 */
export function softmax(): Layer {
  const geometryOf = (where: string, input: Shape, batch: number): FeaturesGeometry => {
    const [features] = input;
    if (input.length !== 1 || features === undefined) {
      throw new ShapeError(
        `${where}: expected a vector [features], got ${formatShape(input)}; put flatten() before it`,
      );
    }
    return featuresGeometry(where, { batch, features });
  };
  return {
    description: { kind: 'softmax' },
    outputShape: (where, input) => [geometryOf(where, input, 1).features],
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, inputShape);
      return {
        y,
        dy,
        forward: kernels.prepare('softmax', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('softmaxInputGrad', geometry, { y, dy, dx }) : nothing,
      };
    },
  };
}
