/** How a run is shown while it trains. Progress goes to stderr; results never go through here. */

import {
  accuracyText,
  durationText,
  flow,
  lossText,
  type MisclassifiedExample,
  rateText,
  visibleWidth,
} from '@longhand/rendering';
import type { EpochRecord, TrainingProgress } from '@longhand/training';
import { metricsTexts } from '../../command/reports';

/** An epoch that is over. */
export interface FinishedEpoch extends EpochRecord {
  readonly epochs: number;
}

/** What a run had come to before it went on. */
export interface RunHistory {
  readonly epochs: readonly EpochRecord[];
  /** Mean losses of some steps each, with the place where they end, in epochs. */
  readonly losses: readonly (readonly [epochs: number, loss: number])[];
}

export interface TrainingDisplay {
  /** Whether the display shows images: nothing has to be evaluated for one that does not. */
  readonly live: boolean;
  /** Shows a text that stays. */
  heading(text: string): void;
  /** Shows where the run stands; to be called after every step. */
  step(progress: TrainingProgress): void;
  epoch(record: FinishedEpoch): void;
  misclassified(examples: readonly MisclassifiedExample[]): void;
  /** Shows what is being done. */
  working(what: string): void;
  /** Takes away what is redrawn, so that other text can follow. */
  close(): void;
}

/**
 * The epoch in a line. Narrow terminals go without the speed, and then take several.
 *
 * @param width the number of columns. Default: no limit.
 */
export function epochLine(record: FinishedEpoch, width = Number.POSITIVE_INFINITY): string {
  const { epoch, epochs, loss, accuracy, hardExamples = 0, validation, seconds, imagesPerSecond } = record;
  const validated = validation && `validation ${accuracyText(validation.accuracy)}${validation.best ? ' (best)' : ''}`;
  const parts = [
    `epoch ${epoch}/${epochs}`,
    `loss ${lossText(loss)}`,
    `accuracy ${accuracyText(accuracy)}`,
    ...(hardExamples > 0 ? [hardExamples < 1 ? 'partly on hard examples' : 'on hard examples'] : []),
    ...(validated === undefined ? [] : [validated]),
    ...metricsTexts(validation?.metrics).map((words) => words.join(' ')),
    durationText(seconds),
  ];
  const all = [...parts, rateText(imagesPerSecond)].join('  ');
  return visibleWidth(all) <= width ? all : flow(parts, width);
}

/** The extent of a run, known before its first step. */
export interface RunExtent {
  /** How many images the whole run sees, each epoch's counted again. */
  readonly totalImages: number;
  readonly epochs: number;
}

/** Both are NaN before the second step that is measured. */
export interface Speed {
  /** While it trained. */
  readonly imagesPerSecond: number;
  /** Estimated from the speed so far, pauses between epochs included. */
  readonly secondsLeft: number;
}

export class Pace {
  readonly #extent: RunExtent;
  /** Time and images seen, after the first step that was reported. */
  #since: { readonly time: number; readonly images: number } | undefined;
  #pausedAt: number | undefined;
  #paused = 0;

  constructor(extent: RunExtent) {
    this.#extent = extent;
  }

  /** @param now the clock, in milliseconds */
  step({ epoch, images }: TrainingProgress, now: number): Speed {
    const { totalImages, epochs } = this.#extent;
    const seen = (epoch - 1) * (totalImages / epochs) + images;
    if (this.#pausedAt !== undefined) this.#paused += now - this.#pausedAt;
    this.#pausedAt = undefined;
    this.#since ??= { time: now, images: seen };
    const done = seen - this.#since.images;
    if (done <= 0) return { imagesPerSecond: Number.NaN, secondsLeft: Number.NaN };
    const seconds = (now - this.#since.time) / 1000;
    return {
      imagesPerSecond: done / (seconds - this.#paused / 1000),
      secondsLeft: ((totalImages - seen) * seconds) / done,
    };
  }

  /** Until the next step, something else is done. */
  pause(now: number): void {
    this.#pausedAt ??= now;
  }
}
