/**
 * Progress on stderr: one line that is redrawn on a terminal, one plain line for each epoch otherwise.
 * Results never go through here.
 */
import {
  accuracyText,
  columnsOf,
  durationText,
  flow,
  isLive,
  lossText,
  progressLine,
  rateText,
  truncate,
  wantsColor,
} from '@longhand/rendering';
import type { TrainingProgress } from '@longhand/training';

/** How often the line is redrawn, in milliseconds: often enough to live, seldom enough to cost nothing. */
const redrawInterval = 80;

export class ProgressDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #color: boolean;
  readonly #totalImages: number;
  readonly #start = performance.now();
  #epochStart = performance.now();
  #lastDrawn = 0;
  #drawn = false;
  #imagesBefore = 0;

  /** @param totalImages how many images the whole run will see, each epoch's counted again */
  constructor(stream: NodeJS.WriteStream, totalImages: number) {
    this.#stream = stream;
    this.#live = isLive(stream, process.env);
    this.#color = wantsColor(stream, process.env);
    this.#totalImages = totalImages;
  }

  /** Shows where the run stands; to be called after every step. */
  step(progress: TrainingProgress): void {
    const now = performance.now();
    const seen = this.#imagesBefore + progress.images;
    const imagesPerSecond = (seen / (now - this.#start)) * 1000;
    if (progress.step === progress.stepsPerEpoch) {
      this.close();
      const parts = epochParts(progress, (now - this.#epochStart) / 1000, imagesPerSecond);
      const width = this.#stream.isTTY ? columnsOf(this.#stream) : Number.POSITIVE_INFINITY;
      this.#stream.write(`${flow(parts, width)}\n`);
      this.#epochStart = now;
      this.#imagesBefore = seen;
    } else if (this.#live && now - this.#lastDrawn >= redrawInterval) {
      const secondsLeft = (this.#totalImages - seen) / imagesPerSecond;
      const { epoch, epochs, step, stepsPerEpoch: steps, loss, accuracy } = progress;
      const line = progressLine({
        epoch,
        epochs,
        step,
        steps,
        loss,
        accuracy,
        imagesPerSecond,
        secondsLeft,
        width: this.#width,
        color: this.#color,
      });
      this.#draw(line);
      this.#lastDrawn = now;
    }
  }

  /** Shows a text that stays. */
  heading(text: string): void {
    this.close();
    this.#stream.write(`${text}\n`);
  }

  /** Shows what is being done, on a terminal. */
  working(what: string): void {
    if (this.#live) this.#draw(truncate(what, this.#width));
  }

  /** One column is left free: some terminals break the line when the last one is written. */
  get #width(): number {
    return columnsOf(this.#stream) - 1;
  }

  /** Takes the redrawn line away, so that other text can follow. */
  close(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
  }

  #draw(line: string): void {
    this.#stream.write(`\r${line}\x1b[K`);
    this.#drawn = true;
  }
}

/** What is said of an epoch that is over. */
function epochParts(
  { epoch, epochs, loss, accuracy }: TrainingProgress,
  seconds: number,
  imagesPerSecond: number,
): string[] {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${lossText(loss)}`,
    `accuracy ${accuracyText(accuracy)}`,
    durationText(seconds),
    rateText(imagesPerSecond),
  ];
}
