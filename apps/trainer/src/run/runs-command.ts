/** `longhand runs`: the runs with their settings and results. */
import { join } from 'node:path';
import { accuracyText, columnsOf, durationText, table, truncate, wantsColor } from '@longhand/rendering';
import { messageOf, sayLine, shownName } from '../command/failure';
import { RunFolder, runsFolder } from './run-folder';
import { type RecordedSettings, type RunConfig, type RunRecord, readConfig, readRecord } from './run-record';
import { recover } from './run-recovery';
import { networkTitle } from './run-settings';

/** A run, read from its folder. */
interface FoundRun {
  readonly folder: RunFolder;
  readonly config: RunConfig<RecordedSettings>;
  readonly record: RunRecord;
}

/** @throws CommandError when a run that was named is not there or damaged */
export function runsCommand(names: readonly string[], { json }: { readonly json?: boolean }): void {
  const found = names.length > 0 ? names.map((name) => readRun(RunFolder.open(name))) : allRuns();
  if (json) {
    for (const run of found) process.stdout.write(`${JSON.stringify(runJson(run))}\n`);
    return;
  }
  if (found.length === 0) {
    // For those that cannot be read, the reason has been printed.
    if (RunFolder.names().length + RunFolder.damagedNames().length > 0) return;
    process.stdout.write(`No runs in ${runsFolder}/ yet: longhand train makes the first.\n`);
    return;
  }
  process.stdout.write(`${runTable(found)}\n`);
  if (names.length > 1) process.stdout.write(`\n${differenceTable(found)}\n`);
}

function readRun(folder: RunFolder): FoundRun {
  recover(folder);
  return { folder, config: readConfig(folder), record: readRecord(folder) };
}

/** Every run that can be read. For the others, the reason is printed. */
function allRuns(): FoundRun[] {
  for (const name of RunFolder.damagedNames().sort()) {
    sayLine(
      `${join(runsFolder, name)}: expected the folder of a run, but it holds no config.json; a process was killed before its run began, or the file was removed`,
    );
  }
  return RunFolder.names()
    .sort()
    .flatMap((name) => {
      try {
        return [readRun(RunFolder.open(name))];
      } catch (error) {
        sayLine(`${messageOf(error)}`);
        return [];
      }
    });
}

function runJson({ folder, config, record }: FoundRun): Readonly<Record<string, unknown>> {
  const { epochs, best, stopped, test } = record;
  return {
    run: folder.path,
    state: stateOf({ folder, config, record }),
    epochs: epochs.length,
    best,
    stopped,
    test,
    config,
  };
}

function stateOf({ folder, config: { settings, diverged }, record: { epochs, test, stopped } }: FoundRun): string {
  if (folder.isClaimed) return 'training';
  if (test !== undefined) return stopped === undefined ? 'finished' : `stopped: ${stopped}`;
  if (diverged) return 'diverged';
  return epochs.length < settings.epochs ? 'interrupted' : 'not tested';
}

function runTable(runs: readonly FoundRun[]): string {
  const right = 'right' as const;
  return table({
    columns: [
      { title: 'run' },
      { title: 'network', spare: 1 },
      { title: 'recipe', spare: 3 },
      { title: 'seed', align: right, spare: 2 },
      { title: 'epochs', align: right },
      { title: 'time', align: right, spare: 4 },
      { title: 'validation', align: right },
      { title: 'test', align: right },
      { title: 'state' },
    ],
    rows: runs.map((run) => {
      const { folder, config, record } = run;
      const { settings } = config;
      const seconds = record.epochs.reduce((sum, epoch) => sum + epoch.seconds, record.epochSeconds);
      return [
        truncate(shownName(folder.name), 32),
        shownName(networkTitle(settings)),
        shownName(settings.recipe),
        String(settings.seed),
        `${record.epochs.length}/${settings.epochs}`,
        durationText(seconds),
        record.best === undefined ? '' : accuracyText(record.best.accuracy),
        record.test === undefined ? '' : accuracyText(record.test.accuracy, record.test.standardError),
        stateOf(run),
      ];
    }),
    ...(process.stdout.isTTY ? { width: columnsOf(process.stdout) } : {}),
    color: wantsColor(process.stdout, process.env),
  });
}

/** The settings in which the runs differ, a row each. */
function differenceTable(runs: readonly FoundRun[]): string {
  const settingsOf = ({ config }: FoundRun): Readonly<Record<string, unknown>> => ({
    ...config.settings,
    data: config.data.name,
    'training images': config.data.images,
  });
  const names = [...new Set(runs.flatMap((run) => Object.keys(settingsOf(run))))];
  const texts = (name: string): string[] => runs.map((run) => JSON.stringify(settingsOf(run)[name]) ?? '');
  const different = names.filter((name) => new Set(texts(name)).size > 1);
  if (different.length === 0) return 'All settings are the same.';
  return table({
    columns: [
      { title: 'setting' },
      ...runs.map(({ folder }) => ({ title: shownName(folder.name), align: 'right' as const })),
    ],
    rows: different.map((name) => [shownName(name), ...texts(name).map((text) => shownName(text.replaceAll('"', '')))]),
    ...(process.stdout.isTTY ? { width: columnsOf(process.stdout) } : {}),
    color: wantsColor(process.stdout, process.env),
  });
}
