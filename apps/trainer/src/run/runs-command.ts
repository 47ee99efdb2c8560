/** `longhand runs`: the runs with their settings and results. */
import { join } from 'node:path';
import {
  accuracyText,
  columnsOf,
  durationText,
  lossText,
  runsPage,
  table,
  truncate,
  wantsColor,
} from '@longhand/rendering';
import { messageOf, sayLine, shownName } from '../command/failure';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { RunFolder, runsFolder } from './run-folder';
import { inOrder, type OrderedRun, type RunOrder } from './run-order';
import { type RecordedSettings, type RunConfig, type RunRecord, readConfig, readRecord } from './run-record';
import { recover } from './run-recovery';
import { networkTitle, settingsInUse } from './run-settings';

/** A run, read from its folder. */
interface FoundRun extends OrderedRun {
  readonly folder: RunFolder;
  readonly config: RunConfig<RecordedSettings>;
  readonly record: RunRecord;
}

/** The options of `longhand runs`, parsed. */
export interface RunsOptions {
  readonly sort?: RunOrder;
  /** Where to write a page with the curves of the runs. */
  readonly html?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** @throws CommandError when a run that was named is not there or damaged, or the page cannot be written */
export function runsCommand(names: readonly string[], { sort, html, force = false, json }: RunsOptions): void {
  if (html !== undefined) checkNewFile(html, { force, example: 'runs.html', option: '--html' });
  const named = names.length > 0 ? names.map((name) => readRun(RunFolder.open(name))) : allRuns();
  const found = sort === undefined ? named : inOrder(named, sort);
  if (html !== undefined && found.length > 0) writeOutput(html, new TextEncoder().encode(curvesPage(found)));
  const stream = reportStream(html === undefined ? [] : [html]);
  if (json) {
    for (const run of found) stream.write(`${JSON.stringify(runJson(run))}\n`);
    return;
  }
  if (found.length === 0) {
    // For those that cannot be read, the reason has been printed.
    if (RunFolder.names().length + RunFolder.damagedNames().length > 0) return;
    stream.write(`No runs in ${runsFolder}/ yet: longhand train makes the first.\n`);
    return;
  }
  stream.write(`${runTable(found)}\n`);
  if (names.length > 1) stream.write(`\n${differenceTable(found)}\n`);
  if (html !== undefined) stream.write(`\nSaved ${html}\n`);
}

function readRun(folder: RunFolder): FoundRun {
  recover(folder);
  const record = readRecord(folder);
  const seconds = record.epochs.reduce((sum, epoch) => sum + epoch.seconds, record.epochSeconds);
  const config = readConfig(folder);
  const used = { ...config, settings: settingsInUse(config.settings) };
  return { folder, config: used, record, date: folder.date, seconds };
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

function runJson(run: FoundRun): Readonly<Record<string, unknown>> {
  const { folder, config, record, date } = run;
  const { epochs, best, stopped, test } = record;
  return {
    run: folder.path,
    state: stateOf(run),
    date: date.toISOString(),
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

/** The date and time of the user's clock: `2026-11-28 09:35`. */
function dateText(date: Date): string {
  const digits = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), digits(date.getMonth() + 1), digits(date.getDate())].join('-');
  return `${day} ${digits(date.getHours())}:${digits(date.getMinutes())}`;
}

function runTable(runs: readonly FoundRun[]): string {
  const right = 'right' as const;
  return table({
    columns: [
      { title: 'run' },
      { title: 'network', spare: 1 },
      { title: 'recipe', spare: 4 },
      { title: 'seed', align: right, spare: 2 },
      { title: 'epochs', align: right },
      { title: 'time', align: right, spare: 5 },
      { title: 'validation', align: right },
      { title: 'test', align: right },
      { title: 'date', spare: 3 },
      { title: 'state' },
    ],
    rows: runs.map((run) => {
      const { folder, config, record, date, seconds } = run;
      const { settings } = config;
      return [
        truncate(shownName(folder.name), 32),
        shownName(networkTitle(settings)),
        shownName(settings.recipe ?? ''),
        String(settings.seed),
        `${record.epochs.length}/${settings.epochs}`,
        durationText(seconds),
        record.best === undefined ? '' : accuracyText(record.best.accuracy),
        record.test === undefined ? '' : accuracyText(record.test.accuracy, record.test.standardError),
        dateText(date),
        stateOf(run),
      ];
    }),
    ...(process.stdout.isTTY ? { width: columnsOf(process.stdout) } : {}),
    color: wantsColor(process.stdout, process.env),
  });
}

/** The settings in which the runs differ, each with its text of every run. */
function differencesOf(runs: readonly FoundRun[]): readonly (readonly string[])[] {
  const settingsOf = ({ config }: FoundRun): Readonly<Record<string, unknown>> => ({
    ...config.settings,
    data: config.data.name,
    'training images': config.data.images,
  });
  const names = [...new Set(runs.flatMap((run) => Object.keys(settingsOf(run))))];
  const texts = (name: string): string[] => runs.map((run) => JSON.stringify(settingsOf(run)[name]) ?? '');
  return names
    .map((name) => [name, ...texts(name)])
    .filter(([, ...values]) => new Set(values).size > 1)
    .map((row) => row.map((text) => shownName(text.replaceAll('"', ''))));
}

function differenceTable(runs: readonly FoundRun[]): string {
  const rows = differencesOf(runs);
  if (rows.length === 0) return 'All settings are the same.';
  return table({
    columns: [
      { title: 'setting' },
      ...runs.map(({ folder }) => ({ title: shownName(folder.name), align: 'right' as const })),
    ],
    rows,
    ...(process.stdout.isTTY ? { width: columnsOf(process.stdout) } : {}),
    color: wantsColor(process.stdout, process.env),
  });
}

/** The curves of the runs, their figures and in what they differ, as a page. */
function curvesPage(runs: readonly FoundRun[]): string {
  const differences = differencesOf(runs);
  const names = runs.map(({ folder }) => shownName(folder.name));
  return runsPage({
    title: names.length > 4 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', '),
    runs: runs.map(({ record: { epochs, lossCurve } }, at) => ({ name: names[at], epochs, lossCurve })),
    figures: {
      titles: ['run', 'network', 'epochs', 'time', 'validation', 'test', 'test loss', 'date', 'state'],
      rows: runs.map((run, at) => {
        const { config, record, seconds, date } = run;
        const { best, test } = record;
        return [
          names[at],
          shownName(networkTitle(config.settings)),
          `${record.epochs.length}/${config.settings.epochs}`,
          durationText(seconds),
          best === undefined ? '' : accuracyText(best.accuracy),
          test === undefined ? '' : accuracyText(test.accuracy, test.standardError),
          test === undefined ? '' : lossText(test.loss),
          dateText(date),
          stateOf(run),
        ];
      }),
    },
    ...(differences.length > 0 && { differences: { titles: ['setting', ...names], rows: differences } }),
  });
}
