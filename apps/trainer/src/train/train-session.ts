/**
 * What a run keeps and shows while it trains: its folder with checkpoints, models and metrics, and the display. Training itself
 * is `fit`, whose callbacks the methods are.
 */
import { subset } from '@longhand/datasets';
import type { NetworkParameters } from '@longhand/layers';
import { columnsOf, wrap } from '@longhand/rendering';
import { described, modulesIn, withModuleNames } from '@longhand/schema';
import {
  checksumText,
  type Engine,
  encodeCheckpoint,
  encodeModel,
  evaluate,
  type FitCheckpoint,
  type FitEpoch,
  type FitStart,
  type Model,
  parametersOf,
  type TrainingProgress,
  xxHash32,
} from '@longhand/training';
import { CommandError, commandLine, exitCodes } from '../command/failure';
import { modulesOf } from '../command/model-source';
import { flushFile } from '../command/output-files';
import { moduleName, moduleOptions } from '../command/own-modules';
import { misclassifiedExamples, networkReport } from '../command/reports';
import { commitRun, type ModelKind, type RunCommit, saving } from '../run/run-commit';
import type { RunFolder } from '../run/run-folder';
import { runLogs } from '../run/run-logs';
import {
  dataOf,
  fingerprintOf,
  type LossCurve,
  newLossCurve,
  type RecordedSettings,
  type RunConfig,
  type RunRecord,
  readConfig,
  type TestMetrics,
} from '../run/run-record';
import { unexpectedModels } from '../run/run-recovery';
import { networkName, networkTitle, type RunOptions } from '../run/run-settings';
import { trainingDisplay } from './display/displays';
import type { RunHistory, TrainingDisplay } from './display/training-display';
import type { RunInputs, RunStart } from './run-inputs';
import { lossOf, optimizerOf, patienceNote, scheduleOf, trainingLines } from './training-options';

export class TrainSession {
  readonly folder: RunFolder;
  readonly display: TrainingDisplay;
  readonly #inputs: RunInputs;
  readonly #engine: Engine;
  readonly #stepsPerEpoch: number;
  readonly #fingerprint: string;
  /** The run's file. */
  readonly #recorded: RunConfig<RecordedSettings>;
  #checkpoint: FitCheckpoint;
  #lossCurve: LossCurve;
  /** The checksums of the models in the folder. */
  #models: NonNullable<RunRecord['models']>;
  /** The file of the best model, of the epoch that has just ended. */
  #newBest: Uint8Array | undefined;
  #lastIsFlushed = true;
  /** The settings of training, for the files of models, and the loss where it is the user's own. */
  readonly #training: Readonly<Record<string, unknown>>;
  readonly #loss: Pick<Model, 'loss'>;

  /**
   * Claims the run's folder, and prepares it and the display for the first step.
   *
   * @throws CommandError when the folder cannot be claimed or written
   */
  static begin(start: RunStart, begun: FitStart, runOptions: RunOptions, engine: Engine): TrainSession {
    const folder = start.claim();
    try {
      const session = new TrainSession(folder, start, begun, runOptions, engine);
      const { network, config, dataset, code } = start.inputs;
      session.display.heading(networkReport(networkTitle(config.settings), network, process.stderr));
      const note = patienceNote(config.settings);
      const lines = [...trainingLines(config.settings, dataset.count, code), ...(note === undefined ? [] : [note])];
      const width = process.stderr.isTTY ? columnsOf(process.stderr) : Number.POSITIVE_INFINITY;
      session.display.heading(lines.flatMap((line) => wrap(line, width)).join('\n'));
      // From here on, the run is where its checkpoint says.
      if (start.resume === undefined) session.#save();
      else session.#repairLast();
      return session;
    } catch (error) {
      folder.release();
      throw error;
    }
  }

  private constructor(
    folder: RunFolder,
    { inputs, resume }: RunStart,
    { checkpoint, stepsPerEpoch, totalSteps }: FitStart,
    runOptions: RunOptions,
    engine: Engine,
  ) {
    this.folder = folder;
    this.#inputs = inputs;
    this.#engine = engine;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#checkpoint = checkpoint;
    this.#lossCurve = resume?.record.lossCurve ?? newLossCurve(totalSteps);
    this.#recorded = readConfig(folder);
    this.#fingerprint = fingerprintOf(this.#recorded);
    this.#models = resume?.record.models ?? (folder.has('best') ? { best: checksumOf(folder.read('best')) } : {});
    const { dataset, config, code } = inputs;
    const { epochs, batchSize, seed } = config.settings;
    this.#loss = lossOf(config.settings, code);
    const called = networkName(config.settings);
    const optimizer = optimizerOf(config.settings, code);
    const schedule = scheduleOf(config.settings, dataset.count, code);
    this.#training = {
      ...(called === undefined ? {} : { network: called }),
      data: dataset.name,
      images: dataset.count,
      epochs,
      batchSize,
      seed,
      kernels: engine.kernels,
      optimizer: this.#stored(optimizer),
      schedule: this.#stored(schedule),
    };
    this.display = trainingDisplay(runOptions, {
      title: `${folder.name}: ${networkTitle(config.settings)} on ${config.data.name}`,
      totalImages: epochs * dataset.count,
      epochs,
      imagesBefore: Math.min(checkpoint.state.steps * batchSize, epochs * dataset.count),
      before: this.#history(),
    });
  }

  /** The record of the run as of its last checkpoint. */
  get record(): RunRecord {
    const { epochs, epochSeconds, ...selection } = this.#checkpoint.record;
    const saved = { models: this.#models, fingerprint: this.#fingerprint };
    return { epochs, epochSeconds, lossCurve: this.#lossCurve, ...selection, ...saved };
  }

  /** Where a run stands that is interrupted while it trains, in words. */
  get position(): string {
    const epoch = Math.floor(this.#checkpoint.state.steps / this.#stepsPerEpoch) + 1;
    const { epochs } = this.#inputs.config.settings;
    return `in epoch ${Math.min(epoch, epochs)}, and saved; go on with: ${this.resumeCommand}`;
  }

  /** The command line that resumes the run. */
  get resumeCommand(): string {
    const { data } = this.#inputs.config.settings;
    const moved = data === undefined || data === dataOf(this.#recorded) ? [] : ['--data', data];
    return commandLine('train', '--resume', this.folder.path, ...moved, ...moduleOptions(this.modules));
  }

  /** The URLs of the modules that the run is of. */
  get modules(): readonly string[] {
    const { network, config, code } = this.#inputs;
    return [...modulesOf({ network }), ...modulesIn(config.settings).map(code.urlOf)];
  }

  step(progress: TrainingProgress): void {
    const { epoch, step, stepsPerEpoch, batchLoss } = progress;
    this.#lossCurve = withLoss(this.#lossCurve, batchLoss, (epoch - 1) * stepsPerEpoch + step);
    this.display.step(progress);
    if (step === stepsPerEpoch && this.#inputs.validation !== undefined) this.display.working('validating …');
  }

  /** Shows an epoch, and keeps its model if it is the best. */
  async epoch({ parameters, evaluation, ...metrics }: FitEpoch): Promise<void> {
    const { display } = this;
    const { dataset, validation, config } = this.#inputs;
    const model = this.model(parameters);
    if (validation !== undefined && evaluation !== undefined) {
      if (metrics.validation?.best) this.#newBest = this.#encoded(model);
      display.misclassified(misclassifiedExamples(validation, evaluation, config.classes));
    } else if (display.live) {
      // Misclassified images to show: training images, so that the test set stays unseen.
      const few = subset(dataset, { from: 0, to: Math.min(500, dataset.count) });
      const seen = await evaluate({ ...model, dataset: few, engine: this.#engine });
      display.misclassified(misclassifiedExamples(few, seen, config.classes));
    }
    display.epoch({ ...metrics, epochs: config.settings.epochs });
  }

  /** Saves the state of the run, its models and metrics. */
  checkpoint(checkpoint: FitCheckpoint): void {
    const logged = this.#checkpoint.record.epochs.length;
    this.#checkpoint = checkpoint;
    const last = this.#last();
    const best = this.#newBest;
    this.#newBest = undefined;
    this.#models = { ...this.#models, ...(best && { best: checksumOf(best) }), last: checksumOf(last) };
    this.#save({ models: { last, ...(best && { best }) } });
    this.#lastIsFlushed = false;
    if (checkpoint.record.epochs.length === logged) return;
    // When the run was opened, its logs were made those of its checkpoint.
    const run = { config: this.#recorded, record: this.record };
    for (const [log, content] of runLogs(run, logged)) this.folder.append(log, content);
  }

  /** The parameters of the models of the run: the last, and the best if there is one. */
  parametersOfLast(): NetworkParameters {
    return parametersOf(this.#inputs.network, this.#checkpoint.state);
  }

  /** Makes it a finished run, with these models. */
  finish(test: TestMetrics, calibrated: Readonly<Partial<Record<ModelKind, Model>>>): void {
    this.#flushLast();
    const models = Object.fromEntries(Object.entries(calibrated).map(([kind, model]) => [kind, this.#encoded(model)]));
    const checksums = Object.fromEntries(Object.entries(models).map(([kind, bytes]) => [kind, checksumOf(bytes)]));
    this.#models = { ...this.#models, ...checksums };
    this.#save({ test, models });
    const run = { config: this.#recorded, record: { ...this.record, test } };
    for (const [log, content] of runLogs(run)) this.folder.extend(log, content);
  }

  /** Gives display and folder back. */
  end(): void {
    this.display.close();
    try {
      this.#flushLast();
    } catch {
      // The checkpoint is on the disk, and the model follows from it.
    }
    this.folder.release();
  }

  /** A model of the run with the settings of its training. */
  model(parameters: Model['parameters']): Model {
    const { network, config, modelData: data } = this.#inputs;
    const { normalization, classes } = config;
    return {
      network,
      parameters,
      normalization,
      classes,
      ...this.#loss,
      ...(data && { data }),
      training: this.#training,
    };
  }

  #encoded(model: Model): Uint8Array {
    return encodeModel(model, { moduleName: (url) => moduleName(url, this.folder.path) });
  }

  /** An optimizer or a schedule as plain data: of one of a module, the module as files in the folder call it. */
  #stored(object: { readonly description: object }): object {
    return withModuleNames(described(object) ?? object.description, (url) => moduleName(url, this.folder.path));
  }

  #flushLast(): void {
    if (this.#lastIsFlushed) return;
    this.#lastIsFlushed = true;
    saving(this.folder.file('last'), () => flushFile(this.folder.file('last')));
  }

  /** The file of the model as it is. */
  #last(): Uint8Array {
    return this.#encoded(this.model(this.parametersOfLast()));
  }

  /** Writes the last model where it is missing, or belongs to a checkpoint that the run went back from. */
  #repairLast(): void {
    const { folder } = this;
    const { steps } = this.#checkpoint.state;
    const expected = this.#models.last;
    if (steps === 0 || (expected === undefined ? folder.has('last') : !unexpectedModels(folder).includes('last')))
      return;
    folder.write('last', this.#last());
  }

  #save({ models, test }: { models?: RunCommit['models']; test?: TestMetrics } = {}): void {
    const { folder } = this;
    const record = { ...this.record, ...(test && { test }) };
    const checkpoint = encodeCheckpoint({ state: this.#checkpoint.state, record });
    try {
      commitRun(folder, { checkpoint, ...(models && { models }), isFinal: test !== undefined });
    } catch (error) {
      if (!(error instanceof CommandError) || !folder.has('checkpoint')) throw error;
      throw new CommandError(
        exitCodes.runFailed,
        `${error.message}; the checkpoint before it is as it was: make room, then go on with ${this.resumeCommand}`,
      );
    }
  }

  /** What a display shows of a resumed run: its epochs, and its losses with the positions of their means. */
  #history(): RunHistory {
    const { record, state } = this.#checkpoint;
    const { every, losses } = this.#lossCurve;
    const endOf = (at: number): number => Math.min((at + 1) * every, state.steps) / this.#stepsPerEpoch;
    return { epochs: record.epochs, losses: losses.map((loss, at) => [endOf(at), loss] as const) };
  }
}

function checksumOf(bytes: Uint8Array): string {
  return checksumText(xxHash32(bytes));
}

/** The curve with the loss of the run's `step`-th step in the mean that it belongs to. */
function withLoss({ every, losses }: LossCurve, loss: number, step: number): LossCurve {
  const at = Math.floor((step - 1) / every);
  const before = losses[at];
  const position = ((step - 1) % every) + 1;
  const mean = before === undefined ? loss : before + (loss - before) / position;
  return { every, losses: [...losses.slice(0, at), mean] };
}
