/** The losses of a run as a curve of few points, however many steps it has. */

/** The most points of a curve: about one for every other pixel. */
const mostPoints = 300;

/** Means of successive losses. Points are added at its end; the last one moves until it is full. */
export class LossCurve {
  readonly #every: number;
  readonly #stepsPerEpoch: number;
  readonly #points: [epoch: number, loss: number][] = [];
  #steps = 0;

  /** @param totalSteps the steps of the whole run */
  constructor(totalSteps: number, stepsPerEpoch: number) {
    this.#every = Math.max(1, Math.ceil(totalSteps / mostPoints));
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  /** The means, each at the epoch of its last step. */
  get points(): readonly (readonly [epoch: number, loss: number])[] {
    return this.#points;
  }

  add(loss: number): void {
    const position = this.#steps % this.#every;
    this.#steps++;
    const epoch = this.#steps / this.#stepsPerEpoch;
    const last = this.#points.at(-1);
    if (position === 0 || last === undefined) this.#points.push([epoch, loss]);
    else {
      last[0] = epoch;
      last[1] += (loss - last[1]) / (position + 1);
    }
  }
}
