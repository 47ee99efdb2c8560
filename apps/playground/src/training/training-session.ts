/**
 * One run in this tab: it is started, halted, continued by a step or an epoch, and watched. Workers train; what is here only keeps
 * what they report, and gives it to the page a few times a second.
 */

import type { ImageDataset } from '@longhand/datasets';
import type { NetworkParameters } from '@longhand/layers';
import {
  type Evaluation,
  evaluate,
  type Model,
  parametersChecksum,
  parametersOf,
  type TrainingOptions,
  type TrainingProgress,
  TrainingRun,
} from '@longhand/training';
import { signal } from '@preact/signals';
import { drawn } from '../ui/frames';
import { LossCurve } from './loss-curve';
import type { TrainSettings } from './train-settings';

export type RunStatus = 'ready' | 'running' | 'paused' | 'finished' | 'failed';

/** How a run did on the test digits after an epoch, or where it was halted. */
export interface TestPoint {
  /** The epochs made, with their part. */
  readonly epochs: number;
  readonly evaluation: Evaluation;
}

/** Time between two pictures of the run, in milliseconds: four a second look alive, and leave the workers their cores. */
const pictureEvery = 250;
/** The same once the run takes longer than this: whoever waits for minutes needs no more than two a second. */
const [calmEvery, calmAfter] = [500, 3000];
/** Between two requests for the weights; they are shown in the picture after that. */
const weightsEvery = 500;
/** Between two tests that are shown: matrix and digits cost more to draw than some epochs to train. */
const testEvery = 1000;

export interface TrainingSessionOptions {
  /** The settings that it is of. */
  readonly settings: TrainSettings;
  readonly training: TrainingOptions;
  readonly testing: ImageDataset;
  readonly classes: readonly string[];
  /** What the images are, for its model. Default: MNIST. */
  readonly data?: Model['data'];
}

export class TrainingSession {
  readonly status = signal<RunStatus>('ready');
  readonly progress = signal<TrainingProgress | undefined>(undefined);
  readonly losses = signal<readonly (readonly [epoch: number, loss: number])[]>([]);
  readonly tests = signal<readonly TestPoint[]>([]);
  /** The last test, or one of a moment ago while the run goes on. */
  readonly shownTest = signal<TestPoint | undefined>(undefined);
  /** The weights a moment ago. */
  readonly weights = signal<NetworkParameters | undefined>(undefined);
  /** The checksum of the weights where the run was last halted. */
  readonly checksum = signal<string | undefined>(undefined);
  /** From the click to the first step, in milliseconds. */
  readonly firstStep = signal<number | undefined>(undefined);
  /** Images per second since the run was last started. */
  readonly speed = signal<number | undefined>(undefined);
  /** Why it failed, in one line. */
  readonly failure = signal<string | undefined>(undefined);
  readonly options: TrainingSessionOptions;
  readonly #run: TrainingRun;
  readonly #curve: LossCurve;
  #model: Model | undefined;

  /** @throws OptionError, DatasetError or ShapeError when options do not fit together */
  constructor(options: TrainingSessionOptions) {
    this.options = options;
    this.#run = new TrainingRun(options.training);
    this.#curve = new LossCurve(this.#run.totalSteps, this.#run.stepsPerEpoch);
  }

  get totalSteps(): number {
    return this.#run.totalSteps;
  }

  get stepsPerEpoch(): number {
    return this.#run.stepsPerEpoch;
  }

  get stepsMade(): number {
    return this.#run.stepsMade;
  }

  /** The model as of the last halt or epoch; undefined before. */
  get model(): Model | undefined {
    return this.#model;
  }

  /** Trains to the end of the run, unless it is halted. */
  async start(): Promise<void> {
    await this.#train(this.totalSteps);
  }

  /** Trains for one step. */
  async step(): Promise<void> {
    await this.#train(this.stepsMade + 1);
  }

  /** Trains to the end of the current epoch. */
  async epoch(): Promise<void> {
    await this.#train((Math.floor(this.stepsMade / this.stepsPerEpoch) + 1) * this.stepsPerEpoch);
  }

  /** Halts it between two steps. It can go on. */
  halt(): void {
    if (this.status.value === 'running') this.#halting = true;
    this.#run.halt();
  }

  /** Gives its memory back. It cannot go on after that. */
  async end(): Promise<void> {
    this.halt();
    await this.#turn;
    await this.#run.end();
  }

  #testShown = Number.NEGATIVE_INFINITY;
  /** When the button was pressed. */
  #started = 0;
  #halting = false;
  #turn: Promise<void> = Promise.resolve();

  /** One after the other: a step that is asked for twice is made twice. */
  #train(until: number): Promise<void> {
    this.#turn = this.#turn.then(() => this.#trainNow(until));
    return this.#turn;
  }

  async #trainNow(until: number): Promise<void> {
    if (this.stepsMade >= Math.min(until, this.totalSteps)) return;
    this.#halting = false;
    this.#started = performance.now();
    this.status.value = 'running';
    try {
      // Each epoch is tested where it ends.
      while (this.stepsMade < Math.min(until, this.totalSteps) && !this.#halting) {
        const epochEnd = (Math.floor(this.stepsMade / this.stepsPerEpoch) + 1) * this.stepsPerEpoch;
        await this.#steps(Math.min(until, epochEnd));
        if (this.stepsMade === epochEnd || this.#halting || this.stepsMade === until) await this.#test();
      }
      await this.#show(this.tests.value.at(-1));
      this.status.value = this.stepsMade === this.totalSteps ? 'finished' : 'paused';
    } catch (error) {
      this.failure.value = error instanceof Error ? error.message : String(error);
      this.status.value = 'failed';
    }
  }

  async #steps(until: number): Promise<void> {
    const begin = performance.now();
    let weighed = begin;
    const { batchSize } = this.options.training;
    let images = 0;
    let pictured = 0;
    let weights: NetworkParameters | undefined;
    let last: TrainingProgress | undefined;
    const picture = (now: number): void => {
      // All in one frame: each of them costs the workers about as much as a hundred steps.
      this.progress.value = last;
      this.losses.value = this.#curve.points;
      if (weights !== undefined) this.weights.value = weights;
      if (now - begin > 200) this.speed.value = (images / (now - begin)) * 1000;
      pictured = now;
    };
    for await (const progress of this.#run.steps(until)) {
      last = progress;
      this.#curve.add(progress.batchLoss);
      images +=
        progress.step === progress.stepsPerEpoch ? progress.images - (progress.step - 1) * batchSize : batchSize;
      const now = performance.now();
      this.firstStep.value ??= now - begin;
      if (now - pictured >= (now - this.#started < calmAfter ? pictureEvery : calmEvery)) picture(now);
      if (now - weighed >= weightsEvery) {
        weighed = now;
        this.#run.snapshot().then(
          (snapshot) => {
            weights = snapshot;
          },
          // A run that ends meanwhile has shown its last ones.
          () => {},
        );
      }
    }
    const end = performance.now();
    picture(end);
    // For whoever measures the page, and for the timeline of a browser's developer tools.
    performance.measure('training', { start: begin, end, detail: { images } });
  }

  async #test(): Promise<void> {
    const { training, testing, classes, data } = this.options;
    const { network, normalization, engine, loss } = training;
    const parameters = parametersOf(network, await this.#run.state());
    this.#model = { network, parameters, normalization, classes, ...(loss && { loss }), ...(data && { data }) };
    this.weights.value = parameters;
    this.checksum.value = parametersChecksum(parameters);
    const evaluation = await evaluate({ ...this.#model, dataset: testing, ...(engine && { engine }) });
    const epochs = this.stepsMade / this.stepsPerEpoch;
    const test = { epochs, evaluation };
    this.tests.value = [...this.tests.value, test];
    if (performance.now() - this.#testShown < testEvery) return;
    this.#testShown = performance.now();
    void this.#show(test);
  }

  /** Shows a test in a frame of its own. */
  async #show(test: TestPoint | undefined): Promise<void> {
    if (test === this.shownTest.value) return;
    await drawn();
    this.shownTest.value = test;
    await drawn();
  }
}
