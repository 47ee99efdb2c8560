/** How fast a run goes, and how long it will take. */
import type { TrainingProgress } from '@longhand/training';

/** What a display knows of a run before it begins. */
export interface RunExtent {
  /** How many images the whole run sees, each epoch's counted again. */
  readonly totalImages: number;
  readonly epochs: number;
}

/** Not a number as long as there is nothing to tell it by. */
export interface Speed {
  /** While it trained. */
  readonly imagesPerSecond: number;
  /** As things have gone, pauses between epochs included. */
  readonly secondsLeft: number;
}

export class Pace {
  readonly #extent: RunExtent;
  /** Where the clock stood, and how many images had been seen, after the first step that was told of. */
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
