/** What the settings of a run come to: its network, the options of training, and the command line that trains the same. */
import { augmentation, batchCount, subset } from '@longhand/datasets';
import { describeNetwork, type Network, networkFrom, presets } from '@longhand/layers';
import { optimizerFrom, optimizerKinds, plainScheduleKinds, type Schedule } from '@longhand/optimizers';
import { quoted } from '@longhand/rendering';
import { adaptiveRate, type TrainingOptions } from '@longhand/training';
import type { Digits } from '../digits';
import { pageEngine } from './engine';
import {
  distortionNames,
  limitOf,
  type NameSetting,
  type NumberName,
  nameFallback,
  nameOf,
  nameSettings,
  numberFallback,
  numberOf,
  numberSettings,
  quickSettingsOf,
  refusalOf,
  type TrainSettings,
} from './train-settings';

/** The shape of the data that a network is for. */
export type DataShape = Pick<Digits, 'classes'> & {
  readonly input: readonly [height: number, width: number, channels: number];
};

/** MNIST's, until other data are loaded. */
export const mnistShape: DataShape = { input: [28, 28, 1], classes: [...'0123456789'] };

export function dataShape({ training: { height, width, channels }, classes }: Digits): DataShape {
  return { input: [height, width, channels], classes };
}

/**
 * The network of the settings.
 *
 * @throws DescriptionError or ShapeError when layers do not fit together or to the data
 */
export function networkOf(settings: TrainSettings, { input, classes }: DataShape): Network {
  const name = nameOf(settings, 'network');
  if (name === 'own') return checked(networkFrom({ input, layers: ownLayers(settings) }), classes);
  const [activation, pooling] = [nameOf(settings, 'activation'), nameOf(settings, 'pooling')];
  return presets[name]({ activation, pooling, classes: classes.length, image: input });
}

/** @throws Error unless there is an output for each class */
function checked(network: Network, classes: readonly string[]): Network {
  if (network.outputShape.join() === String(classes.length)) return network;
  throw new Error(
    `network: expected ${classes.length} outputs, one for each class, got ${network.outputShape.join('×')}; end with flatten and a dense layer of ${classes.length}`,
  );
}

/** The layers of a network that was built here, as files have them. */
export function ownLayers({ layers = '[]' }: TrainSettings): readonly unknown[] {
  try {
    const written: unknown = JSON.parse(layers);
    return Array.isArray(written) ? written : [];
  } catch {
    return [];
  }
}

/** The layers of the present network, to begin building with. */
export function layersText(network: Network): string {
  return JSON.stringify(describeNetwork(network).layers.map(({ symbol: _, ...layer }) => layer));
}

/** The learning rate of the settings; where none is typed, the one that their optimizer is recommended for their network. */
export function learningRateOf(settings: TrainSettings): number {
  return numberOf(settings, 'learning-rate') ?? recommendedOf(settings).learningRate;
}

function recommendedOf(settings: TrainSettings) {
  const [network, optimizer] = [nameOf(settings, 'network'), nameOf(settings, 'optimizer')];
  const recommended = optimizerKinds[optimizer].recommended(adaptiveRate(network === 'own' ? undefined : network));
  return { ...recommended, ...(optimizer === 'adamw' && quickSettingsOf(settings).adamw) };
}

export function scheduleOf(settings: TrainSettings): Schedule {
  return plainScheduleKinds[nameOf(settings, 'schedule')].make({});
}

/** The steps of an epoch on some number of images. */
export function stepsPerEpochOf(settings: TrainSettings, images: number): number {
  return batchCount(images, numberOf(settings, 'batch-size') ?? quickSettingsOf(settings).batchSize);
}

/**
 * The options of a run.
 *
 * @throws Error of one line, DescriptionError, ShapeError or OptionError when a setting cannot be used or they do not fit together
 */
export function trainingOptions(settings: TrainSettings, digits: Digits): TrainingOptions {
  for (const name of Object.keys(numberSettings) as NumberName[]) {
    const refusal = settings[name] === undefined ? undefined : refusalOf(name, settings[name]);
    if (refusal !== undefined) throw new Error(`${numberSettings[name].label}: ${refusal}`);
  }
  const { training } = digits;
  const usual = quickSettingsOf(settings);
  const fraction = numberOf(settings, 'hard-examples') ?? 0;
  const after = numberOf(settings, 'hard-examples-after');
  const distortions = Object.fromEntries(distortionNames.map((name) => [name, numberOf(settings, name)]));
  return {
    network: networkOf(settings, dataShape(digits)),
    dataset: subset(training, { from: 0, to: limitOf(settings, training) }),
    normalization: digits.normalization,
    optimizer: optimizerFrom({
      kind: nameOf(settings, 'optimizer'),
      ...recommendedOf(settings),
      learningRate: learningRateOf(settings),
    }),
    schedule: scheduleOf(settings),
    augmentation: augmentation(distortions),
    closeAugmentation: numberOf(settings, 'close-augmentation') ?? 0,
    ...(fraction > 0 && { hardExamples: { fraction, ...(after !== undefined && { after }) } }),
    epochs: numberOf(settings, 'epochs') ?? usual.epochs,
    batchSize: numberOf(settings, 'batch-size') ?? usual.batchSize,
    seed: numberOf(settings, 'seed') ?? 1,
    engine: pageEngine(),
  };
}

/** The file that the command line names, with a network that was built here. */
export const networkFile = 'network.json';

/**
 * The command that trains the same bytes.
 *
 * @example commandOf({ network: 'lenet5', seed: '7' }) // 'longhand train --network lenet5 --seed 7'
 */
export function commandOf(settings: TrainSettings): string {
  const words = Object.entries(differences(settings)).flatMap(([name, value]) =>
    name === 'network' && value === 'own' ? ['--model', networkFile] : [`--${name}`, quoted(value)],
  );
  return ['longhand train', ...words].join(' ');
}

/** The settings that are not the defaults, by name. A network of one's own has no activation and no pooling to choose. */
export function differences(settings: TrainSettings): TrainSettings {
  const entries: [string, string][] = [];
  for (const name of Object.keys(nameSettings) as NameSetting[]) {
    const value = nameOf(settings, name);
    const hasMeaning = nameOf(settings, 'network') !== 'own' || (name !== 'activation' && name !== 'pooling');
    if (hasMeaning && value !== nameFallback(settings, name)) entries.push([name, value]);
  }
  for (const name of Object.keys(numberSettings) as NumberName[]) {
    const value = numberOf(settings, name);
    if (value !== undefined && value !== numberFallback(settings, name)) entries.push([name, String(value)]);
  }
  if (settings.data !== undefined) entries.push(['data', settings.data]);
  return Object.fromEntries(entries);
}
