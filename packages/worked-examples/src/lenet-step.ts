/**
 * One training step of the documented network (`lenetDocumented` of `@longhand/layers`: two convolutions, 3,898 parameters) on
 * one real digit. Any single weight, pixel or map entry can be asked for; it is written out as the sum of its terms, with the
 * numerical gradient beside its gradient.
 */
import { lenetDocumented, type Network, type NetworkParameters } from '@longhand/layers';
import { countText } from '@longhand/rendering';
import type { Derivation } from './derivation';
import { notesLatex } from './indexed-symbols';
import { entryNamed, familiesOf } from './lenet-quantities';
import { NetworkRun } from './network-run';
import { NetworkStep } from './network-step';

/** The options of {@link deriveLenetStep}. */
export interface LenetStepOptions {
  /** `height · width` bytes of the digit, row by row. */
  readonly image: Uint8Array;
  /** The class of the image, from 0. */
  readonly label: number;
  /** The quantity by name: `k2.5.3.1.2`, `b1.4`, `C1.2.3.7`, `x.14.10`, `o7`, … */
  readonly quantity: string;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** A network with the eight layers of the documented one. Default: the documented network with ReLU and max pooling. */
  readonly network?: Network;
  /** The weights. Default: the initial weights of the seed 1. */
  readonly parameters?: NetworkParameters;
}

/**
 * The derivation of one quantity: its inputs, each with its own formula, then its value; then the same for its gradient.
 *
 * @throws OptionError for an unknown name
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * deriveLenetStep({ image, label: 7, quantity: 'k2.5.3.1.2', normalization }).steps.at(-1)?.id; // 'dL/dk2.5.3.1.2'
 */
export function deriveLenetStep(options: LenetStepOptions): Derivation {
  const { network = lenetDocumented(), quantity, label } = options;
  const families = familiesOf(network);
  const asked = entryNamed(families, quantity);
  const step = new NetworkStep(new NetworkRun(network, families, options), label, notesLatex);
  return {
    example: 'lenet-step',
    title: 'One training step of the documented network on a real digit',
    about: `The documented network has two convolutions, each with pooling, and a dense layer: ${countText(network.parameterCount)} parameters. The digit is a ${label}; asked for is ${asked.id}. Every factor is a quantity that can be asked for in turn.`,
    order: 'standard',
    digits: 'exact',
    steps: step.derive(asked.family, asked.index),
    errata: [],
  };
}
