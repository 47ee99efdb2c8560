/**
 * Lion, whose steps are all of one size, with a sign for each parameter: Chen et al., "Symbolic discovery of optimization
 * algorithms", 2023, algorithm 2.
 *
 *   u = sign(beta1 · m + (1 − beta1) · g),       sign(0) = 0
 *   w ← w · (1 − learningRate · weightDecay) − learningRate · u
 *   m ← beta2 · m + (1 − beta2) · g
 *
 * The authors advise a learning rate 3 to 10 times below AdamW's, and a weight decay so many times above.
 */
import { belowOne, type Entries, kind, type Named, nonNegative, optional, positive } from '@longhand/schema';
import { checkedOptions } from './checked-options';
import { type Optimizer, optimizerOf } from './optimizer';

/** The options of {@link lion}. */
export interface LionOptions {
  /** The size of a step, above 0, which schedules are factors of. */
  readonly learningRate: number;
  /** The share of the running mean in the sign of a step, from 0 to below 1. Default: 0.9. */
  readonly beta1?: number;
  /** How slowly the running mean of gradients forgets, from 0 to below 1. Default: 0.99. */
  readonly beta2?: number;
  /** The pull toward zero, a step of its own. Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Lion, whose steps are all of one size, with a sign for each parameter:
 *
 * w ← w · (1 − learningRate · weightDecay) − learningRate · sign(beta1 · m + (1 − beta1) · g), sign(0) = 0
 *
 * m ← beta2 · m + (1 − beta2) · g
 *
 * Its authors advise a learning rate 3 to 10 times below AdamW's, and a weight decay so many times above. Source:
 * Chen and others, "Symbolic discovery of optimization algorithms", 2023, algorithm 2.
 *
 * @throws OptionError when an option is out of its range
 * @example
 * const [values, gradients] = [Float64Array.of(1, 1), Float64Array.of(0.001, -50)];
 * lion({ learningRate: 0.25 }).prepare(values).update(gradients, 0.25);
 * values; // [ 0.75, 1.25 ]
 */
export function lion(options: LionOptions): Optimizer<Named<'lion', LionOptions>> {
  const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = checkedOptions(lionKind, options);
  return optimizerOf({ kind: 'lion' as const, learningRate, beta1, beta2, weightDecay }, ['mean'], {
    kernel: 'lionUpdate',
    coefficients: ({ learningRate: rate }) => [1 - rate * weightDecay, rate, beta1, 1 - beta1, beta2, 1 - beta2],
  });
}

export const lionKind = {
  ...kind(
    'lion',
    {
      learningRate: positive,
      beta1: optional(belowOne),
      beta2: optional(belowOne),
      weightDecay: optional(nonNegative),
    } satisfies Entries<LionOptions>,
    lion,
  ),
  recommended: (adamRate: number): LionOptions => ({ learningRate: adamRate / 10 }),
};
