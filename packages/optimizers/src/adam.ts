/**
 * Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019), which differ in weight decay.
 *
 *   g ← g + weightDecay · w                          Adam: decay is part of the gradient
 *   w ← w · (1 − learningRate · weightDecay)         AdamW: decay is a step of its own
 *   m ← beta1 · m + (1 − beta1) · g
 *   v ← beta2 · v + (1 − beta2) · g²
 *   w ← w − learningRate · m̂ / (√v̂ + epsilon),       m̂ = m / (1 − beta1ᵗ),  v̂ = v / (1 − beta2ᵗ)
 */
import { belowOne, type Entries, kind, type Named, nonNegative, optional, positive } from '@longhand/schema';
import { pow } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { type Optimizer, optimizerOf } from './optimizer';
import type { UpdateRule } from './update-step';

/** The options of {@link adam} and {@link adamw}. */
export interface AdamOptions {
  /** The size of a step, above 0, which schedules are factors of. */
  readonly learningRate: number;
  /** How slowly the running mean of gradients forgets, from 0 to below 1. Default: 0.9. */
  readonly beta1?: number;
  /** How slowly the running mean of squares forgets, from 0 to below 1. Default: 0.999. */
  readonly beta2?: number;
  /** Keeps the division away from zero. Default: 10⁻⁸. */
  readonly epsilon?: number;
  /** The pull toward zero. Default: 0 in Adam, 0.01 in AdamW. */
  readonly weightDecay?: number;
}

/**
 * Adam: each parameter moves by the running mean of its gradients, over the root of that of their squares. Weight
 * decay is part of the gradient. After step t:
 *
 * g ← g + weightDecay · w
 *
 * m ← beta1 · m + (1 − beta1) · g, v ← beta2 · v + (1 − beta2) · g²
 *
 * w ← w − learningRate · m̂ / (√v̂ + epsilon), m̂ = m / (1 − beta1ᵗ), v̂ = v / (1 − beta2ᵗ)
 *
 * Source: Kingma and Ba, 2015. The steps are PyTorch's `Adam`.
 *
 * @throws OptionError when an option is out of its range
 * @example adam({ learningRate: 0.001 }).description; // { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }
 */
export function adam(options: AdamOptions): Optimizer<Named<'adam', AdamOptions>> {
  return adamWith('adam', { weightDecay: 0, ...checkedOptions(adamKind, options) });
}

/**
 * Adam whose weight decay is a step of its own, w ← w · (1 − learningRate · weightDecay), before that of {@link
 * adam}, which goes without. It is 0.01 unless given. Source: Loshchilov and Hutter, 2019. The steps are PyTorch's
 * `AdamW`.
 *
 * @throws OptionError when an option is out of its range
 * @example
 * const [values, gradients] = [Float64Array.of(1), Float64Array.of(2)];
 * adamw({ learningRate: 0.1, weightDecay: 0 }).prepare(values).update(gradients, 0.1);
 * values; // [ 0.9… ] (the first step is as large as the learning rate)
 */
export function adamw(options: AdamOptions): Optimizer<Named<'adamw', AdamOptions>> {
  return adamWith('adamw', { weightDecay: 0.01, ...checkedOptions(adamwKind, options) });
}

function adamWith<Name extends 'adam' | 'adamw'>(
  kind: Name,
  options: AdamOptions & { readonly weightDecay: number },
): Optimizer<Named<Name, AdamOptions>> {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay } = options;
  return optimizerOf(
    { kind, learningRate, beta1, beta2, epsilon, weightDecay },
    ['mean', 'meanSquare'],
    adamRule({ beta1, beta2, epsilon, weightDecay, decoupled: kind === 'adamw' }),
  );
}

interface AdamRuleOptions extends Required<Omit<AdamOptions, 'learningRate'>> {
  /** Whether decay is a step of its own. */
  readonly decoupled: boolean;
}

/** One update of both rules. */
export function adamRule(options: AdamRuleOptions): UpdateRule {
  const { beta1, beta2, epsilon, weightDecay, decoupled } = options;
  return {
    kernel: 'adamUpdate',
    coefficients({ learningRate: rate, step }) {
      const [kept, decay] = decoupled ? [1 - rate * weightDecay, 0] : [1, weightDecay];
      // m̂ and √v̂ as factors of m and √v.
      const size = rate / (1 - pow(beta1, step));
      const ofRoot = 1 / Math.sqrt(1 - pow(beta2, step));
      return [kept, decay, beta1, 1 - beta1, beta2, 1 - beta2, size, ofRoot, epsilon];
    },
  };
}

const entries = {
  learningRate: positive,
  beta1: optional(belowOne),
  beta2: optional(belowOne),
  epsilon: optional(positive),
  weightDecay: optional(nonNegative),
} satisfies Entries<AdamOptions>;

const recommended = (adamRate: number): AdamOptions => ({ learningRate: adamRate });

export const adamKind = { ...kind('adam', entries, adam), recommended };

export const adamwKind = { ...kind('adamw', entries, adamw), recommended };
