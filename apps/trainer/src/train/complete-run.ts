/** A run to its end: training, evaluation on the test set, report. */
import { decodeModel, type Engine, evaluate, TrainingRun } from '@longhand/training';
import { type Interruption, withEngine } from '../command/engine-session';
import { CommandError, commandLine, exitCodes } from '../command/failure';
import { evaluationReport, networkReport } from '../command/reports';
import type { RunFolder } from '../run/run-folder';
import { newRecord, type RunCheckpoint, type RunConfig, type RunRecord, type TestMetrics } from '../run/run-record';
import { runReport } from '../run/run-report';
import { networkName, networkTitle, type RunOptions, type RunSettings } from '../run/run-settings';
import { trainingDisplay } from './display/displays';
import type { RunHistory } from './display/training-display';
import type { RunInputs } from './run-inputs';
import { modelOf, resumeCommand, type SessionOptions, type SessionResult, save, trainSession } from './train-session';
import { optimizerOf, regularizationOf, reportedSettings, rulesOf, scheduleOf } from './training-options';

/** What a run starts or resumes from. */
export interface RunStart {
  readonly inputs: RunInputs;
  /** Absent for a new run. */
  readonly checkpoint?: RunCheckpoint;
  /** Claims the run's folder for this process. For a new run, the files of an earlier one are removed from it. */
  claim(): RunFolder;
}

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
  prepare: (engine: Engine) => RunStart,
): Promise<TestMetrics> {
  const { kernels } = settings;
  let progress = 'before the first step; nothing is saved';
  const workers = { kernels, ...(runOptions.threads === undefined ? {} : { threads: runOptions.threads }) };
  return withEngine(
    workers,
    () => `interrupted ${progress}`,
    async (engine, interruption) => {
      engine.warmUp();
      const start = prepare(engine);
      const { inputs } = start;
      const run = trainingRunOf(start, engine);
      await run.state();
      const folder = start.claim();
      const session = sessionOf(folder, start, run, runOptions, engine, interruption);
      const { display } = session;
      try {
        display.heading(networkReport(networkTitle(settings), inputs.network, process.stderr));
        interruption.finishFirst();
        const result = await trainSession(session);
        if (interruption.requested) {
          const epoch = Math.floor(result.state.steps / run.stepsPerEpoch) + 1;
          progress = `in epoch ${Math.min(epoch, settings.epochs)}, and saved; go on with: ${resumeCommand(folder)}`;
          throw new CommandError(exitCodes.interrupted, `interrupted ${progress}`);
        }
        await run.end();
        interruption.stopAtOnce();
        progress = `before the test was made; the model is saved; go on with: ${resumeCommand(folder)}`;
        return await testModel(session, result, inputs, runOptions);
      } finally {
        display.close();
        folder.release();
      }
    },
  );
}

/** The steps of the run, from its checkpoint on if it has one. */
function trainingRunOf({ inputs: { config, ...inputs }, checkpoint }: RunStart, engine: Engine): TrainingRun {
  const { settings, normalization } = config;
  const { epochs, batchSize, seed } = settings;
  const { dataset, parameters } = inputs;
  const [optimizer, schedule] = [optimizerOf(settings), scheduleOf(settings, dataset.count)];
  const start = parameters === undefined ? {} : { parameters };
  return new TrainingRun(
    {
      ...inputs,
      ...start,
      ...regularizationOf(settings),
      normalization,
      optimizer,
      schedule,
      epochs,
      batchSize,
      seed,
      engine,
    },
    checkpoint?.state,
  );
}

/** Everything that training needs. */
function sessionOf(
  folder: RunFolder,
  { inputs: { config, ...inputs }, checkpoint }: RunStart,
  run: TrainingRun,
  runOptions: RunOptions,
  engine: Engine,
  interruption: Interruption,
): SessionOptions {
  const { settings, normalization, classes } = config;
  const { epochs, batchSize, seed } = settings;
  const { dataset } = inputs;
  const rules = rulesOf(settings);
  const record = checkpoint?.record ?? newRecord(run.totalSteps);
  // Without the lines of epochs that will be trained again.
  folder.write('metrics', record.epochs.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const title = `${folder.name}: ${networkTitle(settings)} on ${config.data.name}`;
  const imagesBefore = Math.min(run.stepsMade * batchSize, epochs * dataset.count);
  const totalImages = epochs * dataset.count;
  const before = historyOf(record, run);
  const display = trainingDisplay(runOptions, { title, totalImages, epochs, imagesBefore, before });
  const called = networkName(settings);
  const training = {
    ...(called === undefined ? {} : { network: called }),
    data: dataset.name,
    images: dataset.count,
    epochs,
    batchSize,
    seed,
    kernels: engine.kernels,
    optimizer: optimizerOf(settings).description,
    schedule: scheduleOf(settings, dataset.count).description,
  };
  return {
    ...inputs,
    folder,
    run,
    record,
    normalization,
    classes,
    training,
    rules,
    engine,
    interruption,
    display,
    checkpointEvery: runOptions.checkpointEvery,
  };
}

/** What a display shows of a resumed run: its epochs, and its losses with the positions of their means. */
function historyOf({ epochs, lossCurve }: RunRecord, { stepsMade, stepsPerEpoch }: TrainingRun): RunHistory {
  const endOf = (at: number): number => Math.min((at + 1) * lossCurve.every, stepsMade) / stepsPerEpoch;
  return { epochs, losses: lossCurve.losses.map((loss, at) => [endOf(at), loss] as const) };
}

/** The only evaluation on the test set: of the best model where validation chose one, else of the last. */
async function testModel(
  session: SessionOptions,
  { state, record }: SessionResult,
  { testing, config }: RunInputs,
  runOptions: RunOptions,
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
    data: testing.name,
    images: testing.count,
    correct,
    accuracy,
    standardError,
    loss,
    model: kind,
  };
  try {
    folder.addMetrics({ test: metrics });
    const settings = reportedSettings(config.settings, config.data.images);
    const report = runReport({ folder, config, settings, record, model, testing, evaluation, test: metrics });
    folder.write('report', report);
    // Only now the run is finished: a process that is killed before repeats all of this when the run is resumed.
    save(folder, state, { ...record, test: metrics });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // The results are printed all the same.
    if (!runOptions.json) process.stdout.write(evaluationReport(testing, evaluation, classes, process.stdout));
    const hint = error.message.includes('--resume') ? '' : `; make room, then go on with ${resumeCommand(folder)}`;
    throw new CommandError(error.exitCode, `${error.message}${hint}`);
  }
  if (runOptions.json) process.stdout.write(`${JSON.stringify({ event: 'test', run: folder.path, ...metrics })}\n`);
  else {
    process.stdout.write(evaluationReport(testing, evaluation, classes, process.stdout));
    process.stdout.write(
      `\nSaved ${folder.path}. Look at ${folder.file('report')}, or test the model again with\n  ${evaluateCommand(folder.file(kind), config)}\n`,
    );
  }
  return metrics;
}

/** The command line that evaluates the model again, as the user would type it. */
function evaluateCommand(file: string, { settings: { dataDir } }: RunConfig): string {
  return commandLine('evaluate', file, ...(dataDir === undefined ? [] : ['--data-dir', dataDir]));
}
