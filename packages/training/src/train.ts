/** Training from beginning to end in one loop. */
import type { Parameters } from '@longhand/layers';
import { parametersOf, type TrainingOptions, type TrainingProgress } from './training-options';
import { TrainingRun } from './training-run';

/**
 * Trains a network and yields the figures of every step. {@link TrainingRun} is for a run that is to be halted, saved and
 * resumed. The same options give the same parameters, byte for byte, with any number of threads.
 *
 * @returns the trained parameters after the last step; with `averaging` their moving average
 * @throws what the constructor and {@link TrainingRun.steps} throw
 * @example
 * for await (const { epoch, loss } of train({ network, dataset, ...rest })) console.log(epoch, loss);
 */
export async function* train(options: TrainingOptions): AsyncGenerator<TrainingProgress, Parameters, undefined> {
  const run = new TrainingRun(options);
  try {
    yield* run.steps();
    return parametersOf(options.network, await run.state());
  } finally {
    await run.end();
  }
}
