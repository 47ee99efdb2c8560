/** An untrained model with all that a plain chain of layers has not: buffers, dropout, and layers within blocks. */
import { networkFrom } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { seededRandom } from '@longhand/tensor';
import type { Model } from '@longhand/training';

const conv = (outChannels: number, options: object = {}): object => {
  return { kind: 'conv2d', outChannels, kernel: 3, padding: 1, bias: false, ...options };
};

export const residualLayers = [
  conv(2, { stride: 4 }),
  'batchNorm',
  'relu',
  {
    kind: 'residual',
    body: [conv(3, { stride: 2 }), 'batchNorm', 'relu', { kind: 'dropout', rate: 0.5 }, conv(3)],
    shortcut: [{ kind: 'conv2d', outChannels: 3, kernel: 1, stride: 2, bias: false }, 'batchNorm'],
  },
  'relu',
  'globalAveragePool',
  { kind: 'dropout', rate: 0.25 },
  { kind: 'dense', outFeatures: 10 },
];

const network = networkFrom({ input: [28, 28, 1], layers: residualLayers });
const random = seededRandom(5);
const parameters = network.initialize(random);
for (let at = 0; at < parameters.buffers.length; at++) parameters.buffers[at] = 0.5 + random.uniform();

export const residualModel: Model = {
  network,
  parameters,
  normalization: mnistNormalization,
  classes: Array.from({ length: 10 }, (_, label) => String(label)),
};
