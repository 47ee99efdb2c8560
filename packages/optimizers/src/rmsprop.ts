/**
 * RMSprop, each step divided by the running size of the gradient: Tieleman and Hinton, lecture 6.5, 2012.
 *
 *   g ← g + weightDecay · w
 *   s ← smoothing · s + (1 − smoothing) · g²
 *   u = g / (√s + epsilon)
 *   w ← w − learningRate · (u   without momentum,   v ← momentum · v + u   with)
 */
import { belowOne, type Entries, kind, type Named, nonNegative, optional, positive } from '@longhand/schema';
import { checkedOptions } from './checked-options';
import { type Optimizer, optimizerOf } from './optimizer';

/** The options of {@link rmsprop}. */
export interface RmspropOptions {
  /** The size of a step, above 0, which schedules are factors of. */
  readonly learningRate: number;
  /** How slowly the running mean of squares forgets, from 0 to below 1; PyTorch's `alpha`. Default: 0.99. */
  readonly smoothing?: number;
  /** Keeps the division away from zero. Default: 10⁻⁸. */
  readonly epsilon?: number;
  /** How much of the last step is kept, from 0 to below 1. Default: 0. */
  readonly momentum?: number;
  /** The pull toward zero that is added to the gradient (L2). Default: 0. */
  readonly weightDecay?: number;
}

/**
 * RMSprop: each gradient divided by the root of the running mean of its squares:
 *
 * g ← g + weightDecay · w, s ← smoothing · s + (1 − smoothing) · g²
 *
 * v ← momentum · v + g / (√s + epsilon), w ← w − learningRate · v
 *
 * Source: Hinton, Srivastava and Swersky, lecture 6e of "Neural networks for machine learning", 2012. The steps are
 * PyTorch's `RMSprop`.
 *
 * @throws OptionError when an option is out of its range
 * @example rmsprop({ learningRate: 0.001 }).description.kind; // 'rmsprop'
 */
export function rmsprop(options: RmspropOptions): Optimizer<Named<'rmsprop', RmspropOptions>> {
  const checked = checkedOptions(rmspropKind, options);
  const { learningRate, smoothing = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = checked;
  return optimizerOf(
    { kind: 'rmsprop' as const, learningRate, smoothing, epsilon, momentum, weightDecay },
    ['meanSquare', 'velocity'],
    {
      kernel: 'rmspropUpdate',
      coefficients: ({ learningRate: rate }) => [weightDecay, smoothing, 1 - smoothing, epsilon, momentum, rate],
    },
  );
}

export const rmspropKind = {
  ...kind(
    'rmsprop',
    {
      learningRate: positive,
      smoothing: optional(belowOne),
      epsilon: optional(positive),
      momentum: optional(belowOne),
      weightDecay: optional(nonNegative),
    } satisfies Entries<RmspropOptions>,
    rmsprop,
  ),
  recommended: (adamRate: number): RmspropOptions => ({ learningRate: adamRate / 10 }),
};
