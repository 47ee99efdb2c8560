/** The data of an exported module, which its code reads: the network as a plan and all numbers in one text. */
import type { DataLayout } from '@longhand/datasets';
import type { ActivationName } from '@longhand/kernels';
import type { Calibration } from '@longhand/training';

/**
 * A layer as the module runs it, over images `[channels, height, width]`; a signal is an image of height one. Numbers are apart, in the
 * order of the layers. Axes have PyTorch's order: `[height, width]`, zeros `[top, left, bottom, right]`.
 */
export type PlanLayer =
  | PlanConvolution
  | PlanPooling
  /** y = weight · x + bias, weight `[out, in]`. */
  | { readonly kind: 'dense'; readonly weight: readonly [out: number, into: number]; readonly bias: boolean }
  /** y = factor · x + summand for each of so many channels: batch normalization in use. */
  | { readonly kind: 'scale'; readonly count: number }
  | { readonly kind: 'mean' | 'softmax' | 'flatten' }
  /** The middle of an image, without the rows and columns `[top, left, bottom, right]`. */
  | { readonly kind: 'crop'; readonly border: readonly number[] }
  | { readonly kind: 'activation'; readonly name: ActivationName; readonly slope?: number }
  | { readonly kind: 'residual'; readonly body: readonly PlanLayer[]; readonly shortcut: readonly PlanLayer[] };

/** A cross-correlation. */
export interface PlanConvolution {
  readonly kind: 'conv';
  /** `[out, in / groups, height, width]` */
  readonly weight: readonly [out: number, into: number, rows: number, columns: number];
  readonly bias: boolean;
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  /** Default: 1 each. */
  readonly dilations?: readonly number[];
  /** Default: 1. */
  readonly groups?: number;
}

export interface PlanPooling {
  readonly kind: 'maxPool' | 'averagePool';
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  /** Whether a mean counts the zeros around the image. */
  readonly countsPads?: boolean;
}

/** A model in a module. */
export interface ModuleModel {
  /** The names of the outputs. */
  readonly classes: readonly string[];
  /** `[channels, height, width]` */
  readonly input: readonly [channels: number, rows: number, columns: number];
  /** Of pixels from 0 to 1, one number for each channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly plan: readonly PlanLayer[];
  /** Whether the network gives probabilities itself. */
  readonly closed: boolean;
  /** When a prediction is sure; absent where the model's file does not say. */
  readonly calibration?: Pick<Calibration, 'temperature' | 'threshold' | 'similarity'>;
  /** How the training images lie, where pictures are made like them and MNIST's way is not theirs. */
  readonly layout?: DataLayout;
  /** The bytes of a weight: an integer, with a factor for each output channel. */
  readonly size: 1 | 3;
  /**
   * In base64, lowest bytes first, layer by layer: of weights a float32 factor for each output channel and the integers; of biases, and of
   * `scale` the factors and then the summands, float32.
   */
  readonly numbers: string;
}

/** What the text above the code names it. */
declare global {
  const model: ModuleModel;
}
