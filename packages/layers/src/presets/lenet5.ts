/**
 * LeNet-5 as it is usually built today, after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to
 * document recognition", 1998: every second-layer map sees all six first-layer maps, and a plain dense layer ends it.
 */
import { activation } from '../activations';
import { conv2d } from '../conv2d';
import { dense } from '../dense';
import { glorotUniform } from '../initializers';
import { pool2d } from '../pool2d';
import { flatten } from '../reshape';
import { type Network, sequential } from '../sequential';
import { initializerFor, type PresetOptions } from './lenet-documented';

/**
 * LeNet-5, 61,706 parameters.
 *
 * @example lenet5({ activation: 'tanh', pooling: 'mean' })
 */
export function lenet5(options: PresetOptions = {}): Network {
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: [...image, 1],
    layers: {
      conv1: conv2d({ outChannels: 6, kernel: 5, padding: 2, initializer }),
      [`${name}1`]: activation({ activation: name }),
      pool1: pool2d({ pooling, window: 2 }),
      conv2: conv2d({ outChannels: 16, kernel: 5, initializer }),
      [`${name}2`]: activation({ activation: name }),
      pool2: pool2d({ pooling, window: 2 }),
      flatten: flatten(),
      fc1: dense({ outFeatures: 120, initializer }),
      [`${name}3`]: activation({ activation: name }),
      fc2: dense({ outFeatures: 84, initializer }),
      [`${name}4`]: activation({ activation: name }),
      fc3: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
  });
}
