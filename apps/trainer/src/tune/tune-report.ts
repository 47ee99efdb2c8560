/** The results of a search: a table of the best configurations, what mattered, and the command line of the winner. */
import { describeNetwork } from '@longhand/layers';
import {
  accuracyText,
  bar,
  columnsOf,
  durationText,
  percentText,
  styles,
  type TuningChart,
  table,
  takesUnicode,
  tuningPage,
  wantsColor,
} from '@longhand/rendering';
import { withModuleNames } from '@longhand/schema';
import { commandLine, shownName } from '../command/failure';
import { moduleName } from '../command/own-modules';
import { networkTitle, type RunSettings, settingsInUse } from '../run/run-settings';
import { spread } from '../train/train-command';
import { optimizerOf } from '../train/training-options';
import { type Effect, effectsOf, type Observation } from './effects';
import { type FinishedRung, progressOf, type Results, type Standing } from './halving';
import type { Search, TuneOptions } from './search';
import type { SearchedSetting, SearchedValue } from './search-space';
import { settingsText } from './settings-text';
import { trainWords } from './train-words';

/** The most configurations in the table. */
const mostShown = 5;

/** Prints the results of the rungs that are finished, and writes them as a page. Without any there is nothing to say. */
export function reportTune(
  search: Search,
  results: Results,
  { json, quiet }: Pick<TuneOptions, 'json' | 'quiet'>,
): void {
  const { folder, rungs, candidates } = search;
  const { finished } = progressOf(rungs, results);
  const last = finished.at(-1);
  if (last === undefined) return;
  const effects = effectsOfFirst(search, finished[0]);
  const winner = last.standings[0];
  const command = commandLine('train', ...winnerWords(search, winner.configuration));
  folder.write('tune.html', pageOf(search, finished, effects, command));
  if (json) {
    const standings = last.standings.map(({ configuration, accuracy, loss, results: own }) => ({
      configuration,
      settings: candidates[configuration].configuration,
      accuracy,
      deviation: deviationOf(own),
      loss: Number.isFinite(loss) ? loss : null,
      epochs: last.rung.epochs,
      seeds: last.rung.seeds,
      seconds: secondsOf(own),
    }));
    process.stdout.write(
      `${JSON.stringify({ event: 'tune', folder: folder.path, isFinished: finished.length === rungs.length, standings, effects, command })}\n`,
    );
    return;
  }
  process.stdout.write(
    `${standingsTable(search, last)}\n\n${effectsText(effects, finished[0])}\n\n${verdict(last)} ${quiet ? '' : `${folder.file('tune.html')} shows all trials. `}${trainIt(search)}, and test it:\n  ${command}\n`,
  );
}

/** The searched settings down the side, the best configurations across, and the one as given. */
function standingsTable(search: Search, last: FinishedRung): string {
  const { rows, shown } = standingsRows(search, last);
  return table({
    columns: [
      { title: 'setting' },
      ...shown.map(({ configuration }, at) => ({
        title: titleOf(configuration, at),
        align: 'right' as const,
        // A narrow terminal has the winner and the settings as given.
        ...(at > 0 && configuration !== 0 && { spare: at }),
      })),
    ],
    rows: rows.map((row) => row.map(shownName)),
    ...(process.stdout.isTTY ? { width: columnsOf(process.stdout) } : {}),
    color: wantsColor(process.stdout, process.env),
  });
}

function titleOf(configuration: number, at: number): string {
  const name = at === 0 ? 'winner' : `${at + 1}`;
  return configuration === 0 ? `${name}: as given` : name;
}

function standingsRows(search: Search, { rung, standings }: FinishedRung) {
  const shown = standings.filter(({ configuration }, at) => at < mostShown || configuration === 0);
  const rows = [
    ...search.space.map((setting) => [
      setting.name,
      ...shown.map(({ configuration }) => String(settingValue(search, configuration, setting) ?? '')),
    ]),
    [
      'validation accuracy',
      ...shown.map(({ accuracy, results }) =>
        accuracyText(accuracy, rung.seeds > 1 ? deviationOf(results) : undefined),
      ),
    ],
    ['epochs', ...shown.map(() => String(rung.epochs))],
    ['seeds', ...shown.map(() => String(rung.seeds))],
    ['time of a training', ...shown.map(({ results }) => durationText(secondsOf(results)))],
  ];
  return { shown, rows };
}

/** The lead over the settings as given, with its standard error: a lead within it is none. */
function verdict({ rung, standings }: FinishedRung): string {
  const [winner] = standings;
  const given = standings.find(({ configuration }) => configuration === 0);
  if (winner.configuration === 0 || given === undefined) return 'Nothing was better than the settings as given.';
  const lead = `The winner leads the settings as given by ${(100 * (winner.accuracy - given.accuracy)).toFixed(2)} points`;
  if (rung.seeds < 2) return `${lead} with one seed.`;
  const variances = [winner, given].map(({ results }) => {
    const deviation = deviationOf(results);
    return (deviation * deviation) / results.length;
  });
  const error = Math.sqrt(variances[0] + variances[1]);
  const chance = winner.accuracy - given.accuracy <= error ? ': no more than chance gives' : '';
  return `${lead} (standard error ${(100 * error).toFixed(2)})${chance}.`;
}

function deviationOf(results: Standing['results']): number {
  return spread(results.map(({ accuracy }) => accuracy)).deviation;
}

function secondsOf(results: Standing['results']): number {
  return spread(results.map(({ seconds }) => seconds)).mean;
}

/** The value of a searched setting in a configuration; undefined where it has none. */
function settingValue(
  { candidates }: Pick<Search, 'candidates'>,
  number: number,
  { name, key, layer }: SearchedSetting,
): SearchedValue | undefined {
  const { configuration, settings, network } = candidates[number];
  if (layer !== undefined) {
    const named = network.layers.find((other) => other.name === layer);
    const described: Readonly<Record<string, unknown>> = { ...named?.layer.description };
    return configuration[name] ?? plain(described[key]);
  }
  const own: Readonly<Record<string, unknown>> = {
    ...(typeof settings.optimizer === 'string' ? optimizerOf(settings).description : {}),
    ...settings,
  };
  return plain(own[key]);
}

function plain(value: unknown): SearchedValue | undefined {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

function effectsOfFirst(search: Search, { standings }: FinishedRung): readonly Effect[] {
  const observations = standings.map(({ configuration, accuracy }): Observation => {
    const values = search.space.map((setting) => [setting.name, settingValue(search, configuration, setting)] as const);
    return { values: Object.fromEntries(values), accuracy };
  });
  return effectsOf(search.space, observations, search.inputs.validation?.count ?? 1);
}

function effectsTitle({ rung, standings }: FinishedRung): string {
  return `What mattered in ${standings.length} trials of ${rung.epochs} ${rung.epochs === 1 ? 'epoch' : 'epochs'}`;
}

function effectsText(effects: readonly Effect[], first: FinishedRung): string {
  const { bold, cyan, dim } = styles({ color: wantsColor(process.stdout, process.env) });
  const ascii = !takesUnicode(process.env);
  const width = Math.max(...effects.map(({ setting }) => setting.length));
  const lines = effects.map(({ setting, share, groups }) => {
    const drawn = share === undefined ? ' '.repeat(12) : cyan(bar(share, 12, { ascii }));
    const percent = share === undefined ? '–' : percentText(share, 0);
    const of = groups.map(({ name, accuracy }) => `${name}: ${percentText(accuracy)}`).join('  ');
    return `${setting.padEnd(width)}  ${drawn} ${percent.padStart(5)}  ${dim(of)}`;
  });
  return `${bold(effectsTitle(first))}: the share of the spread of errors that a setting explains by itself\n${lines.join('\n')}`;
}

/** On what: a validation part of the data goes on choosing. */
function trainIt({ settings }: Search): string {
  return settings.validation === 'val' ? 'Train it' : 'Train it on all images';
}

/** What to type behind `train` for a configuration, on all images but those of a validation part of the data. A network whose layers were searched becomes a file. */
function winnerWords(search: Search, number: number): readonly string[] {
  const { folder, candidates, space } = search;
  const { network, configuration } = candidates[number];
  const { limit: _, validation: __, ...settings }: RunSettings = candidates[number].settings;
  const hasLayers = space.some(({ name, layer }) => layer !== undefined && Object.hasOwn(configuration, name));
  if (!hasLayers) return trainWords(settings);
  const description = withModuleNames(describeNetwork(network), (url) => moduleName(url, folder.path));
  folder.write('network.json', `${JSON.stringify(description, null, 2)}\n`);
  // What was recommended for a preset is said: for a file other rates are.
  const { learningRate, adamwLearningRate }: Readonly<Record<string, unknown>> = {
    ...(typeof settings.optimizer === 'string' ? optimizerOf(settings).description : {}),
  };
  const ofFile = {
    ...settings,
    ...(typeof learningRate === 'number' && { learningRate }),
    ...(typeof adamwLearningRate === 'number' && { adamwLearningRate }),
    recipe: 'quick',
    model: folder.file('network.json'),
  } satisfies RunSettings;
  return trainWords(settingsInUse<RunSettings>(ofFile));
}

function pageOf(
  search: Search,
  finished: readonly FinishedRung[],
  effects: readonly Effect[],
  command: string,
): string {
  const { space, candidates, folder, inputs } = search;
  const last = finished[finished.length - 1];
  const [winner] = last.standings;
  const { rows, shown } = standingsRows(search, last);
  const charts = effects.map(({ setting }): TuningChart => {
    const searched = space.find(({ name }) => name === setting) as SearchedSetting;
    return {
      setting,
      values:
        searched.values.kind === 'list'
          ? { kind: 'words', words: searched.values.values.map(String) }
          : { kind: 'numbers', from: searched.values.from, to: searched.values.to },
      series: finished.map(({ rung, standings }) => ({
        name: rungText(rung),
        points: standings.flatMap(({ configuration, accuracy }) => {
          const value = settingValue(search, configuration, searched);
          return value === undefined ? [] : [{ value, accuracy }];
        }),
      })),
    };
  });
  const { settings } = search;
  return tuningPage({
    title: folder.path.split(/[\\/]/).at(-1) ?? folder.path,
    accuracy: winner.accuracy,
    ...(last.rung.seeds > 1 && { deviation: deviationOf(winner.results) }),
    sentence: `is the accuracy of the winner on ${inputs.validation?.count} validation images after ${rungText(last.rung)}. ${verdict(last)} The test images were not looked at.`,
    about: `${candidates.length} configurations of ${networkTitle(settings)} on ${inputs.dataset.name}; seed ${settings.seed}`,
    reproduce: command,
    standings: { titles: ['setting', ...shown.map(({ configuration }, at) => titleOf(configuration, at))], rows },
    effectsTitle: effectsTitle(finished[0]),
    effects,
    charts,
    trials: {
      titles: ['configuration', ...finished.map(({ rung }) => rungText(rung))],
      rows: finished[0].standings.map(({ configuration }) => [
        `${configuration}: ${settingsText(candidates[configuration].configuration)}`,
        ...finished.map(({ standings }) => {
          const found = standings.find((other) => other.configuration === configuration);
          return found === undefined ? '' : accuracyText(found.accuracy);
        }),
      ]),
    },
  });
}

function rungText({ epochs, seeds }: FinishedRung['rung']): string {
  const epochsText = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  return seeds === 1 ? epochsText : `${epochsText}, ${seeds} seeds`;
}
