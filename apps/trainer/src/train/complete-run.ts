/** A run to its end: training, then the test on images that nothing was chosen by, then the report. */
import { type Checkpoint, decodeModel, type Engine, evaluate, TrainingRun } from '@longhand/training';
import { type Interruption, withEngine } from '../command/engine-session';
import { CommandError, commandLine, exitCodes } from '../command/failure';
import { evaluationReport, networkReport } from '../command/reports';
import type { RunFolder } from '../run/run-folder';
import { newRecord, type RunConfig, type RunRecord, type TestMetrics } from '../run/run-record';
import { runReport } from '../run/run-report';
import { networkName, networkTitle, type TrainManner, type TrainSettings } from '../run/run-settings';
import { trainingDisplay } from './display/displays';
import type { RunHistory } from './display/training-display';
import type { RunParts } from './run-inputs';
import { modelOf, resumeCommand, type SessionOptions, type SessionResult, save, trainSession } from './train-session';
import { extrasOf, optimizerOf, reportedSettings, rulesOf, scheduleOf } from './training-options';

/** What a run begins or goes on with. */
export interface RunStart {
  readonly parts: RunParts;
  /** Where it goes on. */
  readonly checkpoint?: Checkpoint;
  /** The run's folder, for this process alone. What an earlier run left in that of a new one is gone then. */
  take(): RunFolder;
}

/**
 * Trains from the beginning or a checkpoint, tests, and reports. The workers come up while `prepare` reads the data; the
 * folder is taken only when they are ready for the first step, so that whatever cannot be trained leaves all as it was.
 *
 * @returns how the test went
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function completeRun(
  settings: TrainSettings,
  manner: TrainManner,
  prepare: (engine: Engine) => RunStart,
): Promise<TestMetrics> {
  const { kernels } = settings;
  let place = 'before the first step; nothing is saved';
  const workers = { kernels, ...(manner.threads === undefined ? {} : { threads: manner.threads }) };
  return withEngine(
    workers,
    () => `interrupted ${place}`,
    async (engine, interruption) => {
      engine.warmUp();
      const start = prepare(engine);
      const { parts } = start;
      const run = trainingRunOf(start, engine);
      await run.state();
      const folder = start.take();
      const session = sessionOf(folder, start, run, manner, engine, interruption);
      const { display } = session;
      try {
        display.heading(networkReport(networkTitle(settings), parts.network, process.stderr));
        interruption.finishFirst();
        const result = await trainSession(session);
        if (interruption.requested) {
          const epoch = Math.floor(result.state.steps / run.stepsPerEpoch) + 1;
          place = `in epoch ${Math.min(epoch, settings.epochs)}, and saved; go on with: ${resumeCommand(folder)}`;
          throw new CommandError(exitCodes.interrupted, `interrupted ${place}`);
        }
        await run.end();
        interruption.stopAtOnce();
        place = `before the test was made; the model is saved; go on with: ${resumeCommand(folder)}`;
        return await test(session, result, parts, manner);
      } finally {
        display.close();
        folder.release();
      }
    },
  );
}

/** The run's steps, from where it stands. */
function trainingRunOf({ parts: { config, ...parts }, checkpoint }: RunStart, engine: Engine): TrainingRun {
  const { settings, normalization } = config;
  const { epochs, batchSize, seed } = settings;
  const { dataset, parameters } = parts;
  const [optimizer, schedule] = [optimizerOf(settings), scheduleOf(settings, dataset.count)];
  const start = parameters === undefined ? {} : { parameters };
  return new TrainingRun(
    { ...parts, ...start, ...extrasOf(settings), normalization, optimizer, schedule, epochs, batchSize, seed, engine },
    checkpoint?.state,
  );
}

/** Everything that training needs. */
function sessionOf(
  folder: RunFolder,
  { parts: { config, ...parts }, checkpoint }: RunStart,
  run: TrainingRun,
  manner: TrainManner,
  engine: Engine,
  interruption: Interruption,
): SessionOptions {
  const { settings, normalization, classes } = config;
  const { epochs, batchSize, seed } = settings;
  const { dataset } = parts;
  const rules = rulesOf(settings);
  const record = (checkpoint?.record as RunRecord | undefined) ?? newRecord(run.totalSteps);
  // Without the lines of epochs that will be made again.
  folder.write('metrics', record.epochs.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const title = `${folder.name}: ${networkTitle(settings)} on ${config.data.name}`;
  const imagesBefore = Math.min(run.stepsMade * batchSize, epochs * dataset.count);
  const totalImages = epochs * dataset.count;
  const before = historyOf(record, run);
  const display = trainingDisplay(manner, { title, totalImages, epochs, imagesBefore, before });
  const called = networkName(settings);
  const training = {
    ...(called === undefined ? {} : { network: called }),
    ...{ data: dataset.name, images: dataset.count, epochs, batchSize, seed, kernels: engine.kernels },
    ...{ optimizer: optimizerOf(settings).description, schedule: scheduleOf(settings, dataset.count).description },
  };
  return {
    ...{ ...parts, folder, run, record, normalization, classes, training, rules, engine, interruption, display },
    checkpointEvery: manner.checkpointEvery,
  };
}

/** What a display shows of a run that goes on: its epochs, and its losses at their places. */
function historyOf({ epochs, lossCurve }: RunRecord, { stepsMade, stepsPerEpoch }: TrainingRun): RunHistory {
  const endOf = (at: number): number => Math.min((at + 1) * lossCurve.every, stepsMade) / stepsPerEpoch;
  return { epochs, losses: lossCurve.losses.map((loss, at) => [endOf(at), loss] as const) };
}

/** The one look at the test set: with the best model where something was held back to choose it by, else the last. */
async function test(
  session: SessionOptions,
  { state, record }: SessionResult,
  { testing, config }: RunParts,
  manner: TrainManner,
): Promise<TestMetrics> {
  const { folder, engine, display, classes } = session;
  const kind = record.best === undefined ? 'last' : 'best';
  const model = kind === 'last' ? modelOf(session, state) : decodeModel(folder.read('best'), folder.file('best'));
  display.working('testing …');
  const evaluation = await evaluate({ ...model, dataset: testing, engine });
  display.close();
  const { accuracy, loss, correct, standardError } = evaluation;
  if (!Number.isFinite(loss)) {
    throw new CommandError(
      exitCodes.runFailed,
      `${testing.name}: expected a loss that is a number, got ${loss}: the saved model is of no use; try a lower --learning-rate`,
    );
  }
  const metrics: TestMetrics = {
    ...{ data: testing.name, images: testing.count, correct, accuracy, standardError, loss, model: kind },
  };
  try {
    folder.addMetrics({ test: metrics });
    const settings = reportedSettings(config.settings, config.data.images);
    const report = runReport({ folder, config, settings, record, model, testing, evaluation, test: metrics });
    folder.write('report', report);
    // Only now the run is finished: who is killed before makes all of this again.
    save(folder, state, { ...record, test: metrics });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // What has been found out is told all the same.
    if (!manner.json) process.stdout.write(evaluationReport(testing, evaluation, classes, process.stdout));
    const hint = error.message.includes('--resume') ? '' : `; make room, then go on with ${resumeCommand(folder)}`;
    throw new CommandError(error.exitCode, `${error.message}${hint}`);
  }
  if (manner.json) process.stdout.write(`${JSON.stringify({ event: 'test', run: folder.path, ...metrics })}\n`);
  else {
    process.stdout.write(evaluationReport(testing, evaluation, classes, process.stdout));
    process.stdout.write(
      `\nSaved ${folder.path}. Look at ${folder.file('report')}, or test the model again with\n  ${evaluateCommand(folder.file(kind), config)}\n`,
    );
  }
  return metrics;
}

/** The command line that tests a model again, as the user would type it. */
function evaluateCommand(file: string, { settings: { dataDir } }: RunConfig): string {
  return commandLine('evaluate', file, ...(dataDir === undefined ? [] : ['--data-dir', dataDir]));
}
