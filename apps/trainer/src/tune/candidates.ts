/** Configurations as settings and networks: checked before the first is trained. */
import { describeNetwork, type Network, networkFrom } from '@longhand/layers';
import { isRecord } from '@longhand/schema';
import { formatShape } from '@longhand/tensor';
import { currentBudget } from '../command/budget';
import { refusal } from '../command/failure';
import { networkSource } from '../command/network-source';
import type { RunSettings } from '../run/run-settings';
import type { RunInputs } from '../train/run-inputs';
import { lossOf, optimizerOf, regularizationOf, scheduleOf } from '../train/training-options';
import { type Configuration, type SearchedSetting, settingsOf } from './search-space';
import type { Candidate } from './trial';

/** A configuration with what is made of it. */
export interface NumberedCandidate extends Candidate {
  readonly configuration: Configuration;
}

/**
 * The candidates of configurations. Of those that come to the same, the first stays.
 *
 * @throws CommandError when one of them cannot be trained; the line names what was searched
 */
export function candidatesOf(
  space: readonly SearchedSetting[],
  configurations: readonly Configuration[],
  inputs: RunInputs,
): readonly NumberedCandidate[] {
  const seen = new Set<string>();
  return configurations.flatMap((configuration) => {
    const settings = settingsOf(inputs.config.settings, space, configuration);
    const network = networkOf(settings, space, configuration, inputs);
    for (const validate of [optimizerOf, regularizationOf, lossOf]) validate(settings, inputs.code);
    scheduleOf(settings, inputs.dataset.count, inputs.code);
    const key = JSON.stringify([Object.entries(settings).toSorted(), describeNetwork(network)]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ configuration, settings, network }];
  });
}

function networkOf(
  settings: RunSettings,
  space: readonly SearchedSetting[],
  configuration: Configuration,
  { network: given, dataset, code, config }: RunInputs,
): Network {
  const { activation, pooling, model, from } = settings;
  const isGiven = model !== undefined || from !== undefined;
  const isSame = activation === config.settings.activation && pooling === config.settings.pooling;
  const named = isGiven || isSame ? given : networkSource(settings, dataset, code).network;
  const layers = space.filter(({ layer, name }) => layer !== undefined && Object.hasOwn(configuration, name));
  if (layers.length === 0) return named;
  const description = structuredClone(describeNetwork(named));
  for (const { name, layer = '', key } of layers) {
    const described = layerAt(description.layers, layer.split('.'));
    if (described === undefined) {
      const names = description.layers.map((other) => other.name).join(', ');
      throw refusal(`option '--search': ${name}: expected the name of a layer, one of ${names}, got '${layer}'`);
    }
    described[key] = configuration[name];
  }
  const changed = rebuilt(description, layers, code.modules);
  if (formatShape(changed.outputShape) !== formatShape(named.outputShape)) {
    throw refusal(
      `option '--search': expected the network to keep its output ${formatShape(named.outputShape)}, got ${formatShape(changed.outputShape)} with ${layers.map(({ name }) => `${name}=${configuration[name]}`).join(' ')}`,
    );
  }
  return changed;
}

function rebuilt(
  description: unknown,
  layers: readonly SearchedSetting[],
  modules: RunInputs['code']['modules'],
): Network {
  try {
    return networkFrom(description, { modules, budget: currentBudget() });
  } catch (error) {
    throw refusal(`option '--search': ${layers.map(({ name }) => name).join(', ')}: ${(error as Error).message}`);
  }
}

/** The description of a layer by its path: `conv1`, or within a block `layer1_0.body.conv1`. */
function layerAt(layers: unknown, [name, list, ...rest]: readonly string[]): Record<string, unknown> | undefined {
  if (!Array.isArray(layers)) return undefined;
  const found: unknown = layers.find((layer) => isRecord(layer) && layer.name === name);
  if (!isRecord(found)) return undefined;
  return list === undefined ? (found as Record<string, unknown>) : layerAt(found[list], rest);
}
