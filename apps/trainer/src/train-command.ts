/** `longhand train`: data in, a trained network and what it can do out. */
import { setImmediate } from 'node:timers/promises';
import { subset } from '@longhand/datasets';
import type { Parameters } from '@longhand/layers';
import { encodeModel, evaluate, type Model, type TrainingProgress, train } from '@longhand/training';
import { loadDataset, normalizationOf } from './dataset-source';
import { CommandError, exitCodes } from './failure';
import { chooseOutput, writeWhole } from './model-output';
import { ProgressDisplay } from './progress-display';
import { evaluationReport, networkReport } from './reports';
import { networkOf, optimizerOf, scheduleOf, type TrainOptions } from './train-settings';

/**
 * Trains, saves, and tests on digits that were not trained on. Progress goes to stderr, results to stdout.
 *
 * @throws CommandError, or an error of the packages, with the line that tells a person what is wrong
 */
export async function trainCommand(options: TrainOptions): Promise<void> {
  const { dataDir, epochs, batchSize, seed, limit } = options;
  const optimizer = optimizerOf(options);
  const schedule = scheduleOf(options);
  const whole = loadDataset(dataDir, 'train');
  const testing = loadDataset(dataDir, 'test');
  const dataset = limit !== undefined && limit < whole.count ? subset(whole, { from: 0, to: limit }) : whole;
  const normalization = normalizationOf(dataDir, whole);
  const network = networkOf(options, whole);
  const output = chooseOutput(options);

  const display = new ProgressDisplay(process.stderr, epochs * dataset.count);
  display.heading(networkReport(options.network, network, process.stderr));
  const run = train({ network, dataset, normalization, optimizer, schedule, epochs, batchSize, seed });
  const parameters = await runToTheEnd(run, display);

  const model: Model = {
    network,
    parameters,
    normalization,
    classes: Array.from({ length: whole.classes }, (_, index) => String(index)),
    training: {
      data: dataset.name,
      images: dataset.count,
      epochs,
      batchSize,
      seed,
      optimizer: optimizer.description,
      schedule: schedule.description,
      kernels: 'reference',
    },
  };
  // Saved first: a test that fails should not cost the training.
  writeWhole(output, encodeModel(model));
  display.working('testing …');
  const evaluation = await evaluate({ network, parameters, dataset: testing, normalization });
  display.close();
  process.stdout.write(evaluationReport(testing, evaluation, model.classes, process.stdout));
  process.stdout.write(`\nSaved ${output}. Test it again with\n  ${evaluateCommandFor(output, dataDir)}\n`);
}

/**
 * Takes every step of a run, listening for Ctrl-C between steps.
 *
 * @throws CommandError when interrupted
 */
async function runToTheEnd(
  run: AsyncGenerator<TrainingProgress, Parameters>,
  display: ProgressDisplay,
): Promise<Parameters> {
  let interrupted = false;
  const interrupt = (): void => {
    // A second Ctrl-C ends the process at once.
    if (interrupted) process.exit(exitCodes.interrupted);
    interrupted = true;
  };
  process.on('SIGINT', interrupt);
  try {
    for (;;) {
      const turn = await run.next();
      if (turn.done) return turn.value;
      display.step(turn.value);
      // Steps follow each other without a pause; signals and drawing need one.
      await setImmediate();
      if (interrupted) {
        throw new CommandError(exitCodes.interrupted, `interrupted in epoch ${turn.value.epoch}; nothing is saved`);
      }
    }
  } finally {
    display.close();
    process.off('SIGINT', interrupt);
  }
}

/** The command line that evaluates the model, as the user would type it. */
function evaluateCommandFor(output: string, dataDir: string | undefined): string {
  const quoted = (text: string): string => (/^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const command = process.env.LONGHAND_COMMAND || 'longhand';
  return [command, 'evaluate', quoted(output), ...(dataDir === undefined ? [] : ['--data-dir', quoted(dataDir)])].join(
    ' ',
  );
}
