/**
 * The training loop of a run, from its state to its last step: epochs, validation, checkpoints. It ends between two steps
 * when it is interrupted, and a resumed run gives the same bytes as one that never was.
 */
import { type ImageDataset, type Normalization, subset } from '@longhand/datasets';
import type { Network } from '@longhand/layers';
import type { MisclassifiedExample } from '@longhand/rendering';
import {
  type Engine,
  type EpochRecord,
  type Evaluation,
  encodeCheckpoint,
  encodeModel,
  evaluate,
  judgeEpoch,
  type Model,
  misclassifiedImages,
  parametersOf,
  type SelectionRules,
  type TrainingRun,
  type TrainingState,
} from '@longhand/training';
import type { Interruption } from '../command/engine-session';
import { CommandError, commandLine, exitCodes } from '../command/failure';
import type { RunFolder } from '../run/run-folder';
import type { RunRecord } from '../run/run-record';
import type { TrainingDisplay } from './display/training-display';

export interface SessionOptions {
  readonly folder: RunFolder;
  readonly run: TrainingRun;
  readonly record: RunRecord;
  readonly network: Network;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
  /** The training settings, for the model file. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly dataset: ImageDataset;
  readonly validation: ImageDataset | undefined;
  readonly rules: SelectionRules;
  readonly checkpointEvery: number | undefined;
  readonly engine: Engine;
  readonly interruption: Interruption;
  readonly display: TrainingDisplay;
}

/** The record and the state of the run when the session ends. */
export interface SessionResult {
  readonly record: RunRecord;
  readonly state: TrainingState;
}

/**
 * Trains to the end, or until it is interrupted. Record and state are saved after every epoch and every `checkpointEvery` steps.
 *
 * @throws CommandError when something cannot be written, and whatever training throws
 */
export async function trainSession(options: SessionOptions): Promise<SessionResult> {
  const { folder, run, display, interruption, checkpointEvery = Number.POSITIVE_INFINITY } = options;
  const { totalSteps, stepsPerEpoch } = run;
  let { record } = options;
  let state = await run.state();
  // The first checkpoint: a run that starts from the weights of another model can be resumed from here on.
  if (!folder.has('checkpoint')) save(folder, state, record);
  while (state.steps < totalSteps && record.stopped === undefined && !interruption.requested) {
    const halt = Math.min(nextMultiple(state.steps, stepsPerEpoch), nextMultiple(state.steps, checkpointEvery));
    const since = performance.now();
    for await (const progress of run.steps(halt)) {
      record = withLoss(record, progress.batchLoss, (progress.epoch - 1) * stepsPerEpoch + progress.step);
      display.step(progress);
      if (interruption.requested) run.halt();
    }
    state = await run.state();
    record = { ...record, epochSeconds: record.epochSeconds + (performance.now() - since) / 1000 };
    if (state.steps % stepsPerEpoch === 0) record = await endOfEpoch(options, state, record);
    save(folder, state, record);
    folder.write('last', encodeModel(modelOf(options, state)));
  }
  return { record, state };
}

/** The model of a state: with the averaged weights where there are any. */
export function modelOf({ network, normalization, classes, training }: SessionOptions, state: TrainingState): Model {
  return { network, parameters: parametersOf(network, state), normalization, classes, training };
}

/** Saves the state and record of a run. */
export function save(folder: RunFolder, state: TrainingState, record: RunRecord): void {
  try {
    folder.write('checkpoint', encodeCheckpoint({ state, record: { ...record } }));
  } catch (error) {
    if (!(error instanceof CommandError) || !folder.has('checkpoint')) throw error;
    throw new CommandError(
      exitCodes.runFailed,
      `${error.message}; the checkpoint before it is as it was: make room, then go on with ${resumeCommand(folder)}`,
    );
  }
}

/** The command line that resumes a run. */
export function resumeCommand({ path }: RunFolder): string {
  return commandLine('train', '--resume', path);
}

/** Evaluates an epoch, shows and records it, and saves the best model. */
async function endOfEpoch(options: SessionOptions, state: TrainingState, before: RunRecord): Promise<RunRecord> {
  const { folder, run, dataset, validation, rules, engine, display, classes } = options;
  const epoch = state.steps / run.stepsPerEpoch;
  const seconds = before.epochSeconds;
  const metrics: EpochRecord = {
    epoch,
    steps: state.steps,
    loss: state.lossSum / dataset.count,
    accuracy: state.correct / dataset.count,
    learningRate: run.learningRateAt(state.steps - 1),
    seconds,
    imagesPerSecond: dataset.count / seconds,
  };
  const model = modelOf(options, state);
  let record: RunRecord = { ...before, epochSeconds: 0 };
  let measured = metrics;
  if (validation !== undefined) {
    display.working('validating …');
    const evaluation = await evaluate({ ...model, dataset: validation, engine });
    const score = { accuracy: evaluation.accuracy, loss: evaluation.loss };
    const { best, stop } = judgeEpoch({ epoch, ...score }, before.best, rules);
    const isBest = best.epoch === epoch;
    if (isBest) folder.write('best', encodeModel(model));
    measured = { ...metrics, validation: { ...score, best: isBest } };
    record = { ...record, best, ...(stop === undefined ? {} : { stopped: stop }) };
    display.misclassified(misclassifiedExamples(validation, evaluation, classes));
  } else if (display.live) {
    // Misclassified images to show: training images, so that the test set stays unseen.
    const few = subset(dataset, { from: 0, to: Math.min(500, dataset.count) });
    display.misclassified(misclassifiedExamples(few, await evaluate({ ...model, dataset: few, engine }), classes));
  }
  folder.addMetrics(measured);
  display.epoch({ ...measured, epochs: run.totalSteps / run.stepsPerEpoch });
  return { ...record, epochs: [...record.epochs, measured] };
}

/** Adds a step's loss to the curve, which keeps the mean of every `every` steps. */
function withLoss(record: RunRecord, loss: number, step: number): RunRecord {
  const { every, losses } = record.lossCurve;
  const at = Math.floor((step - 1) / every);
  const before = losses[at];
  const position = ((step - 1) % every) + 1;
  const mean = before === undefined ? loss : before + (loss - before) / position;
  return { ...record, lossCurve: { every, losses: [...losses.slice(0, at), mean] } };
}

function nextMultiple(steps: number, every: number): number {
  return every === Number.POSITIVE_INFINITY ? every : (Math.floor(steps / every) + 1) * every;
}

/** The misclassified images, the most confident first. */
function misclassifiedExamples(
  dataset: ImageDataset,
  evaluation: Evaluation,
  classes: readonly string[],
): readonly MisclassifiedExample[] {
  const { images, height, width } = dataset;
  const pixels = height * width;
  return misclassifiedImages(evaluation, dataset).map(({ index, trueClass, predictedClass, probability }) => ({
    pixels: images.subarray(index * pixels, (index + 1) * pixels),
    height,
    width,
    trueClass: classes[trueClass],
    predictedClass: classes[predictedClass],
    probability,
  }));
}
