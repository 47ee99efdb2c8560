/** The same settings with several seeds: what of a result is chance. */
import { percentText } from '@longhand/rendering';
import type { TestMetrics } from './run-record';
import type { TrainManner, TrainSettings } from './train-settings';

/** Runs the seeds one after another, each in a folder of its own, and tells mean and deviation. */
export async function severalSeeds(
  settings: TrainSettings,
  manner: TrainManner,
  begin: (settings: TrainSettings, manner: TrainManner) => Promise<TestMetrics>,
): Promise<void> {
  const stem = manner.name ?? settings.network;
  const accuracies: number[] = [];
  for (let seed = settings.seed; seed < settings.seed + (manner.seeds as number); seed++) {
    const { accuracy } = await begin({ ...settings, seed }, { ...manner, name: `${stem}-seed-${seed}` });
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
