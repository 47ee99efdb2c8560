/** Where jobs run, as the rest of this package sees it: on workers, or in the caller's thread. */
import type { LabelArray } from '@longhand/datasets';
import type { EvaluationObjects, TrainingObjects } from './job-objects';
import type { Requests } from './protocol';
import type { SharedMemory } from './shared-memory';

/** The objects of each kind of job. */
export interface ObjectsOf {
  train: TrainingObjects;
  evaluate: EvaluationObjects;
}

export interface JobPool {
  /** Whether this thread sees the memory that a job works on; otherwise it has to ask for copies. */
  readonly sharesMemory: boolean;
  /** Whether steps are made while the caller does something else; then it pays to request them before they are needed. */
  readonly runsAhead: boolean;
  /** Prepares `count` ranks, or the most there may be; returns which of the two. */
  start(count: number): number;
  /** A number that no other training run of this pool has. */
  newRunNumber(): number;
  /** Zeroed memory for one job: that of an earlier job, if one was recycled, or a new one. */
  allocateMemory(): SharedMemory;
  /**
   * Returns a job's memory when no rank is at the job any more. Without that each of many short evaluations would
   * allocate its own, and the garbage collector would not free them in time: it does not see how much memory a worker's few
   * objects hold.
   */
  recycle(memory: SharedMemory): void;
  /** A zeroed buffer that all ranks see. */
  allocateBuffer(bytes: number): ArrayBufferLike;
  /** The same images or labels where all ranks see them. */
  place<Integers extends LabelArray>(integers: Integers): Integers;
  /**
   * Starts a job on `worldSize` ranks, or the most there may be.
   *
   * @throws OptionError when workers could not make the objects again
   */
  launch<Name extends keyof ObjectsOf>(
    worldSize: number,
    name: Name,
    job: { readonly setup: Requests[Name][0]['setup']; readonly objects: ObjectsOf[Name] },
  ): Promise<Requests[Name][1][]>;
  /** Sends the same request to the ranks 0 to `worldSize − 1`; resolves with their answers in that order. */
  request<Name extends 'steps' | 'state' | 'findings' | 'release'>(
    worldSize: number,
    name: Name,
    request: Requests[Name][0],
  ): Promise<Requests[Name][1][]>;
  /** Ends whatever is under way at once. The pool can be used again after that. */
  end(): Promise<void>;
}
