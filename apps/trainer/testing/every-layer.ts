/** Untrained models that together have every kind of layer with its options, and every activation, for exports. */
import { channelNormalizations } from '@longhand/datasets';
import { activationFunctions, referenceKernels } from '@longhand/kernels';
import { type Network, networkFrom } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { seededRandom } from '@longhand/tensor';
import type { Model } from '@longhand/training';

const activationNames = Object.keys(activationFunctions);

/** A model of layers on images of 28 × 28, with parameters and statistics from a seed. */
export function madeModel(layers: readonly unknown[], input: readonly number[] = [28, 28, 1]): Model {
  const network: Network = networkFrom({ input, layers });
  const random = seededRandom(7);
  const parameters = network.initialize(random);
  for (const { path } of parameters.bufferEntries) {
    const { data } = parameters.get(path);
    for (let at = 0; at < data.length; at++) data[at] = 0.5 + random.uniform();
  }
  for (const { path } of parameters.entries) {
    const { data } = parameters.get(path);
    if (path.endsWith('bias')) for (let at = 0; at < data.length; at++) data[at] = 0.2 * random.normal();
  }
  const [outputs] = network.outputShape;
  const channels = input.at(-1) ?? 1;
  const colors = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
  return {
    network,
    parameters,
    normalization: channels === 3 ? colors : mnistNormalization,
    classes: Array.from({ length: outputs }, (_, label) => String(label)),
  };
}

const head = ['flatten', { kind: 'dense', outFeatures: 10 }];
const conv = (options: object): object => ({ kind: 'conv2d', outChannels: 4, kernel: 3, ...options });

/** Every kind of layer in every way that it can be, by what is looked at. */
export const everyLayer: Readonly<Record<string, Model>> = {
  'convolutions of any stride, padding and dilation': madeModel([
    conv({ stride: [2, 1], padding: 'same' }),
    conv({ kernel: [3, 5], padding: 2, bias: false }),
    conv({ dilation: [1, 2], padding: { top: 0, bottom: 2, left: 1, right: 0 } }),
    conv({ stride: 2, padding: 'same', kernel: 4 }),
    ...head,
  ]),
  'groups, and true convolutions': madeModel([
    conv({ outChannels: 6, stride: 2, trueConvolution: true }),
    conv({ outChannels: 6, groups: 6, padding: 1 }),
    conv({ outChannels: 4, groups: 2, trueConvolution: true, dilation: 2 }),
    ...head,
  ]),
  'pooling of any stride and padding': madeModel([
    conv({ stride: 2 }),
    { kind: 'pool2d', pooling: 'max', window: 3, stride: 2, padding: 1 },
    {
      kind: 'pool2d',
      pooling: 'mean',
      window: [3, 2],
      stride: [1, 2],
      padding: { top: 1, bottom: 1, left: 1, right: 1 },
    },
    { kind: 'pool2d', pooling: 'mean', window: 3, stride: 2, padding: 1, countIncludePad: false },
    { kind: 'pool2d', pooling: 'max', window: 2, stride: 1, padding: { top: 0, bottom: 1, left: 1, right: 0 } },
    ...head,
  ]),
  'a crop, the same on all sides and not': madeModel([
    { kind: 'crop2d', border: 2 },
    { kind: 'crop2d', border: { top: 1, bottom: 0, left: 2, right: 3 } },
    conv({ stride: 3 }),
    ...head,
  ]),
  'the mean of each channel': madeModel([
    conv({ stride: 3 }),
    'relu',
    'globalAveragePool',
    { kind: 'dense', outFeatures: 10 },
  ]),
  'batch normalization of images and features': madeModel([
    conv({ stride: 3, bias: false }),
    { kind: 'batchNorm', epsilon: 0.001 },
    'relu',
    'flatten',
    { kind: 'dense', outFeatures: 12, bias: false },
    { kind: 'batchNorm', momentum: 0.2 },
    { kind: 'dropout', rate: 0.5 },
    { kind: 'dense', outFeatures: 10 },
  ]),
  'residual blocks within another': madeModel([
    conv({ stride: 4 }),
    {
      kind: 'residual',
      body: [
        { kind: 'residual', body: [conv({ padding: 1 }), 'batchNorm'] },
        'silu',
        conv({ outChannels: 6, stride: 2, padding: 1 }),
        { kind: 'dropout', rate: 0.25 },
      ],
      shortcut: [conv({ outChannels: 6, kernel: 1, stride: 2 }), 'batchNorm'],
    },
    'relu',
    ...head,
  ]),
  'every activation': madeModel([
    conv({ stride: 3 }),
    ...activationNames.map((name) => ({ kind: 'activation', activation: name })),
    { kind: 'activation', activation: 'leakyRelu', negativeSlope: 0.3 },
    'flatten',
    // After so many functions a wide spread again.
    { kind: 'dense', outFeatures: 32 },
    ...activationNames.flatMap((name) => [
      { kind: 'dense', outFeatures: 32 },
      { kind: 'activation', activation: name },
    ]),
    { kind: 'dense', outFeatures: 10 },
  ]),
  'probabilities as the output': madeModel([conv({ stride: 3 }), 'tanh', ...head, 'softmax']),
  'sigmoids as the output': madeModel([conv({ stride: 3 }), 'tanh', ...head, 'sigmoid']),
  'a flatten that is a reshape': madeModel([
    conv({ stride: 9 }),
    { kind: 'reshape', shape: [36] },
    { kind: 'dense', outFeatures: 10 },
  ]),
};

/** Of color pictures and of signals, which are no images of 28 × 28. */
export const otherInputs: Readonly<Record<'colors' | 'signal' | 'features', Model>> = {
  colors: madeModel([conv({ stride: 2 }), 'relu', ...head], [8, 10, 3]),
  signal: madeModel(
    [
      { kind: 'conv1d', outChannels: 3, kernel: 3, stride: 2, padding: [0, 1], dilation: 2 },
      { kind: 'conv1d', outChannels: 3, kernel: 3, padding: 'same', groups: 3, trueConvolution: true },
      'batchNorm',
      'relu',
      ...head,
    ],
    [24, 2],
  ),
  features: madeModel(
    [{ kind: 'dense', outFeatures: 6 }, 'batchNorm', 'relu', { kind: 'dense', outFeatures: 4 }],
    [12],
  ),
};

/** The network's output in float64 for the bytes of an image. */
export function outputOf({ network, parameters, normalization }: Model, image: ArrayLike<number>): number[] {
  const own = network.zeros({ dtype: 'float64' });
  own.values.set(parameters.values);
  own.buffers.set(parameters.buffers);
  const pass = network.prepare({ kernels: referenceKernels, parameters: own, capacity: 1, mode: 'evaluate' });
  const perChannel = channelNormalizations('model', normalization, network.inputShape.at(-1) ?? 1);
  for (let k = 0; k < image.length; k++) {
    const { mean, std } = perChannel[k % perChannel.length];
    pass.input[k] = (image[k] / 255 - mean) / std;
  }
  pass.forward();
  return [...pass.output];
}
