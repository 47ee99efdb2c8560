/** Training with all that belongs to it, in one call. */
import { Departure, fitEpochs } from './fit-epochs';
import type { FitEpoch, FitOptions, FitResult } from './fit-options';

/** `Symbol.asyncDispose`, where the standard library of TypeScript knows it. */
type AsyncDisposeKey = SymbolConstructor['asyncDispose' & keyof SymbolConstructor];

/** What `await using` needs. */
type Disposable = { readonly [Key in AsyncDisposeKey]: () => Promise<void> };

/**
 * A run under way. Await it for its result, or iterate over its epochs: then the next epoch begins when the loop asks for it. Leaving
 * the loop ends the run; awaiting it after that gives the result so far. `await using` ends it with the block.
 */
export interface Fit<Path extends string = string>
  extends Promise<FitResult<Path>>,
    AsyncIterable<FitEpoch<Path>>,
    Disposable {}

/**
 * Trains a network: epochs, validation, early stopping, the best model, checkpoints. The same options give the same parameters, byte
 * for byte, with any number of threads. However a run ends, its workers and its memory are released.
 *
 * What can go wrong rejects, or is thrown in the loop: OptionError, DatasetError or ShapeError when options, data and network do not
 * fit, DivergenceError when the loss or a parameter becomes NaN or infinite, WorkerError when a worker fails, whatever a callback
 * throws, and the reason of `signal` when it is aborted.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const { history } = await fit({ ...options, validation: { fraction: 0.25 } });
 * history.map(({ epoch, steps }) => [epoch, steps]); // [ [ 1, 3 ] ]
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * for await (const { epoch, validation } of fit({ ...options, epochs: 2, validation: { fraction: 0.25 } })) {
 *   console.log(epoch, validation !== undefined); // 1 true
 * }
 */
export function fit<Path extends string = string>(options: FitOptions<Path>): Fit<Path> {
  return new FitRun(options) as Fit as Fit<Path>;
}

class FitRun implements Fit {
  readonly [Symbol.toStringTag] = 'Fit';
  readonly #departure = new Departure();
  readonly #epochs: AsyncGenerator<FitEpoch, FitResult, undefined>;
  readonly #result: Promise<FitResult>;
  #resolve: (result: FitResult) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  /** The epoch under way, if one is. */
  #turn: Promise<void> | undefined;
  #isSettled = false;
  #isDriven = false;
  /** The epochs that each loop has not seen yet. */
  readonly #queues = new Set<FitEpoch[]>();

  constructor(options: FitOptions) {
    this.#epochs = fitEpochs(options, this.#departure);
    this.#result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A loop begins at once, and then it sets the pace.
    queueMicrotask(() => {
      if (this.#queues.size === 0) void this.#drive();
    });
  }

  // biome-ignore lint/suspicious/noThenProperty: a run can be awaited.
  then<Kept = FitResult, Caught = never>(
    onResult?: ((result: FitResult) => Kept | PromiseLike<Kept>) | null,
    onError?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    void this.#drive();
    return this.#result.then(onResult, onError);
  }

  catch<Caught = never>(
    onError?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<FitResult | Caught> {
    return this.then(undefined, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<FitResult> {
    void this.#drive();
    return this.#result.finally(onEnd);
  }

  [Symbol.asyncIterator](): AsyncIterator<FitEpoch, FitResult | undefined, undefined> {
    const queue: FitEpoch[] = [];
    this.#queues.add(queue);
    return {
      next: async () => {
        // What goes wrong is thrown in the loop.
        this.#result.catch(() => {});
        while (queue.length === 0 && !this.#isSettled) await this.#advance();
        const epoch = queue.shift();
        return epoch === undefined ? { done: true, value: await this.#result } : { done: false, value: epoch };
      },
      return: async () => {
        this.#queues.delete(queue);
        await this.#end();
        return { done: true, value: undefined };
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  /** Ends the run between two steps, and waits until everything is released. */
  async #end(): Promise<void> {
    this.#departure.leave();
    while (!this.#isSettled) await this.#advance();
  }

  /** Goes through all epochs. */
  async #drive(): Promise<void> {
    if (this.#isDriven) return;
    this.#isDriven = true;
    while (!this.#isSettled) await this.#advance();
  }

  /** Waits for the epoch under way, or makes the next one. */
  #advance(): Promise<void> {
    this.#turn ??= this.#nextEpoch().finally(() => {
      this.#turn = undefined;
    });
    return this.#turn;
  }

  async #nextEpoch(): Promise<void> {
    try {
      const { done, value } = await this.#epochs.next();
      if (done) {
        this.#isSettled = true;
        this.#resolve(value);
      } else for (const queue of this.#queues) queue.push(value);
    } catch (error) {
      this.#isSettled = true;
      this.#reject(error);
    }
  }
}
