/** Networks and trainings drawn at random: every kind of layer, optimizer and way of training, and images of many sizes. */
import { augmentation, imageDataset } from '../../packages/datasets/src/index';
import { type Network, networkFrom } from '../../packages/layers/src/index';
import { optimizerFrom, weightAverage } from '../../packages/optimizers/src/index';
import type { Random } from '../../packages/tensor/src/index';
import type { TrainingOptions } from '../../packages/training/src/index';

const upTo = (random: Random, most: number, least = 1): number => least + random.integer(most - least + 1);
const isSo = (random: Random): boolean => random.integer(2) === 0;
const oneOf = <Entry>(random: Random, entries: readonly Entry[]): Entry => entries[random.integer(entries.length)];

const activations = ['relu', 'sigmoid', 'tanh', 'silu', 'leakyRelu', 'relu6', 'hardSwish', 'gelu', 'geluTanh'];

const optimizers = [
  { kind: 'sgd', learningRate: 0.05 },
  { kind: 'sgd', learningRate: 0.02, momentum: 0.9 },
  { kind: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 0.001 },
  { kind: 'adam', learningRate: 0.002 },
  { kind: 'adamw', learningRate: 0.002 },
  { kind: 'rmsprop', learningRate: 0.001 },
  { kind: 'lion', learningRate: 0.0005 },
  { kind: 'muon', learningRate: 0.02, adamwLearningRate: 0.003 },
];

/** What a training needs besides its engine. */
export type DrawnTraining = Omit<TrainingOptions, 'engine'>;

/** The training of a network: two steps and a half, so that the last one is padded. */
export function trainingOf(network: Network, random: Random, batchSize: number): DrawnTraining {
  const [height, width, channels] = network.inputShape as readonly [number, number, number];
  const classes = network.outputShape.at(-1) as number;
  const count = Math.ceil(2.5 * batchSize);
  return {
    network,
    dataset: imageDataset({
      name: 'noise',
      images: Uint8Array.from({ length: count * height * width * channels }, () => random.integer(256)),
      labels: Uint8Array.from({ length: count }, () => random.integer(classes)),
      height,
      width,
      channels,
      classes,
    }),
    normalization: { mean: random.uniform(0, 0.6), std: random.uniform(0.2, 1) },
    optimizer: optimizerFrom(oneOf(random, optimizers)),
    ...oneOf<Pick<TrainingOptions, 'gradientClipping'>>(random, [
      {},
      { gradientClipping: { norm: 0.5 } },
      { gradientClipping: { value: 0.01 } },
    ]),
    ...(isSo(random) && { averaging: weightAverage({ decay: 0.9 }) }),
    ...(isSo(random) && { labelSmoothing: 0.1 }),
    ...(isSo(random) && { augmentation: augmentation({ shift: 1.5, rotation: 10 }) }),
    batchSize,
    epochs: 1,
    seed: random.integer(1000),
  };
}

/** A training of a network that is drawn, too. */
export function drawnTraining(random: Random): DrawnTraining {
  for (let attempt = 0; ; attempt++) {
    const draw = random.fork(attempt);
    try {
      const input = [upTo(draw, 20, 4), upTo(draw, 20, 4), upTo(draw, 4)];
      const network = networkFrom({ layers: layersOf(draw) }, { input });
      return trainingOf(network, draw, oneOf(draw, [8, 16, upTo(draw, 70)]));
    } catch (error) {
      // Such as a window larger than what is left of the image.
      if (attempt === 1000) throw error;
    }
  }
}

function layersOf(random: Random): readonly unknown[] {
  const blocks = Array.from({ length: upTo(random, 3, 0) }, () => blockOf(random)).flat();
  const hidden = isSo(random) ? [{ kind: 'dense', outFeatures: upTo(random, 80) }, oneOf(random, activations)] : [];
  const head = random.integer(4) === 0 ? 'globalAveragePool' : 'flatten';
  return [...blocks, head, ...hidden, { kind: 'dense', outFeatures: upTo(random, 12, 2) }];
}

function blockOf(random: Random): readonly unknown[] {
  const channels = upTo(random, 24);
  const padding = oneOf(random, ['same', 'valid', 1]);
  const kernel = oneOf(random, [1, 3, 3, 5, [upTo(random, 5), upTo(random, 5)]]);
  const convolution = { kind: 'conv2d', outChannels: channels, kernel, padding, stride: oneOf(random, [1, 1, 1, 2]) };
  const activation = oneOf(random, activations);
  const inner = { kind: 'conv2d', outChannels: channels, kernel: 3, padding: 'same' };
  const depthwise = { ...inner, groups: channels, dilation: oneOf(random, [1, 2]), bias: false };
  return [
    convolution,
    ...(random.integer(3) === 0 ? ['batchNorm'] : []),
    activation,
    ...oneOf(random, [[], [{ kind: 'residual', body: [inner, 'batchNorm', activation] }, 'relu'], [depthwise]]),
    ...oneOf(random, [
      [],
      [{ kind: 'pool2d', pooling: 'max', window: 2 }],
      [{ kind: 'pool2d', pooling: 'mean', window: 2 }],
      [{ kind: 'pool2d', pooling: 'max', window: 3, stride: 2, padding: 1 }],
    ]),
    ...(random.integer(4) === 0 ? [{ kind: 'dropout', rate: 0.3 }] : []),
  ];
}
