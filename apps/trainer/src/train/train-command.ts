/** `longhand train`: data in, the folder of a run out, with a trained network in it; and how it reads digits not seen before. */
import { accuracyText } from '@longhand/rendering';
import { decodeCheckpoint } from '@longhand/training';
import type { Command } from 'commander';
import { commandLine } from '../command/command-line';
import { CommandError, exitCodes, refusal } from '../command/failure';
import { outliveReaders } from '../command/streams';
import { completeRun } from './complete-run';
import { RunFolder } from './run-folder';
import { newParts, resumedParts } from './run-parts';
import { readConfig, readRecord, type TestMetrics } from './run-record';
import { checkSettings, refuseSettings, settle } from './settings-sources';
import { severalSeeds } from './several-seeds';
import { stemOf, type TrainManner, type TrainSettings } from './train-settings';
import { extrasOf, optimizerOf, rulesOf } from './training-parts';

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
