/** What a run works on: data, network and the record of both. The same, whether the run begins or goes on. */

import { createHash } from 'node:crypto';
import { type ImageDataset, splitValidation, subset } from '@longhand/datasets';
import { describeNetwork, type Network, networkFrom, type Parameters } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { checkDataset, type Model } from '@longhand/training';
import packageJson from '../../package.json' with { type: 'json' };
import { classNamesOf, loadDataset, normalizationOf } from '../command/dataset-source';
import { CommandError, exitCodes } from '../command/failure';
import { readModel } from '../command/model-source';
import { networkSource } from '../command/network-source';
import type { RunConfig } from '../run/run-record';
import type { TrainSettings } from '../run/run-settings';

export interface RunParts {
  readonly network: Network;
  /** Where training begins, if not with values drawn by chance. */
  readonly parameters?: Parameters;
  readonly dataset: ImageDataset;
  /** Images held back from training, to choose by. */
  readonly validation: ImageDataset | undefined;
  readonly testing: ImageDataset;
  readonly config: RunConfig;
}

/**
 * The parts of a new run.
 *
 * @param threads how many there are, for the record
 * @throws DatasetError, ShapeError or CommandError when data, network and settings do not fit together
 */
export function newParts(settings: TrainSettings, threads: number): RunParts {
  const { whole, ...data } = loadData(settings);
  const from = settings.from === undefined ? undefined : readModel(settings.from);
  const network = from?.network ?? networkSource(settings, whole).network;
  for (const split of [data.dataset, data.testing]) checkDataset(network, split);
  const config: RunConfig = {
    ...{ longhand: packageJson.version, node: process.version, threads, settings },
    network: describeNetwork(network),
    normalization: from?.normalization ?? normalizationOf(settings.dataDir, whole),
    classes: classesFor(settings, whole, from),
    data: recordOf(settings, data),
  };
  return { ...data, network, config, ...(from === undefined ? {} : { parameters: from.parameters }) };
}

/**
 * The parts of a run that goes on.
 *
 * @throws CommandError when the data have changed meanwhile
 */
export function resumedParts(config: RunConfig, where: string): RunParts {
  const { whole: _, ...data } = loadData(config.settings);
  const [expected, got] = [config.data, recordOf(config.settings, data)].map((record) => JSON.stringify(record));
  if (expected !== got) {
    throw new CommandError(
      exitCodes.data,
      `${where}: expected the data that the run began with, ${expected}, got ${got}; put them back, or begin a new run`,
    );
  }
  return { ...data, network: networkFrom(config.network), config };
}

interface LoadedData extends Pick<RunParts, 'dataset' | 'validation' | 'testing'> {
  /** All training images, also those that are left out or held back. */
  readonly whole: ImageDataset;
}

function loadData({ dataDir, limit, validation: held }: TrainSettings): LoadedData {
  const whole = loadDataset(dataDir, 'train');
  const testing = loadDataset(dataDir, 'test');
  const used = limit !== undefined && limit < whole.count ? subset(whole, { from: 0, to: limit }) : whole;
  if (held === 0) return { whole, testing, dataset: used, validation: undefined };
  if (held >= used.count) {
    throw new CommandError(
      exitCodes.usage,
      `option '--validation' expects fewer than the ${used.count} images of ${used.name}, got ${held}`,
    );
  }
  // The same images whatever the seed: what is chosen by them can be compared.
  const { training, validation } = splitValidation(used, held, seededRandom('validation'));
  return { whole, testing, dataset: training, validation };
}

/** A network that was trained before keeps the names it learned. */
function classesFor(settings: TrainSettings, whole: ImageDataset, from: Model | undefined): readonly string[] {
  if (from === undefined || settings.classes !== undefined) return classNamesOf(settings, whole);
  return from.classes;
}

function recordOf(
  { dataDir }: TrainSettings,
  { dataset, validation }: Pick<LoadedData, 'dataset' | 'validation'>,
): RunConfig['data'] {
  const record = { name: dataset.name, images: dataset.count, validation: validation?.count ?? 0 };
  if (dataDir === undefined) return record;
  const hash = createHash('sha256').update(dataset.images).update(dataset.labels);
  return { ...record, checksum: hash.digest('hex') };
}
