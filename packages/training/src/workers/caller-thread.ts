/**
 * Jobs in the caller's own thread (`threads: 0`), with the very objects that the caller gave. It gets a turn between two steps, and
 * between parts of an evaluation, so that a page stays alive.
 */
import type { LabelArray } from '@longhand/datasets';
import type { JobPool, ObjectsOf } from './job-pool';
import { MemoryStock } from './memory-stock';
import type { EvaluationResult, EvaluationSetup, RankOfJob, Requests, StepsRequest, TrainingSetup } from './protocol';
import { RequestHandler } from './request-handler';
import type { KernelChoice, SharedMemory } from './shared-memory';
import { turn } from './turn';
import { WorkerError } from './worker-error';

const alone: RankOfJob = { rank: 0, worldSize: 1, barrier: undefined };

export class CallerThread implements JobPool {
  readonly sharesMemory = true;
  readonly runsAhead = false;
  readonly #memories: MemoryStock;
  #handler = new RequestHandler();
  #runs = 0;

  constructor(kernels: KernelChoice) {
    this.#memories = new MemoryStock(kernels, 'one thread');
  }

  start(): number {
    return 1;
  }

  newRunNumber(): number {
    return ++this.#runs;
  }

  allocateMemory(): SharedMemory {
    return this.#memories.take();
  }

  recycle(memory: SharedMemory): void {
    this.#memories.recycle(memory);
  }

  allocateBuffer(bytes: number): ArrayBufferLike {
    return new ArrayBuffer(bytes);
  }

  place<Integers extends LabelArray>(integers: Integers): Integers {
    return integers;
  }

  async launch<Name extends keyof ObjectsOf>(
    _worldSize: number,
    name: Name,
    { setup, objects }: { readonly setup: Requests[Name][0]['setup']; readonly objects: ObjectsOf[Name] },
  ): Promise<Requests[Name][1][]> {
    const answer =
      name === 'train'
        ? this.#handler.train(setup as TrainingSetup, objects as ObjectsOf['train'], alone)
        : await this.#evaluate(setup as EvaluationSetup, objects);
    return [answer as Requests[Name][1]];
  }

  async request<Name extends 'steps' | 'state' | 'findings' | 'release'>(
    _worldSize: number,
    name: Name,
    request: Requests[Name][0],
  ): Promise<Requests[Name][1][]> {
    const handler = this.#handler;
    await turn();
    this.#check(handler);
    const answer: unknown =
      name === 'steps' ? handler.steps(request as StepsRequest) : handler[name as 'state'](request);
    return [answer as Requests[Name][1]];
  }

  async end(): Promise<void> {
    this.#handler = new RequestHandler();
    this.#memories.giveUp(true);
  }

  async #evaluate(setup: EvaluationSetup, objects: ObjectsOf['evaluate']): Promise<EvaluationResult> {
    const handler = this.#handler;
    const parts = handler.evaluate(setup, objects, alone);
    for (let part = parts.next(); ; part = parts.next()) {
      if (part.done) return part.value;
      await turn();
      this.#check(handler);
    }
  }

  /** @throws WorkerError when the pool was ended meanwhile */
  #check(handler: RequestHandler): void {
    if (handler !== this.#handler) throw new WorkerError('engine: ended');
  }
}
