/** One training step of any network on one image: any of its quantities. */
import type { Mode, Network, NetworkParameters } from '@longhand/layers';
import { countText } from '@longhand/rendering';
import type { Derivation } from './derivation';
import { notesLatex, pathLatex } from './indexed-symbols';
import { entryNamed, familiesOf, isDocumentedForm } from './lenet-quantities';
import { NetworkRun } from './network-run';
import { NetworkStep } from './network-step';

/** The step to derive from: a network, its weights, an image with its label. */
export interface NetworkStepSetup {
  /** The network. */
  readonly network: Network;
  /** `height · width · channels` bytes of the image, row by row, the channels of a pixel side by side. */
  readonly image: Uint8Array;
  /** The class of the image, from 0. */
  readonly label: number;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** The weights. Default: the initial weights of the seed 1. */
  readonly parameters?: NetworkParameters;
  /**
   * In training, the image is the whole batch: batch normalization takes its mean and variance, and dropout drops. In `'evaluate'` they
   * work as in use. Default: `'train'`.
   */
  readonly mode?: Mode;
}

/** The options of {@link deriveNetworkStep}. */
export interface AnyNetworkStepOptions extends NetworkStepSetup {
  /** The quantity by name: `conv1.weight.4.0.1.2`, `block1.body.conv1.y.2.3.7`, `bn.mean.3`, `x.14.10`, `p7`, … */
  readonly quantity: string;
}

/**
 * A training step of a network on one image, run once. Its numbers can be read by the families of their names; any can be derived, and
 * asked what it is computed from. A network of the documented form has the names of the notes (`k2.5.3.1.2`, maps from 1), any other the
 * paths of its layers (`conv1.weight.4.0.1.2`, all from 0).
 *
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * const step = networkStep({ network: lenetDocumented(), image, label: 7, normalization });
 * Math.abs(step.stepOf('dL/dk2.5.3.1.2').centralDifference ?? 1) < 1; // true
 */
export function networkStep(setup: NetworkStepSetup): NetworkStep {
  const { network, label } = setup;
  const hasNotesNames = isDocumentedForm(network) && network.layers.every(({ symbol }) => symbol !== undefined);
  return hasNotesNames
    ? new NetworkStep(new NetworkRun(network, familiesOf(network), setup), label, notesLatex)
    : new NetworkStep(new NetworkRun(network, 'every layer', setup), label, pathLatex);
}

/**
 * The derivation of one quantity: its inputs, each with its own formula, then its value; then the same for its gradient. What a layer
 * of the user's own writes is derived by the terms of its pass; without them a remark says that it is not.
 *
 * @throws OptionError for an unknown name
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * const network = lenetDocumented();
 * const quantity = 'conv1.weight.4.0.1.2';
 * deriveNetworkStep({ network, image, label: 7, quantity, normalization }).steps.at(-1)?.id; // 'dL/dconv1.weight.4.0.1.2'
 */
export function deriveNetworkStep(options: AnyNetworkStepOptions): Derivation {
  const { network, quantity, label, mode = 'train' } = options;
  const step = new NetworkStep(new NetworkRun(network, 'every layer', options), label, pathLatex);
  const asked = entryNamed(step.families, quantity, 'the name of an array with its indices from 0');
  const use = mode === 'train' ? 'in training, with this image as the whole batch' : 'in use';
  return {
    example: 'network-step',
    title: 'One training step of a network on a real digit',
    about: `The network has ${countText(network.parameterCount)} parameters; its layers work as ${use}. The label is ${label}; asked for is ${asked.id}. Every factor is a quantity that can be asked for in turn.`,
    order: 'standard',
    digits: 'exact',
    steps: step.derive(asked.family, asked.index),
    errata: [],
  };
}
