/** The networks that go by a name. */
import type { ActivationName } from '@longhand/kernels';
import { count, type Entries, oneOf, optional, where } from '@longhand/schema';
import { activation, activationSchema } from './activations';
import { batchNorm } from './batch-norm';
import { checkEntries } from './checked-options';
import { conv2d } from './conv2d';
import { crop2d } from './crop2d';
import { dense } from './dense';
import { dropout } from './dropout';
import { globalAveragePool } from './global-average-pool';
import { glorotUniform, type Initializer, lecunUniform } from './initializers';
import type { Layer } from './layer';
import type { Network } from './network';
import { pool2d } from './pool2d';
import { flatten } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

/** What can be chosen in every preset. */
export interface PresetOptions {
  /** The function after each convolution and each hidden dense layer. Default: `'relu'`. */
  readonly activation?: ActivationName;
  /** What a pooling window becomes. Default: `'max'`. */
  readonly pooling?: 'max' | 'mean';
  /** The number of outputs. Default: 10. */
  readonly classes?: number;
  /** The size of an image, and its channels if it has more than one. Default: `[28, 28]`. */
  readonly image?: readonly [height: number, width: number, channels?: number];
}

const presetEntries = {
  activation: optional(activationSchema),
  pooling: optional(oneOf('max', 'mean')),
  classes: optional(count),
  image: optional(where<NonNullable<PresetOptions['image']>>('[height, width]', Array.isArray)),
} satisfies Entries<PresetOptions>;

const mapsEntries = { ...presetEntries, maps: optional(where<never>('a list of numbers', Array.isArray)) };

/** The options of {@link lenetDocumented}. */
export interface LenetDocumentedOptions extends PresetOptions {
  /** The output channels of the two convolutions. Default: `[6, 12]`. */
  readonly maps?: readonly [first: number, second: number];
}

/** The options of {@link resnetSmall}. */
export interface ResnetSmallOptions extends PresetOptions {
  /** The channels of the first convolution and of the two residual blocks. Default: `[16, 28, 56]`. */
  readonly maps?: readonly [stem: number, first: number, second: number];
}

/** A preset, with the names of its layers that learn weights and biases, and of those that learn nothing. */
export type PresetNetwork<Learning extends string, Others extends string> = Network<
  Learning | Others,
  `${Learning}.${'weight' | 'bias'}`
>;

/** The layers of a preset that are activations: their function and a number, `relu1`. */
export type PresetActivations<Numbers extends number> = `${ActivationName}${Numbers}`;

/** The shape of an image, with its channels. */
function inputOf([height, width, channels = 1]: NonNullable<PresetOptions['image']>): readonly [
  number,
  number,
  number,
] {
  return [height, width, channels];
}

/**
 * How the weights of the presets start: by LeCun's rule before ReLU and its kin, by Glorot's before the others. He's rule is
 * made for ReLU, but in networks this shallow, whose pooling lets the largest values through, it starts with a loss of
 * 4.7 in place of 2.3 and ends with a slightly worse validation accuracy.
 */
function initializerFor(name: ActivationName): Initializer {
  return name === 'identity' || name === 'sigmoid' || name === 'tanh' ? glorotUniform : lecunUniform;
}

/** The network of {@link lenetDocumented}, with the names of its layers and parameters. */
export type LenetDocumented = PresetNetwork<
  'conv1' | 'conv2' | 'fc',
  'pool1' | 'pool2' | 'flatten' | PresetActivations<1 | 2>
>;

/**
 * The documented network, 3,898 parameters by default: the two-convolution digit classifier of the handwritten notes
 * that this project began with. In the symbols of the notes, with ⊛ for a convolution and ⊕ for a sum,
 *
 *   input ⊛ k¹ ⊕ b¹ → σ → C¹ → pool → P¹ → ⊛ k² ⊕ b² → σ → C² → pool → P² → v → w, b → o
 *
 *   k¹_{m,n,p}, b¹_p, p = 1..6     six 5×5 kernels on the 28×28 image
 *   C¹_{g,h,p}, P¹_{r,s,p}         six 24×24 maps, pooled to 12×12
 *   k²_{m,n,q}, b²_q               kernels over all six maps; the notes leave their number open, twelve is the classic
 *   C²_{p,q,·}, P²_{u,v,·}         twelve 8×8 maps, pooled to 4×4
 *   v, w, b, o                     192 values, a 10×192 dense layer, ten outputs
 *
 * That makes 6·25+6 + 12·150+12 + 192·10+10 = 3,898 parameters. The activation of the notes is σ, the sigmoid; ReLU
 * learns faster and is the default. The notes leave the pooling open; the maximum is the default.
 *
 * @example lenetDocumented({ activation: 'sigmoid', pooling: 'mean' }).parameterCount; // 3898
 */
export function lenetDocumented(options: LenetDocumentedOptions = {}): LenetDocumented {
  checkEntries<LenetDocumentedOptions>('lenetDocumented', mapsEntries, options);
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28], maps = [6, 12] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: inputOf(image),
    layers: {
      conv1: conv2d({ outChannels: maps[0], kernel: 5, initializer }),
      [`${name}1`]: activation({ activation: name }),
      pool1: pool2d({ pooling, window: 2 }),
      conv2: conv2d({ outChannels: maps[1], kernel: 5, initializer }),
      [`${name}2`]: activation({ activation: name }),
      pool2: pool2d({ pooling, window: 2 }),
      flatten: flatten(),
      fc: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
    symbols: {
      conv1: 'k¹, b¹',
      [`${name}1`]: 'C¹',
      pool1: 'P¹',
      conv2: 'k², b²',
      [`${name}2`]: 'C²',
      pool2: 'P²',
      flatten: 'v',
      fc: 'w, b → o',
    },
  }) as LenetDocumented;
}

/** The network of {@link sprint}, with the names of its layers and parameters. */
export type Sprint = PresetNetwork<
  'conv1' | 'conv2' | 'fc',
  'crop' | 'pool1' | 'pool2' | 'flatten' | PresetActivations<1 | 2>
>;

/**
 * A network made for one fast epoch, 3,946 parameters: the documented one without two of the digit's empty rows and columns on each side,
 * with smaller and more kernels. By default it has a smooth activation and mean pooling, which learn more in an epoch than ReLU and
 * maxima do.
 *
 *   crop → 24×24 → 5×5 kernels → 8 maps of 20×20, pooled to 10×10 → 3×3 kernels → 16 maps of 8×8, pooled to 4×4 → dense
 *
 * Source: chosen here, on validation digits; the trainer's README has what each choice gives.
 *
 * @example sprint({ classes: 26 }).outputShape; // [ 26 ]
 */
export function sprint(options: PresetOptions = {}): Sprint {
  checkEntries<PresetOptions>('sprint', presetEntries, options);
  const { activation: name = 'hardSwish', pooling = 'mean', classes = 10, image = [28, 28] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: inputOf(image),
    layers: {
      crop: crop2d({ border: 2 }),
      conv1: conv2d({ outChannels: 8, kernel: 5, initializer }),
      [`${name}1`]: activation({ activation: name }),
      pool1: pool2d({ pooling, window: 2 }),
      conv2: conv2d({ outChannels: 16, kernel: 3, initializer }),
      [`${name}2`]: activation({ activation: name }),
      pool2: pool2d({ pooling, window: 2 }),
      flatten: flatten(),
      fc: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
  }) as Sprint;
}

/** The network of {@link lenet5}, with the names of its layers and parameters. */
export type Lenet5 = PresetNetwork<
  'conv1' | 'conv2' | 'fc1' | 'fc2' | 'fc3',
  'pool1' | 'pool2' | 'flatten' | PresetActivations<1 | 2 | 3 | 4>
>;

/**
 * LeNet-5 as it is usually built today, 61,706 parameters, after LeCun, Bottou, Bengio and Haffner, "Gradient-based
 * learning applied to document recognition", 1998: every map of the second convolution sees all six maps of the first,
 * and a plain dense layer ends it.
 *
 * @example lenet5({ activation: 'tanh', pooling: 'mean' }).parameterCount; // 61706
 */
export function lenet5(options: PresetOptions = {}): Lenet5 {
  checkEntries<PresetOptions>('lenet5', presetEntries, options);
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: inputOf(image),
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
  }) as Lenet5;
}

/** The network of {@link wide}, with the names of its layers and parameters. */
export type Wide = PresetNetwork<'conv1' | 'conv2' | 'fc1' | 'fc2', 'pool' | 'flatten' | PresetActivations<1 | 2 | 3>>;

/**
 * A wide network of the shape of PyTorch's own MNIST example, without its dropout: 32 and 64 maps of 3×3, one pooling,
 * 128 hidden units, 1,199,882 parameters.
 *
 * @example wide({ activation: 'silu' }).parameterCount; // 1199882
 */
export function wide(options: PresetOptions = {}): Wide {
  return wideNetwork('wide', options, { dropped: false }) as Wide;
}

/** The network of {@link pytorchMnist}, with the names of its layers and parameters. */
export type PytorchMnist = PresetNetwork<
  'conv1' | 'conv2' | 'fc1' | 'fc2',
  'pool' | 'dropout1' | 'flatten' | 'dropout2' | PresetActivations<1 | 2 | 3>
>;

/**
 * The network of PyTorch's own MNIST example, 1,199,882 parameters: `wide` with dropout after the pooling and after the hidden layer.
 * The example's `log_softmax` is part of the loss here.
 *
 * Source: `mnist/main.py` of https://github.com/pytorch/examples.
 *
 * @example pytorchMnist().parameterCount; // 1199882
 */
export function pytorchMnist(options: PresetOptions = {}): PytorchMnist {
  return wideNetwork('pytorchMnist', options, { dropped: true }) as PytorchMnist;
}

/** Both networks: initial values are drawn by the names of layers, so that dropout changes none of them. */
function wideNetwork(where: string, options: PresetOptions, { dropped }: { readonly dropped: boolean }): Network {
  checkEntries<PresetOptions>(where, presetEntries, options);
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28] } = options;
  const initializer = initializerFor(name);
  return sequential({
    input: inputOf(image),
    layers: {
      conv1: conv2d({ outChannels: 32, kernel: 3, initializer }),
      [`${name}1`]: activation({ activation: name }),
      conv2: conv2d({ outChannels: 64, kernel: 3, initializer }),
      [`${name}2`]: activation({ activation: name }),
      pool: pool2d({ pooling, window: 2 }),
      ...(dropped && { dropout1: dropout({ rate: 0.25 }) }),
      flatten: flatten(),
      fc1: dense({ outFeatures: 128, initializer }),
      [`${name}3`]: activation({ activation: name }),
      ...(dropped && { dropout2: dropout({ rate: 0.5 }) }),
      fc2: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
  });
}

/** What a convolution without bias and the batch normalization after it learn and keep. */
export type NormalizedConvolution<Conv extends string, Norm extends string> =
  | `${Conv}.weight`
  | `${Norm}.${'weight' | 'bias' | 'running_mean' | 'running_var'}`;

/** The network of {@link resnetSmall}, with the names of its layers and parameters. */
export type ResnetSmall = Network<
  'conv' | 'bn' | 'pool' | 'block1' | 'block2' | 'globalPool' | 'fc' | PresetActivations<1 | 2 | 3>,
  | NormalizedConvolution<'conv', 'bn'>
  | `block${1 | 2}.body.${NormalizedConvolution<'conv1', 'bn1'> | NormalizedConvolution<'conv2', 'bn2'>}`
  | `block${1 | 2}.shortcut.${NormalizedConvolution<'conv', 'bn'>}`
  | `fc.${'weight' | 'bias'}`
>;

/**
 * A small residual network, 56,690 parameters by default: a convolution with pooling, then two residual blocks of two 3×3 convolutions each,
 * every convolution with batch normalization, and the mean of each of the last maps before one dense layer. The second block halves
 * the maps: 28×28, 14×14, 7×7.
 *
 * Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016, with two blocks in place of eight.
 *
 * @example resnetSmall({ maps: [8, 16, 32] }).outputShape; // [ 10 ]
 */
export function resnetSmall(options: ResnetSmallOptions = {}): ResnetSmall {
  checkEntries<ResnetSmallOptions>('resnetSmall', mapsEntries, options);
  const { activation: name = 'relu', pooling = 'max', classes = 10, image = [28, 28], maps = [16, 28, 56] } = options;
  const initializer = initializerFor(name);
  const act = activation({ activation: name });
  // The mean in batch normalization takes a bias out again.
  const conv = (outChannels: number, kernel: 1 | 3, stride: 1 | 2 = 1): Layer =>
    conv2d({ outChannels, kernel, stride, padding: kernel === 1 ? 0 : 1, bias: false, initializer });
  const block = (channels: number, stride: 1 | 2): Layer =>
    residual({
      body: {
        conv1: conv(channels, 3, stride),
        bn1: batchNorm(),
        [name]: act,
        conv2: conv(channels, 3),
        bn2: batchNorm(),
      },
      shortcut: { conv: conv(channels, 1, stride), bn: batchNorm() },
    });
  return sequential({
    input: inputOf(image),
    layers: {
      conv: conv(maps[0], 3),
      bn: batchNorm(),
      [`${name}1`]: act,
      pool: pool2d({ pooling, window: 2 }),
      block1: block(maps[1], 1),
      [`${name}2`]: act,
      block2: block(maps[2], 2),
      [`${name}3`]: act,
      globalPool: globalAveragePool(),
      fc: dense({ outFeatures: classes, initializer: glorotUniform }),
    },
  }) as ResnetSmall;
}

/** Every named network. */
export const presets = {
  'lenet-documented': lenetDocumented,
  sprint,
  lenet5,
  wide,
  'pytorch-mnist': pytorchMnist,
  'resnet-small': resnetSmall,
} as const satisfies Readonly<Record<string, (options?: PresetOptions) => Network>>;

/** The names of the presets. */
export type PresetName = keyof typeof presets;
