/**
 * Gradient clipping, PyTorch's `clip_grad_norm_` and `clip_grad_value_`: steps of a bounded size where a loss is steep (Pascanu,
 * Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013).
 *
 *   by norm:   g ← g · min(1, norm / (‖g‖ + 10⁻⁶)),     ‖g‖ = √Σ g² over the gradients of all parameters
 *   by value:  g ← max(−value, min(value, g))
 *
 * By norm the direction stays, by value it changes.
 */
import { clippingGeometry, type Kernels, referenceKernels } from '@longhand/kernels';
import { type Entries, kind, optional, positive } from '@longhand/schema';
import { dtypeOf, type FloatArray, OptionError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';

/** How gradients are clipped, as plain data. */
export type GradientClipping =
  /** The largest Euclidean norm of all gradients together. */
  | { readonly norm: number; readonly value?: never }
  /** The largest magnitude of each gradient. */
  | { readonly value: number; readonly norm?: never };

/**
 * Clipping as plain data, checked: by the norm of all gradients, g ← g · min(1, norm / (‖g‖ + 10⁻⁶)), or of each by
 * its value, g ← max(−value, min(value, g)). Source: Pascanu, Mikolov and Bengio, 2013. PyTorch's `clip_grad_norm_`
 * and `clip_grad_value_`.
 *
 * @throws OptionError unless there is a norm or a value, not both, and it is above 0
 * @example gradientClipping({ norm: 1 }); // { norm: 1 }
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

/**
 * Σ g² over the entries from `from` to before `to`, in float64, in their order. Default: over all.
 *
 * @example sumOfSquares(Float64Array.of(3, 4)); // 25
 */
export function sumOfSquares(gradients: FloatArray, from = 0, to: number = gradients.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += gradients[i] * gradients[i];
  return sum;
}

/** The gradients that clipping is bound to. */
export interface ClippingArrays {
  /** Clipped in place. */
  readonly gradients: FloatArray;
  /** What computes; the gradients have to be of this set. Default: the reference kernels, for any array. */
  readonly kernels?: Kernels;
}

/**
 * Binds clipping by norm to gradients, which may be a part of all.
 *
 * @returns a function of the sum of the squares of all gradients, which scales these and returns the norm of all before
 * @example
 * const gradients = Float64Array.of(3, 4);
 * const clip = prepareClipByNorm(1, { gradients });
 * clip(sumOfSquares(gradients)); // 5 (the norm before; it is 1 now)
 */
export function prepareClipByNorm(
  norm: number,
  { gradients, kernels = referenceKernels }: ClippingArrays,
): (squares: number) => number {
  const factor = kernels.allocate(dtypeOf(gradients), 1);
  const geometry = clippingGeometry('gradient clipping', Math.max(1, gradients.length));
  const scale =
    gradients.length > 0 && kernels.prepare('scaleGradients', geometry, { gradients, factor, scaled: gradients });
  return (squares) => {
    const before = Math.sqrt(squares);
    factor[0] = norm / (before + 1e-6);
    // "Not at least 1" rather than "below 1": NaN is neither.
    if (scale && !(factor[0] >= 1)) scale();
    return before;
  };
}

/**
 * Binds clipping by value to gradients.
 *
 * @param value the largest magnitude that a gradient keeps
 * @returns a function that limits the gradients, in place
 * @example
 * const gradients = Float64Array.of(3, -4);
 * prepareClipByValue(3.5, { gradients })();
 * gradients; // [ 3, -3.5 ]
 */
export function prepareClipByValue(
  value: number,
  { gradients, kernels = referenceKernels }: ClippingArrays,
): () => void {
  if (gradients.length === 0) return () => {};
  const limit = kernels.allocate(dtypeOf(gradients), 1);
  limit[0] = value;
  const geometry = clippingGeometry('gradient clipping', gradients.length);
  return kernels.prepare('limitGradients', geometry, { gradients, limit, limited: gradients });
}

/**
 * Scales the gradients, in place, so that their norm is at most `norm`. A gradient that is NaN or infinite becomes NaN: it is
 * not hidden.
 *
 * @param squares the sum of the squares of the gradients of all parameters, of which these may be a part. Default: of these.
 * @returns the norm before
 * @example
 * const gradients = Float64Array.of(3, 4);
 * clipByNorm(gradients, 1); // 5
 * gradients; // [ 0.59…, 0.79… ]
 */
export function clipByNorm(gradients: FloatArray, norm: number, squares: number = sumOfSquares(gradients)): number {
  return prepareClipByNorm(norm, { gradients })(squares);
}

/**
 * Limits each gradient to the range from −value to value, in place. NaN stays NaN.
 *
 * @example
 * const gradients = Float64Array.of(3, -4);
 * clipByValue(gradients, 0.5);
 * gradients; // [ 0.5, -0.5 ]
 */
export function clipByValue(gradients: FloatArray, value: number): void {
  prepareClipByValue(value, { gradients })();
}
