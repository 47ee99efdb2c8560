/**
 * What a pass is made of: operations, run one after another.
 *
 * Most need nothing but their own micro-batch. Batch normalization needs the statistics of the whole batch: its operation
 * leaves a *partial* result of the micro-batch, and all micro-batches of the batch meet before the next operation runs. They
 * are combined in a fixed order, whichever threads they ran on, so that sums are rounded alike.
 */
import type { FloatArray } from '@longhand/tensor';

/** One operation of a pass on its micro-batch. */
export interface Operation {
  /** Runs it on the micro-batch. */
  run(): void;
  /** What all micro-batches of the batch do together after it, before any of them runs its next operation. */
  readonly reduction?: BatchReduction;
}

/** Where the micro-batches of a batch meet. */
export interface BatchReduction {
  /** What `run()` found of this micro-batch, in the precision of the pass. Its length does not depend on the capacity. */
  readonly partial: FloatArray;
  /**
   * Makes of all partial results, in the order of the micro-batches, what this pass goes on with.
   *
   * @param first whether this is the pass of the first micro-batch: the only one that writes buffers
   */
  combine(partials: readonly FloatArray[], first: boolean): void;
}

/**
 * The operations of a pass that holds the whole batch: nobody else to meet.
 *
 * @example
 * const order: string[] = [];
 * const forward = runAlone([{ run: () => order.push('conv1') }, { run: () => order.push('relu1') }]);
 * forward();
 * order; // [ 'conv1', 'relu1' ]
 */
export function runAlone(operations: readonly Operation[]): () => void {
  const steps = operations.flatMap((operation) => {
    const { reduction } = operation;
    const run = (): void => operation.run();
    if (reduction === undefined) return [run];
    const partials = [reduction.partial];
    return [run, () => reduction.combine(partials, true)];
  });
  return () => {
    for (const step of steps) step();
  };
}
