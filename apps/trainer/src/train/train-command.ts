/** `longhand train`: data in, a trained network and what it can do out. */
import { subset } from '@longhand/datasets';
import { checkFit, encodeModel, evaluate, type Model, train } from '@longhand/training';
import { loadDataset, normalizationOf } from '../command/dataset-source';
import { withEngine } from '../command/engine-session';
import { CommandError, exitCodes } from '../command/failure';
import { evaluationReport, networkReport } from '../command/reports';
import { writeWhole } from '../command/whole-file';
import { chooseOutput } from './model-output';
import { ProgressDisplay } from './progress-display';
import { networkOf, optimizerOf, scheduleOf, type TrainOptions } from './train-settings';

/**
 * Trains, saves, and tests on digits that were not trained on. Progress goes to stderr, results to stdout.
 *
 * @throws CommandError, or an error of the packages, with the line that tells a person what is wrong
 */
export async function trainCommand(options: TrainOptions): Promise<void> {
  let [place, saved] = ['before the first step', false];
  const interrupted = (): string => (saved ? 'interrupted while testing' : `interrupted ${place}; nothing is saved`);
  await withEngine(options, interrupted, async (engine) => {
    const { dataDir, epochs, batchSize, seed, limit } = options;
    const optimizer = optimizerOf(options);
    // The workers come up while the data are read.
    engine.warmUp();
    const whole = loadDataset(dataDir, 'train');
    const testing = loadDataset(dataDir, 'test');
    const dataset = limit !== undefined && limit < whole.count ? subset(whole, { from: 0, to: limit }) : whole;
    const schedule = scheduleOf(options, dataset.count);
    const normalization = normalizationOf(dataDir, whole);
    const network = networkOf(options, whole);
    // What cannot be tested is found before it is trained.
    for (const split of [dataset, testing]) checkFit(network, split);
    const output = chooseOutput(options);

    const display = new ProgressDisplay(process.stderr, epochs * dataset.count);
    display.heading(networkReport(options.network, network, process.stderr));
    const run = train({ network, dataset, normalization, optimizer, schedule, epochs, batchSize, seed, engine });
    try {
      let turn = await run.next();
      for (; !turn.done; turn = await run.next()) {
        place = `in epoch ${turn.value.epoch}`;
        display.step(turn.value);
      }
      display.close();
      const parameters = turn.value;
      const classes = Array.from({ length: whole.classes }, (_, index) => String(index));
      const training = {
        ...{ data: dataset.name, images: dataset.count, epochs, batchSize, seed, kernels: engine.kernels },
        ...{ optimizer: optimizer.description, schedule: schedule.description },
      };
      const model: Model = { network, parameters, normalization, classes, training };
      // Saved first: a test that fails should not cost the training.
      writeWhole(output, encodeModel(model));
      saved = true;
      process.stdout.write(`Saved ${output}. Test it again with\n  ${evaluateCommandFor(output, dataDir)}\n\n`);
      display.working('testing …');
      const evaluation = await evaluate({ network, parameters, dataset: testing, normalization, engine });
      display.close();
      if (!Number.isFinite(evaluation.loss)) {
        throw new CommandError(
          exitCodes.runFailed,
          `${testing.name}: expected a loss that is a number, got ${evaluation.loss}: the saved model is of no use; try a learning rate below ${optimizer.learningRate}`,
        );
      }
      process.stdout.write(evaluationReport(testing, evaluation, classes, process.stdout));
    } finally {
      display.close();
    }
  });
}

/** The command line that evaluates the model, as the user would type it. */
function evaluateCommandFor(output: string, dataDir: string | undefined): string {
  const quoted = (text: string): string => (/^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const command = process.env.LONGHAND_COMMAND || 'longhand';
  return [command, 'evaluate', quoted(output), ...(dataDir === undefined ? [] : ['--data-dir', quoted(dataDir)])].join(
    ' ',
  );
}
