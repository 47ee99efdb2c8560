/** The only evaluation on the test set, and the report that it completes. */
import { batchCount, type ImageDataset } from '@longhand/datasets';
import { percentText } from '@longhand/rendering';
import {
  calibrate,
  calibrationPart,
  type Engine,
  evaluate,
  type FitResult,
  type Model,
  parametersChecksum,
} from '@longhand/training';
import { dataOptions } from '../command/dataset-source';
import { CommandError, commandLine, exitCodes, sayLine } from '../command/failure';
import { modulesOf } from '../command/model-source';
import { moduleOptions } from '../command/own-modules';
import { evaluationReport } from '../command/reports';
import type { ModelKind } from '../run/run-commit';
import type { RunConfig, RunRecord, TestMetrics } from '../run/run-record';
import { runReport } from '../run/run-report';
import type { RunOptions, RunSettings } from '../run/run-settings';
import type { RunInputs } from './run-inputs';
import type { TrainSession } from './train-session';
import { metricsOf, optimizerOf, reportedSettings, scheduleOf } from './training-options';

/**
 * Evaluates the best model where validation chose one, else the last, writes the report, and prints the results.
 *
 * @returns the metrics on the test set
 * @throws CommandError when the loss is no number or something cannot be written, and whatever evaluation throws
 */
export async function testModel(
  session: TrainSession,
  { parameters, best }: FitResult,
  { testing, validation, config, code }: RunInputs,
  runOptions: RunOptions,
  engine: Engine,
): Promise<TestMetrics> {
  const { folder, display, record } = session;
  const kind = best === undefined ? 'last' : 'best';
  const model = session.model(best?.parameters ?? parameters);
  if (record.stopped !== undefined) display.heading(stoppedText(record, config.settings));
  display.working('testing …');
  const metrics = metricsOf(config.settings, code);
  const evaluation = await evaluate({ ...model, dataset: testing, metrics, engine });
  display.close();
  const { accuracy, loss, correct, standardError } = evaluation;
  if (!Number.isFinite(loss)) {
    folder.recordDivergence();
    throw new CommandError(
      exitCodes.runFailed,
      `${testing.name}: expected a loss that is a number, got ${loss}: the saved model is of no use; try a lower --learning-rate`,
    );
  }
  const results: TestMetrics = {
    data: testing.name,
    images: testing.count,
    correct,
    accuracy,
    standardError,
    loss,
    model: kind,
    ...(config.settings.metric && { metrics: evaluation.metrics }),
  };
  const last = best === undefined ? model : session.model(session.parametersOfLast());
  const models = { last, ...(best !== undefined && { best: model }) };
  // Before the report, which keeps the memory that evaluations have had.
  const fittedOn = validation ?? calibrationPart(testing);
  const calibrated = await calibratedModels(models, fittedOn, engine);
  try {
    const settings = reportedSettings(config.settings, config.data.images);
    const { learningRate: rate } = optimizerOf(config.settings, code);
    const schedule = scheduleOf(config.settings, config.data.images, code);
    const { batchSize, epochs } = config.settings;
    const stepsPerEpoch = batchCount(config.data.images, batchSize);
    const totalSteps = epochs * stepsPerEpoch;
    const report = runReport({
      folder,
      config,
      settings,
      record,
      model,
      testing,
      evaluation,
      test: results,
      calibration:
        fittedOn && calibrated[kind]
          ? { images: fittedOn.count, part: validation === undefined ? 'test' : 'validation' }
          : undefined,
      learningRateAt: (step) => rate * schedule.factor({ step, totalSteps, stepsPerEpoch }),
      modules: session.modules,
    });
    folder.write('report', report);
    // Only now the run is finished: a process that is killed before repeats all of this when the run is resumed.
    session.finish(results, calibrated);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // The results are printed all the same.
    if (!runOptions.json) process.stdout.write(evaluationReport(testing, evaluation, config.classes, process.stdout));
    const hint = error.message.includes('--resume') ? '' : `; make room, then go on with ${session.resumeCommand}`;
    throw new CommandError(error.exitCode, `${error.message}${hint}`);
  }
  const most = mostFrequent(evaluation.confusion) / testing.count;
  if (testing.count >= enoughToJudge && accuracy <= most) {
    sayLine(
      `note: ${folder.path} is no better than guessing: ${percentText(accuracy)} are correct, and the most frequent class alone is ${percentText(most)}; try another --learning-rate, or more epochs`,
    );
  }
  const checksum = parametersChecksum(model.parameters);
  if (runOptions.json)
    process.stdout.write(
      `${JSON.stringify({ event: 'test', run: folder.path, ...results, checksum, confusion: evaluation.confusion })}\n`,
    );
  else {
    process.stdout.write(evaluationReport(testing, evaluation, config.classes, process.stdout));
    process.stdout.write(
      `\nSaved ${folder.path}, weights with checksum ${checksum}. Look at ${folder.file('report')}, or test the model again with\n  ${evaluateCommand(folder.file(kind), model, config)}\n`,
    );
  }
  return results;
}

/** Why a run ended before its last epoch, and what is tested then. */
function stoppedText({ stopped, best }: RunRecord, { patience = 0, targetAccuracy = 0 }: RunSettings): string {
  const why =
    stopped === 'target'
      ? `the validation accuracy reached the target of ${percentText(targetAccuracy)}`
      : `no better validation accuracy for ${patience} ${patience === 1 ? 'epoch' : 'epochs'}`;
  return `stopped: ${why}; epoch ${best?.epoch} is tested`;
}

/** The models with their calibration. Those that too few images are classified correctly by stay as they are. */
async function calibratedModels(
  models: Readonly<Partial<Record<ModelKind, Model>>>,
  dataset: ImageDataset | undefined,
  engine: Engine,
): Promise<Partial<Record<ModelKind, Model>>> {
  const calibrated: Partial<Record<ModelKind, Model>> = {};
  if (dataset === undefined) return calibrated;
  for (const [kind, model] of Object.entries(models) as [ModelKind, Model][]) {
    const { network, parameters, normalization } = model;
    const calibration = await calibrate({ network, parameters, normalization, dataset, engine });
    if (calibration !== undefined) calibrated[kind] = { ...model, calibration };
  }
  return calibrated;
}

/** Of fewer test images the accuracy is too uncertain to say so: its standard error is 3 points and more at chance. */
const enoughToJudge = 100;

/** The size of the largest class. */
function mostFrequent(confusion: readonly (readonly number[])[]): number {
  return Math.max(...confusion.map((row) => row.reduce((sum, count) => sum + count, 0)));
}

/** The command line that evaluates the model again, as the user would type it. */
function evaluateCommand(file: string, model: Model, { settings }: RunConfig): string {
  return commandLine('evaluate', file, ...dataOptions(settings), ...moduleOptions(modulesOf(model)));
}
