/** The shortest road to a trained network: a run from its beginning to its end. */
import { Parameters } from '@longhand/layers';
import { type TrainingOptions, type TrainingProgress, TrainingRun } from './training-run';

/**
 * Trains a network, step by step. Who wants to halt, to write down and to go on takes a {@link TrainingRun}.
 * The same options give the same parameters, byte for byte, on any number of threads.
 *
 * @returns the trained parameters, when the last step is done: the average of the weights where there is one
 * @throws what the constructor and {@link TrainingRun.steps} throw
 * @example
 * for await (const { epoch, loss } of train({ network, dataset, ...rest })) console.log(epoch, loss);
 */
export async function* train(options: TrainingOptions): AsyncGenerator<TrainingProgress, Parameters, undefined> {
  const run = new TrainingRun(options);
  try {
    yield* run.steps();
    const { values, average } = await run.state();
    return new Parameters(options.network.parameterEntries, average ?? values);
  } finally {
    await run.end();
  }
}
