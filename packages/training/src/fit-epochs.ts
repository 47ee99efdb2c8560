/** The epochs of `fit`, one after another: steps, validation, selection, checkpoints. */
import { type ImageDataset, splitValidation } from '@longhand/datasets';
import { type Network, NetworkParameters } from '@longhand/layers';
import { objectWithExtras, parseJson, picked } from '@longhand/schema';
import { OptionError, seededRandom } from '@longhand/tensor';
import { CheckpointError } from './checkpoint';
import { now } from './clock';
import { evaluate } from './evaluate';
import {
  type FitCheckpoint,
  type FitEpoch,
  type FitOptions,
  type FitRecord,
  type FitResult,
  fitEntries,
} from './fit-options';
import { fitRecordEntries } from './fit-record';
import { hardPart } from './hard-examples';
import { checkRunOptions } from './run-schemas';
import { checkSelection, type EpochRecord, judgeEpoch } from './selection';
import { parametersOf, type TrainingState, trainingEntries } from './training-options';
import { TrainingRun } from './training-run';
import { engineOf } from './workers/engine';

/** How the caller of a run ends it early. */
export class Departure {
  #left = false;
  #run: TrainingRun | undefined;

  get left(): boolean {
    return this.#left;
  }

  /** The run ends between two steps, soon. */
  leave(): void {
    this.#left = true;
    this.#run?.halt();
  }

  /** The run to halt. */
  from(run: TrainingRun): void {
    this.#run = run;
  }
}

/** The run as far as it has come. */
interface Position {
  readonly state: TrainingState;
  readonly record: FitRecord;
  readonly best: NetworkParameters | undefined;
}

/**
 * Trains epoch by epoch. Each is yielded at its end; the next begins when it is asked for. Workers and memory are released however
 * the generator ends.
 */
export async function* fitEpochs(
  options: FitOptions,
  departure: Departure,
): AsyncGenerator<FitEpoch, FitResult, undefined> {
  checkRunOptions<FitOptions>('fit', fitEntries, options);
  const { network, signal, onStart, onEpoch, onCheckpoint } = options;
  signal?.throwIfAborted();
  const { dataset, validation } = splitOf(options);
  checkOptions(options);
  const engine = engineOf(options);
  const resumed = resumedPosition(options);
  const run = new TrainingRun({ ...picked(trainingEntries, options), dataset, engine }, resumed?.state);
  departure.from(run);
  const halt = (): void => run.halt();
  signal?.addEventListener('abort', halt);
  try {
    let at: Position = { ...(resumed ?? { record: newRecord, best: undefined }), state: await run.state() };
    const { stepsPerEpoch, totalSteps } = run;
    await onStart?.({ stepsPerEpoch, totalSteps, checkpoint: checkpointOf(at) });
    const ended = (): boolean => signal?.aborted === true || departure.left;
    while (at.state.steps < totalSteps && at.record.stopped === undefined && !ended()) {
      const before = at.state.steps;
      at = await segment(run, options, at, ended);
      let epoch: FitEpoch | undefined;
      if (at.state.steps > before && at.state.steps % stepsPerEpoch === 0) {
        [at, epoch] = await endOfEpoch(run, { ...options, dataset, engine }, validation, at);
        await onEpoch?.(epoch);
      }
      await onCheckpoint?.(checkpointOf(at));
      signal?.throwIfAborted();
      if (epoch !== undefined) yield epoch;
    }
    signal?.throwIfAborted();
    const { stopped = at.state.steps < totalSteps ? 'left' : undefined, best, epochs } = at.record;
    return {
      parameters: parametersOf(network, at.state),
      history: epochs,
      best: best && at.best && { ...best, parameters: at.best },
      stopped,
    };
  } finally {
    signal?.removeEventListener('abort', halt);
    await run.end();
    if (options.engine === undefined) await engine.end();
  }
}

/** Steps to the end of the epoch or to the next checkpoint, or fewer where the run is ended. */
async function segment(
  run: TrainingRun,
  { checkpointEvery = Number.POSITIVE_INFINITY, onStep }: FitOptions,
  { record, state, best }: Position,
  ended: () => boolean,
): Promise<Position> {
  const until = Math.min(nextMultiple(state.steps, run.stepsPerEpoch), nextMultiple(state.steps, checkpointEvery));
  const since = now();
  for await (const progress of run.steps(until)) {
    onStep?.(progress);
    if (ended()) run.halt();
  }
  const after = await run.state();
  return { state: after, record: { ...record, epochSeconds: record.epochSeconds + (now() - since) / 1000 }, best };
}

/** The figures of the epoch that has just ended. */
async function endOfEpoch(
  run: TrainingRun,
  options: FitOptions,
  validation: ImageDataset | undefined,
  { state, record, best: bestBefore }: Position,
): Promise<[Position, FitEpoch]> {
  const { network, dataset, normalization, loss, metrics, engine } = options;
  const epoch = state.steps / run.stepsPerEpoch;
  const { epochSeconds: seconds } = record;
  const parameters = parametersOf(network, state);
  const hard = hardPart(options.hardExamples, run, epoch);
  const figures: EpochRecord = {
    epoch,
    steps: state.steps,
    loss: state.lossSum / dataset.count,
    accuracy: state.correct / dataset.count,
    learningRate: run.learningRateAt(state.steps - 1),
    ...(hard > 0 && { hardExamples: hard }),
    seconds,
    // A clock may be too coarse for a short epoch, and JSON has no infinity.
    imagesPerSecond: seconds > 0 ? dataset.count / seconds : 0,
  };
  const recorded = (last: EpochRecord, more: Partial<FitRecord> = {}): FitRecord => {
    return { ...record, epochSeconds: 0, ...more, epochs: [...record.epochs, last] };
  };
  if (validation === undefined) {
    return [
      { state, record: recorded(figures), best: undefined },
      { ...figures, parameters },
    ];
  }
  const evaluation = await evaluate({
    network,
    parameters,
    dataset: validation,
    normalization,
    ...(loss && { loss }),
    ...(metrics && { metrics }),
    ...(engine && { engine }),
  });
  const score = { accuracy: evaluation.accuracy, loss: evaluation.loss };
  const { best, stop } = judgeEpoch({ epoch, ...score }, record.best, options);
  const isBest = best.epoch === epoch;
  const validated: EpochRecord = {
    ...figures,
    validation: { ...score, best: isBest, ...(metrics && { metrics: evaluation.metrics }) },
  };
  const after = recorded(validated, { best, ...(stop && { stopped: stop }) });
  return [
    { state, record: after, best: isBest ? parameters : bestBefore },
    { ...validated, parameters, evaluation },
  ];
}

const newRecord: FitRecord = { epochs: [], epochSeconds: 0 };

function checkpointOf({ state, record, best }: Position): FitCheckpoint {
  return { state, record, ...(best && { best: { values: best.values, buffers: best.buffers } }) };
}

const recordSchema = objectWithExtras(fitRecordEntries);

/** @throws CheckpointError when the record is not one of `fit`, or the best parameters are missing */
function resumedPosition({ resume, network }: FitOptions): Position | undefined {
  if (resume === undefined) return undefined;
  const error = (message: string): CheckpointError => new CheckpointError(message);
  const { epochs, epochSeconds, best, stopped } = parseJson(recordSchema, resume.record, {
    where: 'fit: resume',
    error,
  });
  if (best !== undefined && resume.best === undefined) {
    throw error(`fit: resume: expected the parameters of the best epoch, ${best.epoch}, as 'best', got none`);
  }
  const record = {
    epochs,
    epochSeconds,
    ...(best && { best }),
    ...(stopped && { stopped }),
  };
  return { state: resume.state, record, best: bestOf(network, resume.best) };
}

function bestOf(network: Network, best: FitCheckpoint['best']): NetworkParameters | undefined {
  return best && new NetworkParameters(network, best.values, best.buffers);
}

/** The images to train on and those to validate on. */
function splitOf({ dataset, validation }: FitOptions): {
  readonly dataset: ImageDataset;
  readonly validation: ImageDataset | undefined;
} {
  if (validation === undefined || !('fraction' in validation)) return { dataset, validation };
  const { fraction, seed = 'validation' } = validation;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError(`fit: expected a number above 0 and below 1 as fraction for validation, got ${fraction}`);
  }
  const count = Math.min(Math.max(1, Math.round(fraction * dataset.count)), dataset.count - 1);
  const split = splitValidation(dataset, count, seededRandom(seed));
  return { dataset: split.training, validation: split.validation };
}

function checkOptions(options: FitOptions): void {
  checkSelection(options);
  const { validation, patience, targetAccuracy, metrics, checkpointEvery } = options;
  const needsValidation = Object.entries({ patience, targetAccuracy, metrics }).find(
    ([, value]) => value !== undefined,
  );
  if (validation === undefined && needsValidation !== undefined) {
    throw new OptionError(
      `fit: expected validation images for ${needsValidation[0]}, got none; give validation: { fraction: 0.1 }`,
    );
  }
  if (checkpointEvery !== undefined && !(checkpointEvery >= 1)) {
    throw new OptionError(`fit: expected a number of at least 1 as checkpointEvery, got ${checkpointEvery}`);
  }
}

function nextMultiple(steps: number, every: number): number {
  return every === Number.POSITIVE_INFINITY ? every : (Math.floor(steps / every) + 1) * every;
}
