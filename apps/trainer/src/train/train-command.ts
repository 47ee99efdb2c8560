/** `longhand train`: trains a network, saves the run's folder, and evaluates the model on the test set. */

import { isDeepStrictEqual } from 'node:util';
import { accuracyText, percentText } from '@longhand/rendering';
import type { Command } from 'commander';
import { commandLine, ignoreClosedOutput, refusal, unusable } from '../command/failure';
import { RunFolder, runsFolder } from '../run/run-folder';
import { readConfig, readRecord, type TestMetrics } from '../run/run-record';
import { recover, recoverClaimed } from '../run/run-recovery';
import { type RunOptions, type RunSettings, stemOf } from '../run/run-settings';
import { completeRun } from './complete-run';
import { newInputs, resumedCheckpoint, resumedInputs } from './run-inputs';
import { refuseSettings, resolveSettings, validateSettings } from './settings-sources';
import { optimizerOf, regularizationOf, rulesOf } from './training-options';

/**
 * Trains, saves, and evaluates on the test set. Progress goes to stderr, results to stdout.
 *
 * @throws CommandError, or an error of the packages, with a message of one line
 */
export async function trainCommand(command: Command): Promise<void> {
  const { settings, runOptions } = resolveSettings(command);
  // Progress as JSON, and the results of a first seed, are printed while the run is not finished yet.
  ignoreClosedOutput();
  if (runOptions.resume !== undefined) {
    const folder = RunFolder.open(runOptions.resume);
    refuseSettings(command, folder.path);
    await resumeRun(folder, runOptions, command);
  } else if (runOptions.seeds !== undefined) {
    await severalSeeds(settings, runOptions, {
      startRun,
      resumeRun: (folder, ofSeed) => resumeRun(folder, ofSeed, command),
    });
  } else await startRun(settings, runOptions);
}

async function startRun(settings: RunSettings, runOptions: RunOptions): Promise<TestMetrics> {
  // Settings are validated before anything is loaded.
  for (const validate of [optimizerOf, regularizationOf, rulesOf]) validate(settings);
  if (runOptions.name !== undefined) RunFolder.checkName(runOptions.name, runOptions.force);
  return completeRun(settings, runOptions, (engine) => {
    const inputs = newInputs(settings, engine.threads);
    const claim = (): RunFolder => {
      const folder = RunFolder.create({ ...runOptions, stem: stemOf(settings) });
      try {
        folder.begin(inputs.config);
        return folder;
      } catch (error) {
        folder.release();
        throw error;
      }
    };
    return { inputs, claim };
  });
}

async function resumeRun(folder: RunFolder, runOptions: RunOptions, command: Command): Promise<TestMetrics> {
  const config = readConfig(folder);
  const settings = validateSettings(command, config.settings, folder.file('config'));
  recover(folder);
  const { test } = readRecord(folder);
  if (test !== undefined) {
    const accuracy = accuracyText(test.accuracy, test.standardError);
    throw refusal(
      `${folder.path}: expected a run that was interrupted, but it is finished: ${accuracy} on ${test.data}; train it further with ${commandLine('train', '--from', folder.file(test.model))}`,
    );
  }
  // Without its checkpoint, the run would go on from random weights.
  if (!folder.has('checkpoint') && (folder.has('last') || folder.has('best'))) {
    throw unusable(
      `${folder.file('checkpoint')}: expected the checkpoint to resume from, but there is no such file; begin a new run with ${commandLine('train', '--config', folder.file('config'))}`,
    );
  }
  // Before the checkpoint is read: another process that trains the run writes new ones.
  folder.claim();
  try {
    recoverClaimed(folder);
    return await completeRun(settings, runOptions, () => {
      const resume = resumedCheckpoint(folder);
      const inputs = resumedInputs({ ...config, settings }, folder.path, resume === undefined);
      return { inputs, ...(resume && { resume }), claim: () => folder };
    });
  } finally {
    folder.release();
  }
}

/** How the run of one seed is started, or resumed. */
export interface SeedRuns {
  startRun(settings: RunSettings, runOptions: RunOptions): Promise<TestMetrics>;
  resumeRun(folder: RunFolder, runOptions: RunOptions): Promise<TestMetrics>;
}

/**
 * Trains with one seed after another, each in a folder of its own, and prints mean and standard deviation of the accuracies.
 * Runs that the same command made before it was interrupted are kept.
 *
 * @throws CommandError before the first is trained if one of them would be refused its folder
 */
export async function severalSeeds(
  settings: RunSettings,
  runOptions: RunOptions,
  { startRun, resumeRun }: SeedRuns,
): Promise<void> {
  const { name = stemOf(settings), seeds = 1, force } = runOptions;
  if (!Number.isSafeInteger(settings.seed + (seeds - 1))) {
    throw refusal(
      `option '--seeds' expects seeds up to ${Number.MAX_SAFE_INTEGER}, got ${seeds} from ${settings.seed}`,
    );
  }
  const nameOfSeed = (at: number): string => `${name}-seed-${settings.seed + at}`;
  const settingsOfSeed = (at: number): RunSettings => ({ ...settings, seed: settings.seed + at });
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
        ? await startRun(settingsOfSeed(at), { ...runOptions, name: nameOfSeed(at) })
        : await resumeRun(folder, runOptions));
    accuracies.push(accuracy);
  }
  const { mean, deviation } = spread(accuracies);
  const result = { event: 'seeds', seeds: accuracies.length, accuracies, mean, deviation };
  process.stdout.write(runOptions.json ? `${JSON.stringify(result)}\n` : `${seedsText(accuracies)}\n`);
}

/** The run of that name, if it exists and has these settings. */
function runWith(settings: RunSettings, name: string): RunFolder | undefined {
  if (!RunFolder.names().includes(name)) return undefined;
  const folder = RunFolder.open(`${runsFolder}/${name}`);
  recover(folder);
  // Compared as JSON, which has no undefined values.
  return isDeepStrictEqual(readConfig(folder).settings, JSON.parse(JSON.stringify(settings))) ? folder : undefined;
}

/** Mean and standard deviation of a sample (divided by n − 1). */
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
