/** The displays that are no live screen: lines for files and pipes, JSON for programs, nothing; and the choice of a run's display. */
import { columnsOf, isLive } from '@longhand/rendering';
import type { TrainingProgress } from '@longhand/training';
import { LiveScreen, type TerminalHost } from './live-screen';
import {
  epochLine,
  type FinishedEpoch,
  Pace,
  type RunExtent,
  type RunHistory,
  type TrainingDisplay,
} from './training-display';

/**
 * A screen that is drawn anew where stderr is a terminal that can do it; a line for each epoch in files, pipes, dumb
 * terminals and on machines that build (`CI`); nothing if `quiet`; JSON on stdout if `json`.
 */
export function trainingDisplay(
  { quiet = false, json = false }: { readonly quiet?: boolean; readonly json?: boolean },
  about: RunExtent & {
    readonly title: string;
    /** Of a resumed run, the number of images that it has seen before. */
    readonly imagesBefore?: number;
    readonly before?: RunHistory;
  },
  host: TerminalHost = process,
): TrainingDisplay {
  const now = (): number => performance.now();
  if (quiet) return new Quiet();
  if (json) return new JsonLines({ imagesBefore: 0, ...about }, host.stdout, now);
  return isLive(host.stderr, host.env) && !host.env.CI ? new LiveScreen(about, host, now) : new PlainLines(host.stderr);
}

/** A line for each epoch. */
export class PlainLines implements TrainingDisplay {
  readonly live = false;
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  heading(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  step(): void {}

  epoch(record: FinishedEpoch): void {
    const width = this.#stream.isTTY ? columnsOf(this.#stream) : Number.POSITIVE_INFINITY;
    this.#stream.write(`${epochLine(record, width)}\n`);
  }

  misclassified(): void {}
  working(): void {}
  close(): void {}
}

/** Nothing at all. */
export class Quiet implements TrainingDisplay {
  readonly live = false;
  heading(): void {}
  step(): void {}
  epoch(): void {}
  misclassified(): void {}
  working(): void {}
  close(): void {}
}

/** The time between reported steps, in milliseconds: short enough for plots, long enough for logs. */
const stepInterval = 1000;

/**
 * Objects for programs, one a line:
 *
 *   { "event": "start", title, epochs, images, imagesBefore }
 *       images: how many the run will see, each epoch's counted again; imagesBefore: how many of them it has seen already
 *   { "event": "step", epoch, epochs, step, stepsPerEpoch, images, learningRate, batchLoss, loss, accuracy,
 *     imagesPerSecond, secondsLeft }
 *       about once a second; step and images are counted, loss and accuracy measured, within the epoch so far
 *   { "event": "epoch", epoch, epochs, steps, loss, accuracy, learningRate, seconds, imagesPerSecond,
 *     validation?: { loss, accuracy, best } }
 *       steps are counted over the whole run; best: no epoch before had a better validation accuracy
 */
export class JsonLines implements TrainingDisplay {
  readonly live = false;
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #pace: Pace;
  #lastWritten: number;

  constructor(
    about: RunExtent & { readonly title: string; readonly imagesBefore: number },
    stream: NodeJS.WriteStream,
    now: () => number,
  ) {
    this.#stream = stream;
    this.#now = now;
    this.#pace = new Pace(about);
    this.#lastWritten = now();
    const { title, epochs, totalImages: images, imagesBefore } = about;
    this.#write('start', { title, epochs, images, imagesBefore });
  }

  heading(): void {}

  step(progress: TrainingProgress): void {
    const now = this.#now();
    const speed = this.#pace.step(progress, now);
    if (now - this.#lastWritten < stepInterval || Number.isNaN(speed.imagesPerSecond)) return;
    this.#write('step', { ...progress, ...speed });
    this.#lastWritten = now;
  }

  epoch(record: FinishedEpoch): void {
    this.#write('epoch', record);
  }

  misclassified(): void {}

  working(): void {
    this.#pace.pause(this.#now());
  }

  close(): void {}

  #write(event: string, what: object): void {
    this.#stream.write(`${JSON.stringify({ event, ...what })}\n`);
  }
}
