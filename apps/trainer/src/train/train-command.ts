/** `longhand train`: trains a network, saves the run's folder, and evaluates the model on the test set. */

import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { accuracyText, percentText } from '@longhand/rendering';
import { modulesIn, withModuleNames } from '@longhand/schema';
import type { Command } from 'commander';
import { dataOptions } from '../command/dataset-source';
import { commandLine, ignoreClosedOutput, refusal, unusable } from '../command/failure';
import { modulesOf, readModel } from '../command/model-source';
import { checkGiven, importCode, moduleName, moduleOptions, urlsIn } from '../command/own-modules';
import { RunFolder, runsFolder } from '../run/run-folder';
import { type RecordedSettings, readConfig, readRecord, type TestMetrics } from '../run/run-record';
import { recover, recoverClaimed } from '../run/run-recovery';
import { type RunOptions, type RunSettings, settingsInUse, stemOf } from '../run/run-settings';
import { completeRun } from './complete-run';
import { type NewRun, newInputs, resumedCheckpoint, resumedInputs } from './run-inputs';
import { type RepeatedRun, refuseSettings, resolveSettings, validateSettings, wantedCode } from './settings-sources';
import { checkTeacherOptions, readTeachers, readTeachersAgain } from './teachers';
import { lossOf, metricsOf, optimizerOf, regularizationOf, resolvedSettings, rulesOf } from './training-options';

/**
 * Trains, saves, and evaluates on the test set. Progress goes to stderr, results to stdout.
 *
 * @throws CommandError, or an error of the packages, with a message of one line
 */
export async function trainCommand(command: Command): Promise<void> {
  const { settings, runOptions, repeated } = resolveSettings(command);
  // Progress as JSON, and the results of a first seed, are printed while the run is not finished yet.
  ignoreClosedOutput();
  if (runOptions.resume !== undefined) {
    const folder = RunFolder.open(runOptions.resume);
    refuseSettings(command, folder.path);
    await resumeRun(folder, runOptions, command);
  } else if (runOptions.seeds !== undefined) {
    const sources = await sourcesOf(command, settings, runOptions, repeated);
    // A run that was made with this command has the modules that this command names.
    const urls = [...Object.keys(sources.code.modules), ...(sources.from ? modulesOf(sources.from) : [])];
    const module = urls.map((url) => fileURLToPath(url));
    await severalSeeds(settings, runOptions, {
      startRun: (ofSeed, options) => startRun(ofSeed, options, sources),
      resumeRun: (folder, options) => resumeRun(folder, { ...options, module }, command),
    });
  } else await startRun(settings, runOptions, await sourcesOf(command, settings, runOptions, repeated));
}

/** What a new run takes from other files: code of the user's own, a model to start from, models to learn from, and the run it repeats. */
type RunSources = Omit<NewRun, 'threads'>;

async function sourcesOf(
  command: Command,
  settings: RunSettings,
  runOptions: RunOptions,
  repeated: RepeatedRun | undefined,
): Promise<RunSources> {
  const { module, quiet = false } = runOptions;
  const code = await importCode(wantedCode(command, settings, runOptions, repeated));
  const from =
    settings.from === undefined ? undefined : await readModel(settings.from, { quiet, ...(module && { module }) });
  checkGiven(module, 'a file');
  checkTeacherOptions(settings);
  return { code, from, teachers: readTeachers(settings, runOptions), repeated };
}

async function startRun(settings: RunSettings, runOptions: RunOptions, sources: RunSources): Promise<TestMetrics> {
  // Settings are validated before anything is loaded.
  for (const validate of [optimizerOf, regularizationOf, lossOf, metricsOf]) validate(settings, sources.code);
  rulesOf(settings);
  if (runOptions.name !== undefined) RunFolder.checkName(runOptions.name, runOptions.force);
  return completeRun(settings, runOptions, async (engine) => {
    const inputs = await newInputs(resolvedSettings(settings), { ...sources, threads: engine.threads });
    const claim = (): RunFolder => {
      const folder = RunFolder.create({ ...runOptions, stem: stemOf(settings) });
      try {
        folder.begin(storedIn(folder, inputs.config));
        return folder;
      } catch (error) {
        folder.release();
        throw error;
      }
    };
    return { inputs, claim };
  });
}

/** What a file in the run's folder has of something that names modules. */
function storedIn<Named>({ path }: RunFolder, named: Named): Named {
  return withModuleNames(named, (url) => moduleName(url, path));
}

async function resumeRun(folder: RunFolder, runOptions: RunOptions, command: Command): Promise<TestMetrics> {
  const config = readConfig(folder);
  const recorded = validateSettings(command, config.settings, folder.file('config'));
  // Data that were moved meanwhile.
  const { data } = command.opts<RunSettings>();
  const settings = data === undefined ? recorded : { ...recorded, data };
  recover(folder);
  const { test } = readRecord(folder);
  if (test !== undefined) {
    const accuracy = accuracyText(test.accuracy, test.standardError);
    const ofModel = [...urlsIn(config.network, folder.path), ...modulesIn(settings.loss)];
    throw refusal(
      `${folder.path}: expected a run that was interrupted, but it is finished: ${accuracy} on ${test.data}; train it further with ${commandLine('train', '--from', folder.file(test.model), ...dataOptions(settings), ...moduleOptions(ofModel))}`,
    );
  }
  const urls = [...urlsIn(config.network, folder.path), ...modulesIn(settings)];
  // Without its checkpoint, the run would go on from random weights.
  if (!folder.has('checkpoint') && (folder.has('last') || folder.has('best'))) {
    const moved = data === undefined ? [] : ['--data', data];
    throw unusable(
      `${folder.file('checkpoint')}: expected the checkpoint to resume from, but there is no such file; begin a new run with ${commandLine('train', '--config', folder.file('config'), ...moved, ...moduleOptions(urls))}`,
    );
  }
  const code = await importCode({ named: { urls, by: folder.file('config') }, given: runOptions.module });
  checkGiven(runOptions.module, folder.file('config'));
  // Before the checkpoint is read: another process that trains the run writes new ones.
  folder.claim();
  try {
    recoverClaimed(folder);
    const { from: start } = settings;
    const { module, quiet = false } = runOptions;
    // Before its first checkpoint a run has no weights but those of the model that it starts from.
    const from =
      start === undefined || folder.has('checkpoint')
        ? undefined
        : await readModel(start, { quiet, ...(module && { module }) });
    return await completeRun(settings, runOptions, async () => {
      const resume = resumedCheckpoint(folder, code);
      const ofRun = { ...config, settings };
      const teachers = readTeachersAgain(ofRun, folder.path, runOptions);
      const inputs = await resumedInputs(ofRun, folder.path, { from, code, teachers });
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
  const recorded = settingsInUse(readConfig(folder).settings) as RecordedSettings & Pick<RunSettings, 'validation'>;
  // Runs of earlier versions recorded the settings as they were given.
  const isSame = [settings, resolvedSettings(settings)].some((one) => {
    const stored: RunSettings = JSON.parse(JSON.stringify(storedIn(folder, one)));
    // Of settings without a word on it, the data decided.
    const { validation = recorded.validation === 'val' ? 'val' : 0 } = stored;
    return isDeepStrictEqual(recorded, { ...stored, validation });
  });
  return isSame ? folder : undefined;
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
