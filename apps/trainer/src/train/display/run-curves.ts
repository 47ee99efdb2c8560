/** The curves of a run while it trains: means over as many steps as give a point for each dot of a wide screen. */
import type { CurvesState, Point } from '@longhand/rendering';
import type { EpochRecord, TrainingProgress } from '@longhand/training';
import type { RunHistory } from './training-display';

/** Points of a whole run: about as many as the widest screen has dots. */
const pointsOfRun = 400;

/** What the steps since the last point come to. */
interface Gathered {
  readonly steps: number;
  readonly lossSum: number;
  readonly images: number;
  readonly correct: number;
}

const nothing: Gathered = { steps: 0, lossSum: 0, images: 0, correct: 0 };

export class RunCurves {
  readonly #epochs: number;
  readonly #loss: Point[] = [];
  readonly #accuracy: Point[] = [];
  readonly #validationLoss: Point[] = [];
  readonly #validationAccuracy: Point[] = [];
  #gathered = nothing;
  /** The images of the epoch so far and the correct ones among them, at its last step. Unknown where a run is resumed within an epoch. */
  #before: { readonly images: number; readonly correct: number } | undefined;

  constructor(epochs: number, { losses, epochs: before }: RunHistory = { losses: [], epochs: [] }) {
    this.#epochs = epochs;
    this.#loss.push(...losses);
    for (const record of before) {
      // The accuracy of single steps is not recorded. Earlier epochs have only a mean, drawn in the middle of the epoch.
      this.#accuracy.push([record.epoch - 0.5, record.accuracy]);
      this.epoch(record);
    }
  }

  get state(): CurvesState {
    return {
      epochs: this.#epochs,
      loss: this.#loss,
      accuracy: this.#accuracy,
      validationLoss: this.#validationLoss,
      validationAccuracy: this.#validationAccuracy,
    };
  }

  step({ epoch, epochs, step, stepsPerEpoch, images, accuracy, batchLoss }: TrainingProgress): void {
    const now = { images, correct: images * accuracy };
    const before = step === 1 ? { images: 0, correct: 0 } : this.#before;
    this.#before = now;
    if (before === undefined) return;
    this.#gathered = {
      steps: this.#gathered.steps + 1,
      lossSum: this.#gathered.lossSum + batchLoss,
      images: this.#gathered.images + now.images - before.images,
      correct: this.#gathered.correct + now.correct - before.correct,
    };
    const every = Math.max(1, Math.ceil((stepsPerEpoch * epochs) / pointsOfRun));
    if (this.#gathered.steps < every && step < stepsPerEpoch) return;
    const at = epoch - 1 + step / stepsPerEpoch;
    this.#loss.push([at, this.#gathered.lossSum / this.#gathered.steps]);
    this.#accuracy.push([at, this.#gathered.correct / this.#gathered.images]);
    this.#gathered = nothing;
  }

  epoch({ epoch, validation }: EpochRecord): void {
    if (validation === undefined) return;
    this.#validationLoss.push([epoch, validation.loss]);
    this.#validationAccuracy.push([epoch, validation.accuracy]);
  }
}
