/**
 * Stochastic gradient descent, with momentum and Nesterov's form of it as in PyTorch and Sutskever et al. 2013.
 *
 *   g ← g + weightDecay · w
 *   v ← momentum · v + g
 *   w ← w − learningRate · (g + momentum · v   with Nesterov,   v   without)
 */
import { belowOne, boolean, type Entries, kind, type Named, nonNegative, optional, positive } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { type Optimizer, optimizerOf } from './optimizer';

/** The options of {@link sgd}. */
export interface SgdOptions {
  /** The size of a step, above 0, which schedules are factors of. */
  readonly learningRate: number;
  /** How much of the last step is kept, from 0 to below 1. Default: 0. */
  readonly momentum?: number;
  /** Whether to look ahead by the momentum before the step. Default: false. */
  readonly nesterov?: boolean;
  /** The pull toward zero that is added to the gradient (L2). Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with momentum and Nesterov's form of it:
 *
 * g ← g + weightDecay · w, v ← momentum · v + g
 *
 * w ← w − learningRate · v without Nesterov, w ← w − learningRate · (g + momentum · v) with
 *
 * Source: Sutskever and others, 2013. The steps are PyTorch's `SGD`.
 *
 * @throws OptionError when an option is out of its range
 * @example
 * const [values, gradients] = [Float64Array.of(1), Float64Array.of(2)];
 * const pass = sgd({ learningRate: 0.25, momentum: 0.5 }).prepare(values);
 * pass.update(gradients);
 * values; // [ 0.5 ] (1 − 0.25 · 2)
 * pass.update(gradients);
 * values; // [ -0.25 ] (0.5 − 0.25 · 3: half of the last step is kept)
 */
export function sgd(options: SgdOptions): Optimizer<Named<'sgd', SgdOptions>> {
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = checkedOptions(sgdKind, options);
  if (nesterov && momentum === 0) throw new OptionError('sgd: expected a momentum above 0 with nesterov, got 0');
  const description = { kind: 'sgd' as const, learningRate, momentum, nesterov, weightDecay };
  if (momentum === 0) {
    return optimizerOf(description, [], {
      kernel: 'sgdUpdate',
      coefficients: ({ learningRate: rate }) => [rate, weightDecay],
    });
  }
  return optimizerOf(description, ['velocity'], {
    kernel: 'momentumUpdate',
    // Both forms as one sum of the gradient and the velocity.
    coefficients: ({ learningRate: rate }) => [
      weightDecay,
      momentum,
      ...(nesterov ? [rate, rate * momentum] : [0, rate]),
    ],
  });
}

export const sgdKind = {
  ...kind(
    'sgd',
    {
      learningRate: positive,
      momentum: optional(belowOne),
      nesterov: optional(boolean),
      weightDecay: optional(nonNegative),
    } satisfies Entries<SgdOptions>,
    sgd,
  ),
  // Without adapting to each parameter, the rate that trains a small convolutional network hardly depends on its size.
  recommended: (): SgdOptions => ({ learningRate: 0.05, momentum: 0.9 }),
};
