/**
 * Gradient clipping, PyTorch's `clip_grad_norm_` and `clip_grad_value_`: steps of a bounded size where a loss is steep (Pascanu,
 * Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013).
 *
 *   by norm:   g ← g · min(1, norm / (‖g‖ + 10⁻⁶)),     ‖g‖ = √Σ g² over the gradients of all parameters
 *   by value:  g ← max(−value, min(value, g))
 *
 * By norm the direction stays, by value it changes.
 */
import { type Entries, kind, optional, positive } from '@longhand/schema';
import { type FloatArray, OptionError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';

/** How gradients are clipped, as plain data. */
export type GradientClipping =
  /** The largest Euclidean norm of all gradients together. */
  | { readonly norm: number; readonly value?: never }
  /** The largest magnitude of each gradient. */
  | { readonly value: number; readonly norm?: never };

/**
 * @throws OptionError unless there is a norm or a value, not both, and it is above 0
 * @example gradientClipping({ norm: 1 })
 */
export function gradientClipping(clipping: GradientClipping): GradientClipping {
  const { norm, value } = checkedOptions<{ readonly norm?: number; readonly value?: number }>(clippingKind, clipping);
  if ((norm === undefined) === (value === undefined)) {
    throw new OptionError(
      `gradient clipping: expected a norm or a value, got ${norm === undefined ? 'neither' : 'both; leave one of them out'}`,
    );
  }
  return norm === undefined ? { value: value as number } : { norm };
}

const clippingKind = kind(
  'gradient clipping',
  { norm: optional(positive), value: optional(positive) } satisfies Entries<{ norm?: number; value?: number }>,
  (options) => options,
);

/** Σ g² over the entries from `from` to before `to`, in float64, in their order. Default: over all. */
export function sumOfSquares(gradients: FloatArray, from = 0, to: number = gradients.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += gradients[i] * gradients[i];
  return sum;
}

/**
 * Scales the gradients, in place, so that their norm is at most `norm`. A gradient that is NaN or infinite becomes NaN: it is
 * not hidden.
 *
 * @param squares the sum of the squares of the gradients of all parameters, of which these may be a part. Default: of these.
 * @returns the norm before
 * @example const norm = clipByNorm(gradients, 1); // between backward() and update()
 */
export function clipByNorm(gradients: FloatArray, norm: number, squares: number = sumOfSquares(gradients)): number {
  const before = Math.sqrt(squares);
  const factor = norm / (before + 1e-6);
  // "Not at least 1" rather than "below 1": NaN is neither.
  if (!(factor >= 1)) for (let i = 0; i < gradients.length; i++) gradients[i] *= factor;
  return before;
}

/**
 * Limits each gradient to the range from −value to value, in place. NaN stays NaN.
 *
 * @example clipByValue(gradients, 0.5); // between backward() and update()
 */
export function clipByValue(gradients: FloatArray, value: number): void {
  for (let i = 0; i < gradients.length; i++) {
    const g = gradients[i];
    if (g > value) gradients[i] = value;
    else if (g < -value) gradients[i] = -value;
  }
}
