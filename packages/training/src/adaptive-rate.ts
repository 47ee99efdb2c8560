/** The learning rate of adaptive optimizers for each preset: what the command and the page begin with. */
import type { PresetName } from '@longhand/layers';

/** The larger the network, the smaller; batch normalization bears a larger one. Chosen on a validation split. */
const rates: Readonly<Record<PresetName, number>> = {
  'lenet-documented': 0.015,
  sprint: 0.02,
  lenet5: 0.003,
  wide: 0.001,
  'pytorch-mnist': 0.001,
  'resnet-small': 0.01,
};

const cautiousRate = 0.003;

/**
 * The learning rate that Adam, AdamW and their kin are recommended for a network.
 *
 * @param network a preset. Default: a network that is not known, or further training.
 * @example adaptiveRate('lenet5'); // 0.003
 */
export function adaptiveRate(network?: PresetName): number {
  return network === undefined ? cautiousRate : rates[network];
}
