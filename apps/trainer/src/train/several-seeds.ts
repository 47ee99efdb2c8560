/** The same settings with several seeds: what of a result is chance. */
import { percentText } from '@longhand/rendering';
import { refusal } from '../command/failure';
import { RunFolder } from './run-folder';
import type { TestMetrics } from './run-record';
import { stemOf, type TrainManner, type TrainSettings } from './train-settings';

/**
 * Runs the seeds one after another, each in a folder of its own, and tells mean and deviation.
 *
 * @throws CommandError before the first is trained if one of them would be refused its folder
 */
export async function severalSeeds(
  settings: TrainSettings,
  manner: TrainManner,
  begin: (settings: TrainSettings, manner: TrainManner) => Promise<TestMetrics>,
): Promise<void> {
  const { name = stemOf(settings), seeds = 1, force } = manner;
  if (!Number.isSafeInteger(settings.seed + (seeds - 1))) {
    throw refusal(
      `option '--seeds' expects seeds up to ${Number.MAX_SAFE_INTEGER}, got ${seeds} from ${settings.seed}`,
    );
  }
  const nameOfSeed = (at: number): string => `${name}-seed-${settings.seed + at}`;
  for (let at = 0; at < seeds; at++) RunFolder.checkName(nameOfSeed(at), force);
  const accuracies: number[] = [];
  for (let at = 0; at < seeds; at++) {
    const seed = settings.seed + at;
    const { accuracy } = await begin({ ...settings, seed }, { ...manner, name: nameOfSeed(at) });
    accuracies.push(accuracy);
  }
  const { mean, deviation } = spread(accuracies);
  const result = { event: 'seeds', seeds: accuracies.length, accuracies, mean, deviation };
  process.stdout.write(manner.json ? `${JSON.stringify(result)}\n` : `${seedsText(accuracies)}\n`);
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
  return `${accuracies.length} seeds: ${each} %\nmean ± deviation: ${percentText(mean)} ± ${(deviation * 100).toFixed(2)}`;
}
