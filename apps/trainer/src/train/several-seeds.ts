/** The same settings with several seeds: what of a result is chance. */
import { isDeepStrictEqual } from 'node:util';
import { accuracyText, percentText } from '@longhand/rendering';
import { refusal } from '../command/failure';
import { RunFolder, runsFolder } from './run-folder';
import { readConfig, readRecord, type TestMetrics } from './run-record';
import { stemOf, type TrainManner, type TrainSettings } from './train-settings';

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
