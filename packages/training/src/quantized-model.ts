/** A model whose weights are integers of 8 bits with a scale for each output channel: what is left of it. */
import { dequantize, quantizePerChannel } from '@longhand/formats';
import type { Shape } from '@longhand/tensor';
import { checkParameters, type Model } from './model-settings';

/** Whether a parameter is a weight of several inputs. Biases, and what batch normalization has, stay as they are. */
export function isQuantized(shape: Shape): boolean {
  return shape.length > 1;
}

/**
 * The model with the weights that `encodeModel` and `encodeOnnxModel` leave with `quantize: 'int8'`, in float32.
 *
 * @throws ModelError when a weight is NaN or infinite
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * quantizedModel(model).parameters.values.length; // 3898 (each weight at most half a step away)
 */
export function quantizedModel(model: Model): Model {
  checkParameters(model);
  const parameters = model.network.zeros();
  parameters.buffers.set(model.parameters.buffers);
  for (const { path, shape } of parameters.entries) {
    const values = model.parameters.get(path);
    const kept = isQuantized(shape) ? dequantize(quantizePerChannel(values)) : values;
    parameters.get(path).data.set(kept.data);
  }
  return { ...model, parameters };
}
