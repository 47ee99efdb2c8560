/**
 * The workers as this package sees them: it sends them requests (`protocol.ts`) and awaits their answers. Private: the
 * public face is `Engine`.
 */
import { UnsupportedKernelsError } from '@longhand/kernels';
import { barrierMemory } from './barrier';
import type { AnswerMessage, Requests } from './protocol';
import { type KernelChoice, type SharedMemory, sharedMemory } from './shared-memory';
import { startWorker, type WorkerThread } from './worker-thread';

/** A worker failed at a request, or ended although nothing had ended it. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

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
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers: { thread: WorkerThread; pending: Pending[] }[] = [];
  readonly #memories: SharedMemory[] = [];
  #failure: Error | undefined;
  #runs = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get sharesMemory(): boolean {
    return this.#options.sharesMemory;
  }

  /** Starts workers until there are `count`, or the most there may be; returns which of the two. */
  start(count: number): number {
    const wanted = Math.min(count, this.#options.size);
    while (this.#workers.length < wanted) this.#startOne();
    return wanted;
  }

  /** A number that no other training run of this pool has. */
  newRunNumber(): number {
    return ++this.#runs;
  }

  /** Zeroed memory for one job: that of an earlier job, if one was recycled, or a new one. */
  allocateMemory(): SharedMemory {
    const { kernels, sharesMemory } = this.#options;
    return this.#memories.pop() ?? sharedMemory(kernels, sharesMemory);
  }

  /**
   * Returns a job's memory when no worker is at the job any more. Without that each of many short evaluations would
   * allocate its own, and the garbage collector would not free them in time: it does not see how much memory a worker's few
   * objects hold.
   */
  recycle(memory: SharedMemory): void {
    memory.reset();
    this.#memories.push(memory);
  }

  /**
   * Starts a job on `worldSize` workers, each with its own rank, and a barrier for them.
   *
   * @param worldSize at most the size of the pool
   */
  launch<Name extends 'train' | 'evaluate'>(
    worldSize: number,
    name: Name,
    setup: Requests[Name][0]['setup'],
  ): Promise<Requests[Name][1][]> {
    const count = this.start(worldSize);
    const barrier = count > 1 ? barrierMemory() : undefined;
    return this.#send(count, (rank) => ({
      name,
      request: { setup, worker: { rank, worldSize: count, barrier } },
    }));
  }

  /** Sends the same request to the ranks 0 to `worldSize − 1`; resolves with their answers in that order. */
  request<Name extends 'steps' | 'state' | 'release'>(
    worldSize: number,
    name: Name,
    request: Requests[Name][0],
  ): Promise<Requests[Name][1][]> {
    return this.#send(worldSize, () => ({ name, request }));
  }

  /** Ends the workers at once, whatever they are doing. The pool can be used again after that. */
  async end(): Promise<void> {
    this.#fail(new WorkerError('engine: ended'));
    await Promise.all(this.#workers.splice(0).map(({ thread }) => thread.terminate()));
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
    this.#workers.push({ thread: startWorker(number, { onAnswer, onFailure }), pending });
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
