/**
 * The workers as this package sees them: it sends them requests (`protocol.ts`) and awaits their answers. Private: the
 * public face is `Engine`.
 */

import type { LabelArray } from '@longhand/datasets';
import { UnsupportedKernelsError } from '@longhand/kernels';
import { barrierMemory } from './barrier';
import { describeEvaluation, describeTraining } from './job-objects';
import type { JobPool, ObjectsOf } from './job-pool';
import { MemoryStock } from './memory-stock';
import type { AnswerMessage, Requests } from './protocol';
import { type KernelChoice, type SharedMemory, sharedIntegers } from './shared-memory';
import { WorkerError } from './worker-error';
import { startWorker, type WorkerThread } from './worker-thread';

/** A request without an answer so far. */
interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerPoolOptions {
  /** The most workers. */
  readonly size: number;
  readonly kernels: KernelChoice;
  /** Whether workers see the main thread's memory; otherwise they are sent copies. */
  readonly sharesMemory: boolean;
  /** Where the workers' code is. Default: in this program. */
  readonly workerUrl: string | URL | undefined;
}

export class WorkerPool implements JobPool {
  readonly runsAhead = true;
  readonly #options: WorkerPoolOptions;
  readonly #workers: { thread: WorkerThread; pending: Pending[] }[] = [];
  readonly #memories: MemoryStock;
  #failure: Error | undefined;
  #runs = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#memories = new MemoryStock(options.kernels, options.sharesMemory ? 'shared' : 'copied');
  }

  get sharesMemory(): boolean {
    return this.#options.sharesMemory;
  }

  start(count: number): number {
    const wanted = Math.min(count, this.#options.size);
    while (this.#workers.length < wanted) this.#startOne();
    return wanted;
  }

  newRunNumber(): number {
    return ++this.#runs;
  }

  allocateMemory(): SharedMemory {
    return this.#memories.take(this.#workers.every(({ pending }) => pending.length === 0));
  }

  recycle(memory: SharedMemory): void {
    this.#memories.recycle(memory);
  }

  allocateBuffer(bytes: number): ArrayBufferLike {
    return this.sharesMemory ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  }

  place<Integers extends LabelArray>(integers: Integers): Integers {
    return sharedIntegers(integers);
  }

  /** Each rank is a worker; the ranks have a barrier where they meet. */
  async launch<Name extends keyof ObjectsOf>(
    worldSize: number,
    name: Name,
    job: { readonly setup: Requests[Name][0]['setup']; readonly objects: ObjectsOf[Name] },
  ): Promise<Requests[Name][1][]> {
    const { setup } = job;
    const objects =
      name === 'train'
        ? describeTraining(name, job.objects as ObjectsOf['train'])
        : describeEvaluation(name, job.objects);
    const count = this.start(worldSize);
    const barrier = count > 1 ? barrierMemory() : undefined;
    return this.#send(count, (rank) => ({
      name,
      request: { setup, objects, worker: { rank, worldSize: count, barrier } },
    }));
  }

  request<Name extends 'steps' | 'state' | 'findings' | 'release'>(
    worldSize: number,
    name: Name,
    request: Requests[Name][0],
  ): Promise<Requests[Name][1][]> {
    return this.#send(worldSize, () => ({ name, request }));
  }

  async end(): Promise<void> {
    this.#fail(new WorkerError('engine: ended'));
    const gone = await Promise.all(this.#workers.splice(0).map(({ thread }) => thread.terminate()));
    this.#memories.giveUp(gone.every(Boolean));
    this.#failure = undefined;
  }

  async #send<Answer>(worldSize: number, messageFor: (rank: number) => unknown): Promise<Answer[]> {
    if (this.#failure) throw this.#failure;
    if (this.#workers.length < worldSize) {
      throw new WorkerError(
        `engine: expected ${worldSize} workers at a job, got ${this.#workers.length}; it was ended meanwhile`,
      );
    }
    const answers = this.#workers.slice(0, worldSize).map(
      ({ thread, pending }, rank) =>
        new Promise<unknown>((resolve, reject) => {
          // Posted first: a message that cannot be cloned throws here, and no answer will come.
          thread.post(messageFor(rank));
          pending.push({ resolve, reject });
        }),
    );
    return (await Promise.all(answers)) as Answer[];
  }

  #startOne(): void {
    const pending: Pending[] = [];
    const number = this.#workers.length + 1;
    const onAnswer = (message: AnswerMessage): void => {
      const request = pending.shift();
      // The answer to a request that was rejected meanwhile.
      if (request === undefined) return;
      const { resolve } = request;
      if ('answer' in message) {
        resolve(message.answer);
        return;
      }
      const { name, message: text, stack } = message.failure;
      const isUnsupported = name === 'UnsupportedKernelsError';
      const error = isUnsupported ? new UnsupportedKernelsError(text) : new WorkerError(`worker ${number}: ${text}`);
      if (stack !== undefined) error.stack = stack;
      this.#fail(error, resolve);
    };
    const onFailure = (reason: string): void =>
      this.#fail(new WorkerError(`worker ${number}: ${reason}; the run cannot go on`));
    this.#workers.push({
      thread: startWorker({ number, url: this.#options.workerUrl }, { onAnswer, onFailure }),
      pending,
    });
  }

  /** Rejects every pending request, so that no caller waits for ever, and terminates all workers. */
  #fail(error: Error, unanswered?: Pending['resolve']): void {
    if (this.#failure === undefined) this.#failure = error;
    unanswered?.(Promise.reject(error));
    for (const { thread, pending } of this.#workers) {
      for (const { reject } of pending.splice(0)) reject(error);
      void thread.terminate();
    }
  }
}
