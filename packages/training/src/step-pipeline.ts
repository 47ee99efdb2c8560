/**
 * Prefetched steps: the workers make the steps of one request while the next request already waits in their queues, so
 * that they are never idle between two answers. In the caller's own thread each step is made when it is asked for.
 */
import { now } from './clock';
import type { JobPool } from './workers/job-pool';
import type { StepsResult } from './workers/protocol';
import { turn } from './workers/turn';

/**
 * The intended time of one request: short enough for a lively display and for a pause that is obeyed at once, long enough to keep the
 * overhead small. An answer costs the thread that asks most of a millisecond, in which one of as many workers as cores has to wait, and
 * the others wait for it.
 */
const requestMilliseconds = 60;

/** The requests under way at a time, where workers run ahead: one in work, one waiting. */
const depth = 2;

export interface StepPipelineOptions {
  readonly pool: JobPool;
  /** The run's number. */
  readonly run: number;
  /** The number of workers that share the run. */
  readonly worldSize: number;
  /** The learning rate of each step, counted from 0 over the whole run. */
  readonly learningRateAt: (step: number) => number;
}

export class StepPipeline {
  readonly #options: StepPipelineOptions;
  readonly #requests: Promise<StepsResult[]>[] = [];
  #requested: number;
  #stepsPerRequest = 1;
  #lastAnswer = now();

  /** @param from the first step to make, counted from 0 */
  constructor(options: StepPipelineOptions, from: number) {
    this.#options = options;
    this.#requested = from;
  }

  /** The number of steps requested so far, over the whole run. */
  get requested(): number {
    return this.#requested;
  }

  /** The results of the oldest request; keeps the pipeline filled with steps below `until`. */
  async next(until: number): Promise<StepsResult> {
    if (this.#requests.length === 0) this.#lastAnswer = now();
    const { runsAhead } = this.#options.pool;
    const wantedRequests = runsAhead ? depth : 1;
    while (this.#requests.length < wantedRequests && this.#requested < until) this.#request(until);
    // All ranks return the same figures.
    const [result] = (await this.#requests.shift()) as StepsResult[];
    if (!runsAhead) return result;
    // Where answers arrive faster than the caller takes them, one follows the other, and signals, timers and drawing would wait.
    await turn();
    // The steps per request follow the speed. They decide when steps are reported, never what they compute.
    const elapsed = Math.max(now() - this.#lastAnswer, 0.1);
    this.#lastAnswer = now();
    const wanted = Math.round(requestMilliseconds / (elapsed / result.lossSums.length));
    this.#stepsPerRequest = Math.max(1, Math.min(2 * this.#stepsPerRequest, wanted));
    return result;
  }

  /** The results of all requests under way; empties the pipeline. */
  async drain(): Promise<StepsResult[]> {
    return (await Promise.all(this.#requests.splice(0))).map(([first]) => first);
  }

  #request(until: number): void {
    const { pool, run, worldSize, learningRateAt } = this.#options;
    const from = this.#requested;
    const length = Math.min(this.#stepsPerRequest, until - from);
    const learningRates = Float64Array.from({ length }, (_, k) => learningRateAt(from + k));
    const answers = pool.request(worldSize, 'steps', { run, from, learningRates });
    // A failure is thrown where the request is awaited; until then it must not count as unhandled.
    answers.catch(() => {});
    this.#requests.push(answers);
    this.#requested += length;
  }
}
