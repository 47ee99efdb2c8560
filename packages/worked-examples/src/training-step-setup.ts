/** What a training step is derived from: a network with its numbers, and the names of all that are to be written out. */
import type { Loss, Mode, Network } from '@longhand/layers';
import type { Digits, PrintedFigure, UpdateOrder } from './derivation';
import type { Spelling } from './symbols';

/** Ids of the entries of an array, in memory order; entries without one are written out where they are used. */
export type Names = readonly (string | undefined)[];

/**
 * The names of a layer's numbers, by the name of the array: `y`, the output; `dy`, the output gradient; each parameter and its gradient
 * (`weight`, `dWeight`), each buffer, and the arrays of its own terms (`mean` of a batch normalization).
 */
export type LayerNames = Readonly<Record<string, Names>>;

/** A training step to derive. */
export interface TrainingStepSetup {
  readonly network: Network;
  readonly loss: Loss;
  /** Values by path, in PyTorch's order. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** One input, in memory order. */
  readonly input: readonly number[];
  readonly target: readonly number[];
  /** How layers work that differs between training and use. Default: `'train'`. */
  readonly mode?: Mode;
  /** Default: none, the step ends with the gradients. */
  readonly learningRate?: number;
  readonly names: {
    readonly input: Names;
    readonly target: Names;
    /** By the path of the layer: `conv1`, `block1.body.conv1`. */
    readonly layers: Readonly<Record<string, LayerNames>>;
    readonly prediction?: Names;
    readonly loss: string;
    readonly learningRate?: string;
    /** The gradient of the input. */
    readonly dInput?: Names;
    /** The loss after the update. Default: it is not computed. */
    readonly lossAfter?: string;
  };
  readonly spelling?: Spelling;
  /** Other names of quantities, by their ids. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Other values of given quantities, by their ids. */
  readonly givens?: Readonly<Record<string, number>>;
  readonly printed?: Readonly<Record<string, PrintedFigure>>;
  /** Paths of parameters that are not updated. */
  readonly fixed?: readonly string[];
  /** Paths of parameters whose entries are one and the same number: each gets the sum of their gradients. */
  readonly shared?: readonly string[];
  readonly order: UpdateOrder;
  readonly digits: Digits;
}
