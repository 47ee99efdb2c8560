/** `longhand train`: data in, the folder of a run out, with a trained network in it; and how it reads digits not seen before. */

import { isDeepStrictEqual } from 'node:util';
import { accuracyText, percentText } from '@longhand/rendering';
import { decodeCheckpoint } from '@longhand/training';
import type { Command } from 'commander';
import { CommandError, commandLine, exitCodes, outliveReaders, refusal } from '../command/failure';
import { RunFolder, runsFolder } from '../run/run-folder';
import { readConfig, readRecord, type TestMetrics } from '../run/run-record';
import { stemOf, type TrainManner, type TrainSettings } from '../run/run-settings';
import { completeRun } from './complete-run';
import { newParts, resumedParts } from './run-inputs';
import { checkSettings, refuseSettings, settle } from './settings-sources';
import { extrasOf, optimizerOf, rulesOf } from './training-options';

/**
 * Trains, saves, and tests on digits that were not trained on. Progress goes to stderr, results to stdout.
 *
 * @throws CommandError, or an error of the packages, with the line that tells a person what is wrong
 */
export async function trainCommand(command: Command): Promise<void> {
  const { settings, manner } = settle(command);
  // Progress as JSON, and the results of a first seed, come while there is still something to lose.
  outliveReaders();
  if (manner.resume !== undefined) {
    const folder = RunFolder.open(manner.resume);
    refuseSettings(command, folder.path);
    await goOn(folder, manner, command);
  } else if (manner.seeds !== undefined) {
    await severalSeeds(settings, manner, { begin, goOn: (folder, ofSeed) => goOn(folder, ofSeed, command) });
  } else await begin(settings, manner);
}

async function begin(settings: TrainSettings, manner: TrainManner): Promise<TestMetrics> {
  // What was asked for is looked at before anything is loaded.
  for (const look of [optimizerOf, extrasOf, rulesOf]) look(settings);
  if (manner.name !== undefined) RunFolder.checkName(manner.name, manner.force);
  return completeRun(settings, manner, (engine) => {
    const parts = newParts(settings, engine.threads);
    const take = (): RunFolder => {
      const folder = RunFolder.create({ ...manner, stem: stemOf(settings) });
      folder.write('config', `${JSON.stringify(parts.config, null, 2)}\n`);
      return folder;
    };
    return { parts, take };
  });
}

async function goOn(folder: RunFolder, manner: TrainManner, command: Command): Promise<TestMetrics> {
  const config = readConfig(folder);
  checkSettings(command, config.settings, folder.file('config'));
  const { test } = readRecord(folder);
  if (test !== undefined) {
    const accuracy = accuracyText(test.accuracy, test.standardError);
    throw refusal(
      `${folder.path}: expected a run that was interrupted, but it is finished: ${accuracy} on ${test.data}; train it further with ${commandLine('train', '--from', folder.file(test.model))}`,
    );
  }
  // It would go on from weights drawn by chance.
  if (config.settings.from !== undefined && !folder.has('checkpoint')) {
    throw new CommandError(
      exitCodes.data,
      `${folder.file('checkpoint')}: expected what the run goes on from, but there is no such file; begin a new run with ${commandLine('train', '--config', folder.file('config'))}`,
    );
  }
  // Before the checkpoint is read: whoever trains it writes new ones.
  folder.take();
  try {
    return await completeRun(config.settings, manner, () => {
      const parts = resumedParts(config, folder.path);
      if (!folder.has('checkpoint')) return { parts, take: () => folder };
      const checkpoint = decodeCheckpoint(folder.read('checkpoint'), folder.file('checkpoint'));
      return { parts, checkpoint, take: () => folder };
    });
  } finally {
    folder.release();
  }
}

/** How a run of one seed is made. */
export interface SeedRuns {
  begin(settings: TrainSettings, manner: TrainManner): Promise<TestMetrics>;
  goOn(folder: RunFolder, manner: TrainManner): Promise<TestMetrics>;
}

/**
 * Runs the seeds one after another, each in a folder of its own, and tells mean and deviation. What the same command has made
 * before, until it was interrupted, is taken as it is.
 *
 * @throws CommandError before the first is trained if one of them would be refused its folder
 */
export async function severalSeeds(
  settings: TrainSettings,
  manner: TrainManner,
  { begin, goOn }: SeedRuns,
): Promise<void> {
  const { name = stemOf(settings), seeds = 1, force } = manner;
  if (!Number.isSafeInteger(settings.seed + (seeds - 1))) {
    throw refusal(
      `option '--seeds' expects seeds up to ${Number.MAX_SAFE_INTEGER}, got ${seeds} from ${settings.seed}`,
    );
  }
  const nameOfSeed = (at: number): string => `${name}-seed-${settings.seed + at}`;
  const settingsOfSeed = (at: number): TrainSettings => ({ ...settings, seed: settings.seed + at });
  const before = Array.from({ length: seeds }, (_, at) =>
    force ? undefined : runWith(settingsOfSeed(at), nameOfSeed(at)),
  );
  before.forEach((folder, at) => {
    if (folder === undefined) RunFolder.checkName(nameOfSeed(at), force);
  });
  const accuracies: number[] = [];
  for (const [at, folder] of before.entries()) {
    const test = folder && readRecord(folder).test;
    if (folder && test) process.stderr.write(`${folder.path}: there already, ${accuracyText(test.accuracy)}\n`);
    const { accuracy } =
      test ??
      (folder === undefined
        ? await begin(settingsOfSeed(at), { ...manner, name: nameOfSeed(at) })
        : await goOn(folder, manner));
    accuracies.push(accuracy);
  }
  const { mean, deviation } = spread(accuracies);
  const result = { event: 'seeds', seeds: accuracies.length, accuracies, mean, deviation };
  process.stdout.write(manner.json ? `${JSON.stringify(result)}\n` : `${seedsText(accuracies)}\n`);
}

/** The run of that name, if there is one and it has these settings. */
function runWith(settings: TrainSettings, name: string): RunFolder | undefined {
  if (!RunFolder.names().includes(name)) return undefined;
  const folder = RunFolder.open(`${runsFolder}/${name}`);
  // As both look in JSON, which knows nothing of what is undefined.
  return isDeepStrictEqual(readConfig(folder).settings, JSON.parse(JSON.stringify(settings))) ? folder : undefined;
}

/** Mean and standard deviation, the latter as of a sample. */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

function seedsText(accuracies: readonly number[]): string {
  const { mean, deviation } = spread(accuracies);
  const each = accuracies.map((accuracy) => (accuracy * 100).toFixed(2)).join(', ');
  return `${accuracies.length} ${accuracies.length === 1 ? 'seed' : 'seeds'}: ${each} %\nmean ± deviation: ${percentText(mean)} ± ${(deviation * 100).toFixed(2)}`;
}
