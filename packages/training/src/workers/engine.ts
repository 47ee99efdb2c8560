/**
 * The worker threads that train and evaluate. The main thread computes nothing itself, unless it is asked to: it sends requests
 * and awaits answers, and meanwhile draws, listens and keeps a page responsive.
 */
import {
  boolean,
  checkOptions,
  type Entries,
  object,
  oneOf,
  optional,
  picked,
  where,
  wholeNumber,
} from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import { CallerThread } from './caller-thread';
import type { JobPool } from './job-pool';
import { canShare, type KernelChoice } from './shared-memory';
import { WorkerPool } from './worker-pool';

/** Where the work is done: on which threads, with which kernels. */
export interface EngineOptions {
  /**
   * The most workers; 0 for none: then the caller's own thread computes, with the very objects that it gives. Results do not
   * depend on it. Default: the number of cores.
   */
  readonly threads?: number;
  /** The kernels that compute. Default: `strict`. */
  readonly kernels?: KernelChoice;
  /**
   * Whether workers share memory. Without it there is one worker. Default: true where the environment permits it; a page
   * has to be cross-origin isolated.
   */
  readonly shareMemory?: boolean;
  /**
   * Where `worker.js` of this package is served, for pages whose content security policy forbids workers from blobs. In Node, the URL of
   * a file. Default: workers are started from code in this program.
   */
  readonly workerUrl?: string | URL;
}

/** A schema for each option. */
export const engineEntries = {
  threads: optional(wholeNumber),
  kernels: optional(oneOf('reference', 'strict', 'fused')),
  shareMemory: optional(boolean),
  workerUrl: optional(where<string | URL>('a URL', (value) => typeof value === 'string' || value instanceof URL)),
} satisfies Entries<EngineOptions>;

/** The engine of the options, or a new one with what they say of it. */
export function engineOf(options: EngineOptions & { readonly engine?: Engine | undefined }): Engine {
  return options.engine ?? new Engine(picked(engineEntries, options));
}

/** The pool of each engine, out of reach of the package's users. */
const pools = new WeakMap<Engine, JobPool>();

/** Where an engine's jobs run: for this package alone, the index does not export it. */
export function poolOf(engine: Engine): JobPool {
  return pools.get(engine) as JobPool;
}

/**
 * Workers that serve several runs and evaluations, so that they are started once. They start with the first request. In
 * Node, idle workers do not keep a program from ending.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { seededRandom } from '@longhand/tensor';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 100 });
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const engine = new Engine({ threads: 2 });
 * (await evaluate({ engine, network, parameters, normalization, dataset })).count; // 100
 * await engine.end();
 */
export class Engine {
  /** The kernel set that its workers run on. */
  readonly kernels: KernelChoice;
  /** The most workers; 0 if the caller's thread computes. */
  readonly threads: number;
  /** Whether the workers and the main thread see the same memory. */
  readonly sharesMemory: boolean;

  /** @throws OptionError when an option is unknown or out of range, such as the number of threads */
  constructor(options: EngineOptions = {}) {
    checkOptions(object(engineEntries), options, { where: 'engine', error: (message) => new OptionError(message) });
    const { threads = coreCount(), kernels = 'strict', shareMemory = canShare, workerUrl } = options;
    this.kernels = kernels;
    this.sharesMemory = threads === 0 || (shareMemory && canShare);
    this.threads = this.sharesMemory ? threads : 1;
    const pool =
      threads === 0
        ? new CallerThread(kernels)
        : new WorkerPool({ size: this.threads, kernels, sharesMemory: this.sharesMemory, workerUrl });
    pools.set(this, pool);
  }

  /**
   * Starts `count` workers before they are needed, at most {@link threads}, and compiles the kernels; returns the number of workers.
   *
   * @throws UnsupportedKernelsError when this environment has not what the kernels need
   */
  warmUp(count = this.threads): number {
    const pool = poolOf(this);
    const started = Math.min(pool.start(count), this.threads);
    // The first job gets this memory.
    pool.recycle(pool.allocateMemory());
    return started;
  }

  /** Ends the workers at once, whatever they are doing. The next request starts new ones. */
  async end(): Promise<void> {
    await poolOf(this).end();
  }
}

/**
 * The number of cores; 1 where the environment does not report it.
 *
 * @example coreCount() >= 1; // true
 */
export function coreCount(): number {
  const { process, navigator } = globalThis as typeof globalThis & {
    process?: { getBuiltinModule?(name: string): unknown };
    navigator?: { hardwareConcurrency?: number };
  };
  const os = process?.getBuiltinModule?.('node:os') as typeof import('node:os') | undefined;
  return os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}
