/**
 * The workers, as the main thread sees them. It computes nothing itself: it asks, waits, and meanwhile draws, listens
 * and keeps a page alive.
 */
import { UnsupportedKernelsError } from '@longhand/kernels';
import { OptionError } from '@longhand/tensor';
import { barrierMemory } from './barrier';
import { canShare, type KernelChoice, type SharedMemory, sharedMemory } from './shared-memory';
import type { AnswerMessage, Requests } from './worker';
import { workerCode } from './worker-code.generated';

export interface EngineOptions {
  /** How many workers at most; all cores unless said. Results do not depend on it. */
  readonly threads?: number;
  /** Which kernels compute; `strict` unless said. */
  readonly kernels?: KernelChoice;
  /** Whether workers share memory; wherever that is possible unless said. Without it there is one worker. */
  readonly shareMemory?: boolean;
}

/** A worker ended without being asked to, or failed at its work. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

/** A worker as Node and pages have it, made alike. */
interface Thread {
  post(message: unknown): void;
  end(): Promise<unknown>;
}

interface Listener {
  heard(message: AnswerMessage): void;
  failed(reason: string): void;
}

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Workers that stand ready. They are started when first asked for and answer in the order of the questions. In Node they
 * do not keep a program alive that has nothing else to do.
 *
 * @example
 * const engine = new Engine({ threads: 2 });
 * const evaluation = await evaluate({ engine, network, parameters, dataset, normalization });
 * await engine.end();
 */
export class Engine {
  readonly kernels: KernelChoice;
  readonly threads: number;
  /** Whether workers and main thread see the same memory. */
  readonly sharing: boolean;
  readonly #workers: { thread: Thread; pending: Pending[] }[] = [];
  #failure: Error | undefined;
  #runs = 0;
  readonly #memories: SharedMemory[] = [];

  /** @throws OptionError when the number of threads is not a whole number of at least one */
  constructor({ threads = coreCount(), kernels = 'strict', shareMemory = canShare }: EngineOptions = {}) {
    if (!Number.isSafeInteger(threads) || threads < 1) {
      throw new OptionError(`engine: expected a whole number of at least 1 as threads, got ${threads}`);
    }
    this.kernels = kernels;
    this.sharing = shareMemory && canShare;
    this.threads = this.sharing ? threads : 1;
  }

  /** Starts so many workers, or as many as there may be, before they are needed. */
  warmUp(worldSize = this.threads): number {
    const wanted = Math.min(worldSize, this.threads);
    while (this.#workers.length < wanted) this.#start();
    return wanted;
  }

  /** A number for a training run that no other one of this engine has. */
  runNumber(): number {
    return ++this.#runs;
  }

  /** A memory of its own for a job: that of an earlier job, as new, or another one. */
  memory(): SharedMemory {
    return this.#memories.pop() ?? sharedMemory(this.kernels, this.sharing);
  }

  /**
   * Takes a job's memory back when no worker is at the job any more. Without that each of many short evaluations would
   * take another one, and nobody collects it: collectors do not see how much a worker's few objects hold.
   */
  recycle(memory: SharedMemory): void {
    memory.reset();
    this.#memories.push(memory);
  }

  /**
   * Asks several workers to do a job together.
   *
   * @param worldSize how many, at most {@link threads}
   */
  together<Name extends 'train' | 'evaluate'>(
    worldSize: number,
    name: Name,
    setup: Requests[Name][0]['setup'],
  ): Promise<Requests[Name][1][]> {
    const count = this.warmUp(worldSize);
    const barrier = count > 1 ? barrierMemory() : undefined;
    return this.#all(count, (rank) => ({
      name,
      request: { setup, workerRank: { rank, worldSize: count, barrier } },
    }));
  }

  /** Asks the first `worldSize` workers the same. */
  ask<Name extends 'steps' | 'state' | 'forget'>(
    worldSize: number,
    name: Name,
    request: Requests[Name][0],
  ): Promise<Requests[Name][1][]> {
    return this.#all(worldSize, () => ({ name, request }));
  }

  /** Ends the workers at once, whatever they are doing. */
  async end(): Promise<void> {
    this.#fail(new WorkerError('engine: ended'));
    await Promise.all(this.#workers.splice(0).map(({ thread }) => thread.end()));
    this.#failure = undefined;
  }

  async #all<Answer>(worldSize: number, messageFor: (rank: number) => unknown): Promise<Answer[]> {
    if (this.#failure) throw this.#failure;
    if (this.#workers.length < worldSize) {
      throw new WorkerError(
        `engine: expected ${worldSize} workers at a job, got ${this.#workers.length}; it was ended meanwhile`,
      );
    }
    const asked = this.#workers.slice(0, worldSize).map(
      ({ thread, pending }, rank) =>
        new Promise<unknown>((resolve, reject) => {
          // First: what cannot be posted is thrown here, and no answer is to be waited for.
          thread.post(messageFor(rank));
          pending.push({ resolve, reject });
        }),
    );
    return (await Promise.all(asked)) as Answer[];
  }

  #start(): void {
    const pending: Pending[] = [];
    const number = this.#workers.length + 1;
    const thread = startThread(number, {
      heard: (message) => {
        const asked = pending.shift();
        // The answer to a question that has been given up.
        if (asked === undefined) return;
        const { resolve } = asked;
        if ('answer' in message) return resolve(message.answer);
        const { name, message: text, stack } = message.failure;
        const unsupported = name === 'UnsupportedKernelsError';
        const error = unsupported ? new UnsupportedKernelsError(text) : new WorkerError(`worker ${number}: ${text}`);
        if (stack !== undefined) error.stack = stack;
        this.#fail(error, resolve);
      },
      failed: (reason) => this.#fail(new WorkerError(`worker ${number}: ${reason}; the run cannot go on`)),
    });
    this.#workers.push({ thread, pending });
  }

  /** Nobody is left waiting: every question is answered with the failure, and the others are stopped. */
  #fail(error: Error, unanswered?: Pending['resolve']): void {
    if (this.#failure === undefined) this.#failure = error;
    unanswered?.(Promise.reject(error));
    for (const { thread, pending } of this.#workers) {
      for (const { reject } of pending.splice(0)) reject(error);
      void thread.end();
    }
  }
}

/** How many cores there are; one where nobody tells. */
export function coreCount(): number {
  const { process, navigator } = globalThis as unknown as {
    process?: { getBuiltinModule?(name: string): unknown };
    navigator?: { hardwareConcurrency?: number };
  };
  const os = process?.getBuiltinModule?.('node:os') as typeof import('node:os') | undefined;
  return os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

function startThread(number: number, listener: Listener): Thread {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.('node:worker_threads') as typeof import('node:worker_threads') | undefined;
  return node === undefined ? startPageWorker(listener) : startNodeWorker(node, number, listener);
}

function startNodeWorker(
  { Worker }: typeof import('node:worker_threads'),
  number: number,
  { heard, failed }: Listener,
): Thread {
  const worker = new Worker(workerCode, { eval: true, name: `longhand ${number}`, execArgv: [] });
  let ending = false;
  let unanswered = 0;
  // A worker that waits for questions does not keep the program from ending.
  worker.unref();
  worker.on('message', (message: AnswerMessage) => {
    // One that is being ended is waited for.
    if (--unanswered === 0 && !ending) worker.unref();
    heard(message);
  });
  worker.on('messageerror', (error) => failed(`a message could not be read: ${error.message}`));
  worker.on('error', (error) => failed(error.message));
  worker.on('exit', (code) => {
    if (!ending) failed(`ended with exit code ${code}`);
  });
  return {
    post(message) {
      worker.postMessage(message);
      unanswered++;
      worker.ref();
    },
    end() {
      ending = true;
      return worker.terminate();
    },
  };
}

interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: (event: { data: AnswerMessage }) => void;
  onerror: (event: { message: string }) => void;
}

function startPageWorker({ heard, failed }: Listener): Thread {
  const { Worker, Blob, URL } = globalThis as unknown as {
    Worker: new (url: string) => PageWorker;
    Blob: new (parts: string[], options: { type: string }) => never;
    URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
  };
  const url = URL.createObjectURL(new Blob([workerCode], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => heard(data);
  worker.onerror = ({ message }) => failed(message);
  return {
    post: (message) => worker.postMessage(message),
    async end() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
