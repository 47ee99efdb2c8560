/** The only evaluation on the test set, and the report that it completes. */
import { type Engine, evaluate, type FitResult } from '@longhand/training';
import { CommandError, commandLine, exitCodes } from '../command/failure';
import { evaluationReport } from '../command/reports';
import type { RunConfig, TestMetrics } from '../run/run-record';
import { runReport } from '../run/run-report';
import type { RunOptions } from '../run/run-settings';
import type { RunInputs } from './run-inputs';
import type { TrainSession } from './train-session';
import { reportedSettings } from './training-options';

/**
 * Evaluates the best model where validation chose one, else the last, writes the report, and prints the results.
 *
 * @returns the metrics on the test set
 * @throws CommandError when the loss is no number or something cannot be written, and whatever evaluation throws
 */
export async function testModel(
  session: TrainSession,
  { parameters, best }: FitResult,
  { testing, config }: RunInputs,
  runOptions: RunOptions,
  engine: Engine,
): Promise<TestMetrics> {
  const { folder, display, record } = session;
  const kind = best === undefined ? 'last' : 'best';
  const model = session.model(best?.parameters ?? parameters);
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
    const settings = reportedSettings(config.settings, config.data.images);
    const report = runReport({ folder, config, settings, record, model, testing, evaluation, test: metrics });
    folder.write('report', report);
    // Only now the run is finished: a process that is killed before repeats all of this when the run is resumed.
    session.finish(metrics);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // The results are printed all the same.
    if (!runOptions.json) process.stdout.write(evaluationReport(testing, evaluation, config.classes, process.stdout));
    const hint = error.message.includes('--resume') ? '' : `; make room, then go on with ${session.resumeCommand}`;
    throw new CommandError(error.exitCode, `${error.message}${hint}`);
  }
  if (runOptions.json) process.stdout.write(`${JSON.stringify({ event: 'test', run: folder.path, ...metrics })}\n`);
  else {
    process.stdout.write(evaluationReport(testing, evaluation, config.classes, process.stdout));
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
