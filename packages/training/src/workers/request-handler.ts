/** What a thread does with the requests of `protocol.ts`: the same in a worker and in the caller's own thread. */
import { evaluationJob } from './evaluation-job';
import type { Findings } from './findings';
import type { EvaluationObjects, TrainingObjects } from './job-objects';
import type {
  CopiedState,
  EvaluationResult,
  EvaluationSetup,
  RankOfJob,
  RunRequest,
  StepsRequest,
  StepsResult,
  TrainingSetup,
} from './protocol';
import { type TrainingJob, trainingJob } from './training-job';

export class RequestHandler {
  /** The prepared training runs by number. */
  readonly #runs = new Map<number, TrainingJob>();

  train(setup: TrainingSetup, objects: TrainingObjects, rank: RankOfJob): void {
    this.#runs.set(setup.run, trainingJob(setup, objects, rank));
  }

  steps(request: StepsRequest): StepsResult {
    return this.#jobOf(request).makeSteps(request);
  }

  state(request: RunRequest): CopiedState {
    return this.#jobOf(request).state();
  }

  findings(request: RunRequest): Findings {
    return this.#jobOf(request).findings();
  }

  release({ run }: RunRequest): void {
    this.#runs.delete(run);
  }

  /** Yields between parts of the work, for a thread that has other things to do. */
  evaluate(
    setup: EvaluationSetup,
    objects: EvaluationObjects,
    rank: RankOfJob,
  ): Generator<undefined, EvaluationResult, undefined> {
    return evaluationJob(setup, objects, rank);
  }

  #jobOf({ run }: RunRequest): TrainingJob {
    const job = this.#runs.get(run);
    if (job === undefined) {
      throw new Error(`worker: expected training run ${run} to be under way, got none of this number`);
    }
    return job;
  }
}
