/** One trial: a training with the settings of a configuration, judged on the validation images. */
import type { Network } from '@longhand/layers';
import { DivergenceError, type Engine, evaluate, fit } from '@longhand/training';
import type { RunSettings } from '../run/run-settings';
import { fitOptionsOf } from '../train/complete-run';
import type { RunInputs } from '../train/run-inputs';
import type { TrialResult } from './halving';

/** A configuration as a run can be made of it. */
export interface Candidate {
  readonly settings: RunSettings;
  readonly network: Network;
}

/** The figures of a trial. */
export type TrialFigures = Pick<TrialResult, 'accuracy' | 'loss' | 'seconds'>;

/**
 * Trains and validates once, after the last epoch: the best of several epochs would look better than it is.
 *
 * @param inputs data and code, with a validation split
 * @throws what training throws, but for divergence, which is a result
 */
export async function figuresOf(
  { settings, network }: Candidate,
  inputs: RunInputs,
  engine: Engine,
): Promise<TrialFigures> {
  const { validation, config } = inputs;
  if (validation === undefined) throw new Error('expected a validation split');
  const options = fitOptionsOf({
    inputs: {
      ...inputs,
      network,
      validation: undefined,
      config: { ...config, settings },
    },
  });
  try {
    const { parameters: trained, history } = await fit({ ...options, engine });
    const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const { accuracy, loss } = await evaluate({ ...options, parameters: trained, dataset: validation, engine });
    return Number.isFinite(loss) ? { accuracy, loss, seconds } : { accuracy: 0, seconds };
  } catch (error) {
    if (error instanceof DivergenceError) return { accuracy: 0, seconds: 0 };
    throw error;
  }
}
