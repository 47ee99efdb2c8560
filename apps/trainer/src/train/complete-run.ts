/** A run to its end: training, evaluation on the test set, report. */
import { DivergenceError, type Engine, type FitOptions, fit } from '@longhand/training';
import { withEngine } from '../command/engine-session';
import { sayLine } from '../command/failure';
import type { TestMetrics } from '../run/run-record';
import type { RunOptions, RunSettings } from '../run/run-settings';
import type { RunStart } from './run-inputs';
import { teacherOf } from './teachers';
import { testModel } from './test-model';
import { TrainSession } from './train-session';
import { lossOf, metricsOf, optimizerOf, regularizationOf, rulesOf, scheduleOf } from './training-options';

/**
 * Trains from the start or a checkpoint, evaluates on the test set, and writes the report. The workers start while `prepare`
 * reads the data. The folder is claimed only when they are ready for the first step, so that a run that cannot be trained
 * leaves every file as it was.
 *
 * @returns the metrics on the test set
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function completeRun(
  settings: RunSettings,
  runOptions: RunOptions,
  prepare: (engine: Engine) => Promise<RunStart>,
): Promise<TestMetrics> {
  const { kernels } = settings;
  const { threads, wideVectors, checkpointEvery } = runOptions;
  /** From the first step on. */
  let session: TrainSession | undefined;
  let position = (): string => session?.position ?? 'before the first step; nothing is saved';
  return withEngine(
    { kernels, wideVectors, ...(threads === undefined ? {} : { threads }) },
    () => `interrupted ${position()}`,
    async (engine, interruption) => {
      engine.warmUp();
      const start = await prepare(engine);
      try {
        const result = await fit({
          ...fitOptionsOf(start),
          ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
          engine,
          signal: interruption.signal,
          onStart(begun) {
            const { found } = start.inputs;
            if (found !== undefined && !runOptions.quiet && !runOptions.json) sayLine(found);
            session = TrainSession.begin(start, begun, runOptions, engine);
            interruption.finishFirst();
          },
          onStep: (progress) => session?.step(progress),
          onEpoch: (epoch) => session?.epoch(epoch),
          onCheckpoint: (checkpoint) => session?.checkpoint(checkpoint),
        });
        const trained = session as TrainSession;
        position = () => `before the test was made; the model is saved; go on with: ${trained.resumeCommand}`;
        interruption.stopAtOnce();
        return await testModel(trained, result, start.inputs, runOptions, engine);
      } catch (error) {
        if (error instanceof DivergenceError) session?.folder.recordDivergence();
        throw error;
      } finally {
        session?.end();
      }
    },
  );
}

/** What is trained, and how. */
export function fitOptionsOf({ inputs, resume }: Omit<RunStart, 'claim'>): FitOptions {
  const { network, parameters, dataset, validation, config, code, teachers } = inputs;
  const { settings, normalization } = config;
  const { epochs, batchSize, seed } = settings;
  return {
    network,
    ...(parameters && { parameters }),
    dataset,
    ...(validation && { validation, ...(settings.metric && { metrics: metricsOf(settings, code) }) }),
    normalization,
    ...lossOf(settings, code),
    ...teacherOf(config, teachers),
    optimizer: optimizerOf(settings, code),
    schedule: scheduleOf(settings, dataset.count, code),
    ...regularizationOf(settings, code),
    ...rulesOf(settings),
    epochs,
    batchSize,
    seed,
    ...(resume && { resume }),
  };
}
