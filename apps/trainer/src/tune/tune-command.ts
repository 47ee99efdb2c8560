/** `longhand tune`: searches settings on validation images, by successive halving. The test images are never looked at. */
import { describeNetwork } from '@longhand/layers';
import { durationText } from '@longhand/rendering';
import { withModuleNames } from '@longhand/schema';
import type { Command } from 'commander';
import { type Interruption, withEngines } from '../command/engine-session';
import { commandLine, refusal, sayLine } from '../command/failure';
import { readModel } from '../command/model-source';
import { importCode, moduleName } from '../command/own-modules';
import type { RunSettings } from '../run/run-settings';
import { newInputs, type RunInputs } from '../train/run-inputs';
import { resolveSettings, wantedCode } from '../train/settings-sources';
import { checkTeacherOptions, readTeachers } from '../train/teachers';
import { candidatesOf } from './candidates';
import { keyOf, progressOf, rungsOf, type Trial, type TrialResult } from './halving';
import { inParallel } from './in-parallel';
import { findLearningRate } from './learning-rate-command';
import { type Search, type TuneOptions, usualValidation } from './search';
import { type SearchedSetting, sampled, searchSpace, usualSearch } from './search-space';
import { figuresOf } from './trial';
import { TuneDisplay } from './tune-display';
import { TuneFolder } from './tune-folder';
import { reportTune } from './tune-report';

/** @throws CommandError, or an error of the packages, with a message of one line */
export async function tuneCommand(command: Command): Promise<void> {
  const { settings } = resolveSettings(command);
  const options = command.opts<TuneOptions>();
  const { kernels } = settings;
  if (settings.validation === 0) throw refusal("option '--validation' expects images to judge by, got 0");
  checkTeacherOptions(settings);
  if (options.findLearningRate) {
    await findLearningRate(settings, options, await sourcesOf(command, settings, options));
    return;
  }
  const space = searchSpace(options.search ?? usualSearch(settings), command);
  const sources = await sourcesOf(command, settings, options);
  let progress = 'before the first trial';
  // The same words mean the same plan, so they go on in its folder.
  const again = (): string => commandLine('tune', ...typedWords(command));
  const { threads, wideVectors } = options;
  await withEngines(
    { kernels, wideVectors, ...(threads === undefined ? {} : { threads }) },
    () => `interrupted ${progress}; go on with: ${again()}`,
    async (engines, interruption) => {
      const inputs = await newInputs(settings, { ...sources, threads: engines.length });
      if (inputs.found !== undefined && !options.quiet && !options.json) sayLine(inputs.found);
      if (inputs.validation === undefined) {
        throw refusal(
          `option '--validation' expects images to judge by, got none of ${inputs.dataset.count}; give more images, or a larger part of them`,
        );
      }
      const search = searchOf(inputs.config.settings, space, inputs, options);
      try {
        const { rungs, candidates, folder } = search;
        const display = new TuneDisplay(options, search, engines.length);
        const results = new Map<string, TrialResult>(folder.results(isPlanned(search)));
        const clock = new Deadline(options.minutes);
        for (;;) {
          const { finished, missing } = progressOf(rungs, results);
          display.rung(finished, results, missing);
          if (missing.length === 0 || clock.isOver) break;
          await inParallel(missing, engines, async (trial, engine) => {
            if (clock.isOver || interruption.signal.aborted) return;
            const { configuration, epochs, seed } = trial;
            const { settings: given, network } = candidates[configuration];
            const candidate = { network, settings: { ...given, epochs, seed: given.seed + seed } };
            const result = { configuration, epochs, seed, ...(await figuresOf(candidate, inputs, engine)) };
            folder.record(result);
            results.set(keyOf(result), result);
            progress = `after ${results.size} trials, which are saved in ${folder.path}`;
            display.trial(result);
          });
          stopIfAborted(interruption);
        }
        display.close();
        if (clock.isOver && progressOf(rungs, results).missing.length > 0) {
          sayLine(`note: ${durationText((options.minutes ?? 0) * 60)} are over ${progress}; go on with: ${again()}`);
        }
        reportTune(search, results, options);
      } finally {
        search.folder.release();
      }
    },
  );
}

function stopIfAborted({ signal }: Interruption): void {
  signal.throwIfAborted();
}

/** What was typed behind `tune`, without what need not be typed again. */
function typedWords(command: Command): readonly string[] {
  const { rawArgs = [] } = command.parent as Command & { readonly rawArgs?: readonly string[] };
  return rawArgs.slice(rawArgs.indexOf('tune') + 1).filter((word) => word !== '--force');
}

async function sourcesOf(
  command: Command,
  settings: RunSettings,
  { quiet = false }: TuneOptions,
): Promise<Parameters<typeof newInputs>[1]> {
  const code = await importCode(wantedCode(command, settings, {}));
  const from = settings.from === undefined ? undefined : await readModel(settings.from, { quiet });
  return { code, from, teachers: readTeachers(settings, { quiet }), usualValidation, threads: 1 };
}

function searchOf(
  settings: RunSettings,
  space: readonly SearchedSetting[],
  inputs: RunInputs,
  { trials, seeds, name, force }: TuneOptions,
): Search {
  const candidates = candidatesOf(space, sampled(space, trials, settings.seed), inputs);
  if (candidates.length < 2) {
    throw refusal(`option '--search' expects at least two settings to compare, got the settings as they are`);
  }
  if (!Number.isSafeInteger(settings.seed + (seeds - 1))) {
    throw refusal(
      `option '--seeds' expects seeds up to ${Number.MAX_SAFE_INTEGER}, got ${seeds} from ${settings.seed}`,
    );
  }
  const rungs = rungsOf({ configurations: candidates.length, epochs: settings.epochs, seeds });
  const { longhand, normalization, classes, data, fromChecksum } = inputs.config;
  const plan = {
    longhand,
    settings,
    space: space.map(({ name: setting, values }) => ({ setting, ...values })),
    configurations: candidates.map(({ configuration }) => configuration),
    rungs,
    network: describeNetwork(inputs.network),
    normalization,
    classes,
    data,
    fromChecksum,
  };
  const folder = TuneFolder.claim(
    withModuleNames(plan, (url) => moduleName(url, '.')),
    { ...(name !== undefined && { name }), ...(force !== undefined && { force }) },
  );
  return { settings, space, candidates, rungs, inputs, folder };
}

/** Whether a trial may be one of the search, whichever configurations get to its rung. */
function isPlanned({ rungs, candidates }: Search): (trial: Trial) => boolean {
  return ({ configuration, epochs, seed }) =>
    configuration < candidates.length && rungs.some((rung) => rung.epochs === epochs && seed < rung.seeds);
}

/** A time that is over at some moment. */
class Deadline {
  #isOver = false;

  constructor(minutes: number | undefined) {
    if (minutes === undefined) return;
    const end = (): void => {
      this.#isOver = true;
    };
    // The longest time that a timer takes is 24 days.
    setTimeout(end, Math.min(minutes * 60_000, 2 ** 31 - 1)).unref();
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}
