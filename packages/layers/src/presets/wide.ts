/** A wide network of the shape of PyTorch's own MNIST example, without its dropout: the heavy end of the scale. */
import { activation } from '../activations';
import { conv2d } from '../conv2d';
import { dense } from '../dense';
import { glorotUniform } from '../initializers';
import { pool2d } from '../pool2d';
import { flatten } from '../reshape';
import { type Network, sequential } from '../sequential';
import { initializerFor, type PresetOptions } from './lenet-documented';

/**
 * 32 and 64 maps of 3×3, one pooling, 128 hidden units: 1,199,882 parameters.
 *
 * @example wide({ activation: 'silu' })
 */
export function wide(options: PresetOptions = {}): Network {
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: [...image, 1],
    layers: {
      conv1: conv2d({ outChannels: 32, kernel: 3, initializer }),
      [`${name}1`]: activation({ activation: name }),
      conv2: conv2d({ outChannels: 64, kernel: 3, initializer }),
      [`${name}2`]: activation({ activation: name }),
      pool: pool2d({ pooling, window: 2 }),
      flatten: flatten(),
      fc1: dense({ outFeatures: 128, initializer }),
      [`${name}3`]: activation({ activation: name }),
      fc2: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
  });
}
