/**
 * What a network gives its loss. Two pairs train without an error and are wrong: probabilities for a loss that takes the softmax or
 * the sigmoid itself, and numbers of any size for one that takes logarithms of probabilities.
 */
import { OptionError } from '@longhand/tensor';
import type { NamedLayer } from './layer';
import { knownLayer } from './layer-kinds';
import type { Network } from './network';

/** What a loss works on: numbers before a softmax or sigmoid, probabilities from 0 to 1, or whatever comes. */
export type LossInput = 'logits' | 'probabilities' | 'any numbers';

/**
 * The layer that determines the range of a network's output, and that range; undefined where that is not known.
 *
 * @example outputRange(sequential({ input: [4], layers: { fc: dense({ outFeatures: 2 }), softmax: softmax() } }))?.range; // 'softmax'
 */
export function outputRange(
  network: Pick<Network, 'layers'>,
): { readonly layer: NamedLayer; readonly range: 'softmax' | 'sigmoid' | 'unbounded' } | undefined {
  for (const layer of [...network.layers].reverse()) {
    const known = knownLayer(layer.layer);
    switch (known?.kind) {
      case 'softmax':
        return { layer, range: 'softmax' };
      case 'activation':
        if (known.activation === 'identity') continue;
        return { layer, range: known.activation === 'sigmoid' ? 'sigmoid' : 'unbounded' };
      case 'flatten':
      case 'reshape':
      case 'pool2d':
      case 'globalAveragePool':
        continue;
      case 'conv2d':
      case 'conv1d':
      case 'dense':
      case 'batchNorm':
      case 'residual':
        return { layer, range: 'unbounded' };
      // Dropout scales, and a layer of the user's own may do anything.
      case 'dropout':
      case undefined:
        return undefined;
    }
  }
  return undefined;
}

/**
 * @param loss its kind, for the message
 * @throws OptionError when the network gives the loss something else
 */
export function checkLossInput(loss: string, input: LossInput, network: Network): void {
  const output = outputRange(network);
  if (output === undefined) return;
  const { layer, range } = output;
  if (input === 'logits' && range !== 'unbounded') {
    throw new OptionError(
      `${loss}: expected logits, got the probabilities of '${layer.name}' (${range}); leave that layer out, the loss contains its own`,
    );
  }
  if (input === 'probabilities' && range === 'unbounded') {
    throw new OptionError(
      `${loss}: expected probabilities from 0 to 1, got the numbers of '${layer.name}'; end the network with sigmoid(), or take sigmoidBinaryCrossEntropy()`,
    );
  }
}
