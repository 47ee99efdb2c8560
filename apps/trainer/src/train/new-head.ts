/** A trained network for other classes: its layers stay with what they have learned, and the last dense layer begins anew. */
import { describeNetwork, type Network, type NetworkParameters, networkFrom } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import type { Model } from '@longhand/training';
import { currentBudget } from '../command/budget';
import { refusal } from '../command/failure';
import type { OwnCode } from '../command/own-modules';

/**
 * Whether a model has to learn other classes: another number of them, with other names.
 *
 * @param classNames those of the data
 */
export function needsNewHead({ network, classes }: Model, classNames: readonly string[]): boolean {
  if (network.outputShape[0] === classNames.length) return false;
  return classNames.length > classes.length || classNames.some((name, at) => classes[at] !== name);
}

/**
 * The network of a model with so many outputs.
 *
 * @param file the model's, for messages
 * @throws CommandError when its last layer is no dense layer, which could be made anew
 */
export function withOutputs({ network }: Model, count: number, { modules }: OwnCode, file: string): Network {
  const { input, layers } = describeNetwork(network);
  const last = layers.at(-1);
  const kind = last !== undefined && 'kind' in last ? last.kind : 'a layer of your own';
  if (kind !== 'dense') {
    throw refusal(
      `option '--from': expected a network that ends with a dense layer, which ${count} classes could have anew, got ${kind} at the end of ${file}; describe the network with --model`,
    );
  }
  const changed = [...layers.slice(0, -1), { ...last, outFeatures: count }];
  return networkFrom({ input, layers: changed }, { modules, budget: currentBudget() });
}

/** The parameters of a network with a new last layer: random for that one, and for all others those of the model. */
export function parametersWithNewHead(network: Network, { parameters }: Model, seed: number): NetworkParameters {
  const begun = network.initialize(seededRandom(seed).fork('initial'));
  const last = network.layers.at(-1)?.name;
  for (const { path, layer } of [...begun.entries, ...begun.bufferEntries]) {
    if (layer !== last) begun.get(path).data.set(parameters.get(path).data);
  }
  return begun;
}
