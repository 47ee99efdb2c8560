/** Steps asked for ahead of those that are told: one leg is under way while the next one waits its turn. */
import type { Engine } from './workers/engine';
import type { StepsResult } from './workers/training-job';

/** Workers make so many milliseconds' worth of steps before they are asked for more: often enough to look alive. */
const legMilliseconds = 30;

export interface StepPipelineOptions {
  readonly engine: Engine;
  /** The run's number. */
  readonly run: number;
  /** How many workers share the job. */
  readonly worldSize: number;
  /** The rate of each step, counted from 0 over the whole run. */
  readonly rateAt: (step: number) => number;
}

export class StepPipeline {
  readonly #options: StepPipelineOptions;
  readonly #asked: Promise<StepsResult[]>[] = [];
  #next: number;
  #length = 1;
  #since = now();

  /** @param from the first step to be made, counted from 0 */
  constructor(options: StepPipelineOptions, from: number) {
    this.#options = options;
    this.#next = from;
  }

  /** How many steps were asked for, over the whole run. */
  get asked(): number {
    return this.#next;
  }

  /** The results of the next leg; none is begun at step `until` or after it. */
  async next(until: number): Promise<StepsResult> {
    if (this.#asked.length === 0) this.#since = now();
    while (this.#asked.length < 2 && this.#next < until) this.#ask(until);
    const [first] = (await this.#asked.shift()) as StepsResult[];
    // The length follows the speed; it decides when steps are told, never what they do.
    const taken = Math.max(now() - this.#since, 0.1);
    this.#since = now();
    const perStep = taken / first.lossSums.length;
    this.#length = Math.max(1, Math.min(2 * this.#length, Math.round(legMilliseconds / perStep)));
    return first;
  }

  /** The results of the pipeline that were asked for and not told. After that nothing is under way. */
  async rest(): Promise<StepsResult[]> {
    return (await Promise.all(this.#asked.splice(0))).map(([first]) => first);
  }

  #ask(until: number): void {
    const { engine, run, worldSize, rateAt } = this.#options;
    const from = this.#next;
    const length = Math.min(this.#length, until - from);
    const learningRates = Float64Array.from({ length }, (_, k) => rateAt(from + k));
    const answer = engine.ask(worldSize, 'steps', { run, from, learningRates });
    // A failure is thrown where the leg is awaited; until then it is not forgotten.
    answer.catch(() => {});
    this.#asked.push(answer);
    this.#next += length;
  }
}

// biome-ignore lint/plugin: how many steps are asked for at a time follows the clock; what they do does not.
const now = (): number => performance.now();
