/**
 * The logs of a run: its figures in files that other programs read. They follow from the record of its checkpoint, so what a killed
 * process left is made whole when the run is opened. Each only grows: a record of more epochs begins with the bytes of one of fewer.
 */
import { encodeEvents, type ScalarEvent } from '@longhand/formats';
import type { EpochRecord } from '@longhand/training';
import { csvRow } from '../command/csv-row';
import type { RunFile } from './run-folder';
import { metricsText, type RecordedSettings, type RunConfig, type RunRecord } from './run-record';

/** What a log is made of. */
export interface LoggedRun {
  readonly config: RunConfig<RecordedSettings>;
  readonly record: RunRecord;
}

/** Each log with its content after the first `from` epochs; undefined where the run has none. */
const contents = {
  metrics: ({ record }, from) => new TextEncoder().encode(metricsText(record, from)),
  table: ({ config, record }, from) => (config.began === undefined ? undefined : csvOf(record, from)),
  events: ({ config, record }, from) =>
    config.began === undefined ? undefined : eventFile(record, Date.parse(config.began) / 1000, from),
} as const satisfies Partial<Record<RunFile, (run: LoggedRun, from: number) => Uint8Array | undefined>>;

/**
 * The logs of a run, by their files. Runs of earlier versions, which did not record when they began, have `metrics.jsonl` alone.
 *
 * @param from how many of the first epochs the logs have already. Default: 0, whole logs. Otherwise the contents are to be appended:
 *   of a run of many short epochs, whole logs would take ever longer.
 */
export function runLogs(
  run: LoggedRun,
  from = 0,
): readonly (readonly [file: keyof typeof contents, content: Uint8Array])[] {
  const files = Object.keys(contents) as (keyof typeof contents)[];
  return files.flatMap((file) => {
    const content = contents[file](run, from);
    return content === undefined ? [] : [[file, content] as const];
  });
}

/** A row for each epoch, after their names. */
function csvOf({ epochs }: RunRecord, from: number): Uint8Array {
  const [first] = epochs;
  if (first === undefined) return new Uint8Array();
  const names = Object.keys(rowOf(first));
  const cells = epochs.slice(from).map((epoch) => {
    const row = rowOf(epoch);
    return names.map((name) => row[name] ?? '');
  });
  return new TextEncoder().encode([...(from === 0 ? [names] : []), ...cells].map(csvRow).join(''));
}

function rowOf({ validation, learningRate, seconds, imagesPerSecond, ...epoch }: EpochRecord): Record<string, number> {
  return {
    epoch: epoch.epoch,
    steps: epoch.steps,
    loss: epoch.loss,
    accuracy: epoch.accuracy,
    ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
    ...named('validation ', validation?.metrics),
    learningRate,
    seconds,
    imagesPerSecond,
  };
}

/** Metrics of the user's own, after what they are of. */
function named(of: string, metrics: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [of + name, value]));
}

/** The whole file, or what follows the records of its first `from` epochs. */
function eventFile(record: RunRecord, began: number, from: number): Uint8Array {
  if (from === 0) return encodeEvents(eventsOf(record, began, 0));
  // Only the first record, the version, does not belong to an event.
  const head: ScalarEvent = { wallTime: 0, step: 0, scalars: {} };
  return encodeEvents([head, ...eventsOf(record, began, from)]).subarray(encodeEvents([head]).length);
}

/**
 * The figures of each epoch at its last step, before them the means of its steps' losses, and at the end the test. The time is when
 * the run began and the seconds that it has trained since, so that the same record gives the same bytes.
 */
function eventsOf({ epochs, lossCurve, best, test }: RunRecord, began: number, from: number): ScalarEvent[] {
  const events: ScalarEvent[] = [];
  let wallTime = epochs.slice(0, from).reduce((time, { seconds }) => time + seconds, began);
  let steps = epochs[from - 1]?.steps ?? 0;
  let means = Math.min(Math.floor(steps / lossCurve.every), lossCurve.losses.length);
  for (const epoch of epochs.slice(from)) {
    const { loss, accuracy, validation, learningRate, imagesPerSecond, seconds } = epoch;
    // A mean that is not full yet changes with the next step.
    for (; (means + 1) * lossCurve.every <= epoch.steps && means < lossCurve.losses.length; means++) {
      const step = (means + 1) * lossCurve.every;
      const part = (step - steps) / (epoch.steps - steps);
      const scalars = { 'loss/steps': lossCurve.losses[means] };
      events.push({ wallTime: wallTime + part * seconds, step, scalars });
    }
    wallTime += seconds;
    steps = epoch.steps;
    events.push({
      wallTime,
      step: steps,
      scalars: {
        'loss/training': loss,
        'accuracy/training': accuracy,
        ...(validation && { 'loss/validation': validation.loss, 'accuracy/validation': validation.accuracy }),
        ...named('validation/', validation?.metrics),
        learningRate,
        imagesPerSecond,
      },
    });
  }
  if (test !== undefined) {
    const step = (test.model === 'best' && best && epochs[best.epoch - 1]?.steps) || steps;
    const own = named('test/', test.metrics);
    events.push({ wallTime, step, scalars: { 'loss/test': test.loss, 'accuracy/test': test.accuracy, ...own } });
  }
  return events;
}
