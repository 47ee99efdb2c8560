/** Training from beginning to end in one loop over its steps. */
import type { NetworkParameters } from '@longhand/layers';
import { parametersOf, type TrainingOptions, type TrainingProgress } from './training-options';
import { TrainingRun } from './training-run';

/** The steps of a run, for a loop, and what it results in. */
export interface Training extends AsyncGenerator<TrainingProgress, NetworkParameters, undefined> {
  /**
   * The trained parameters, once all steps are made; with `averaging` their moving average. It rejects with what the loop throws, or
   * when the loop is left early. Asked for without a loop, it makes all steps.
   */
  readonly result: Promise<NetworkParameters>;
}

/**
 * Trains a network and yields the figures of every step. {@link TrainingRun} is for a run that is to be halted, saved and
 * resumed; `fit` has epochs, validation and checkpoints. The same options give the same parameters, byte for byte, with any number of
 * threads. Workers and memory are released however the loop is left.
 *
 * @throws what the constructor and {@link TrainingRun.steps} throw
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const run = train(options);
 * for await (const { step, stepsPerEpoch } of run) console.log(step, stepsPerEpoch); // 1 4
 * const parameters = await run.result;
 * parameters.values.length; // 3898
 */
export function train(options: TrainingOptions): Training {
  let resolve: (parameters: NetworkParameters) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const result = new Promise<NetworkParameters>((onParameters, onError) => {
    [resolve, reject] = [onParameters, onError];
  });
  // The loop throws it too.
  result.catch(() => {});
  let begun = false;
  const left = (): void => reject(new Error('train: expected all steps to be made, but the loop was left before'));

  async function* steps(): AsyncGenerator<TrainingProgress, NetworkParameters, undefined> {
    begun = true;
    try {
      const parameters = yield* stepsOf(options);
      resolve(parameters);
      return parameters;
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      left();
    }
  }

  const loop = steps();
  return Object.defineProperty(loop, 'result', {
    get(): Promise<NetworkParameters> {
      // A loop that begins right now makes the steps itself.
      queueMicrotask(async () => {
        if (begun) return;
        try {
          for await (const _ of loop);
        } catch {
          // The result rejects with it.
        }
        // Of a loop that was left before its first step.
        left();
      });
      return result;
    },
  }) as Training;
}

/** The steps of a run; it is ended however they are left. */
async function* stepsOf(options: TrainingOptions): AsyncGenerator<TrainingProgress, NetworkParameters, undefined> {
  const run = new TrainingRun(options);
  try {
    yield* run.steps();
    return parametersOf(options.network, await run.state());
  } finally {
    await run.end();
  }
}
