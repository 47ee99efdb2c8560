/** The losses of a run as a curve of few points, however many steps it has. */

/** The most points of a curve: about one for every other pixel. */
const mostPoints = 300;

type Point = readonly [epoch: number, loss: number];

/** Means of as many successive losses each. */
export class LossCurve {
  readonly #every: number;
  readonly #stepsPerEpoch: number;
  readonly #points: Point[] = [];
  /** The last losses, as many as a point is the mean of. */
  readonly #recent: number[] = [];
  #steps = 0;

  /** @param totalSteps the steps of the whole run */
  constructor(totalSteps: number, stepsPerEpoch: number) {
    this.#every = Math.max(1, Math.ceil(totalSteps / mostPoints));
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  /** The means, each at the epoch of its last step. The last one is of the latest losses, some of which the one before has too. */
  get points(): readonly Point[] {
    return this.#steps % this.#every === 0 ? [...this.#points] : [...this.#points, this.#latest()];
  }

  add(loss: number): void {
    this.#steps++;
    this.#recent.push(loss);
    if (this.#recent.length > this.#every) this.#recent.shift();
    if (this.#steps % this.#every === 0) this.#points.push(this.#latest());
  }

  /** A mean of fewer losses would jump up and down at the end of the curve. */
  #latest(): Point {
    const sum = this.#recent.reduce((total, loss) => total + loss, 0);
    return [this.#steps / this.#stepsPerEpoch, sum / this.#recent.length];
  }
}
