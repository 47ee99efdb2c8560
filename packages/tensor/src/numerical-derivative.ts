/**
 * Numerical derivatives by central differences: every analytic gradient of the project is compared with them.
 */

/** The result of {@link numericalDerivative}. */
export interface NumericalDerivative {
  /** The derivative, by the five-point central difference. */
  readonly value: number;
  /**
   * The difference between the central differences with the whole and with half the step. For a smooth objective this
   * is tiny; where a kink (ReLU at zero, a tie of a maximum) lies within the step it is as large as the derivative.
   * A kink at the very point is not seen: both then give the mean of its two one-sided derivatives.
   */
  readonly disagreement: number;
}

/**
 * The derivative of `objective` with respect to `values[index]`, which is moved and put back.
 *
 * With D(h) = (f(x + h) − f(x − h)) / 2h the five-point rule is (4·D(h/2) − D(h)) / 3; its error is of order h⁴,
 * so that for an objective near 1, with h near 10⁻³, both truncation and rounding in float64 stay near 10⁻¹².
 *
 * @param objective computes the scalar from `values` as they are
 * @param step the distance h. Default: 10⁻³.
 * @throws RangeError when `values` has no such index
 * @example
 * const values = new Float64Array([3]);
 * Math.round(numericalDerivative(() => values[0] * values[0], values, 0).value * 1e9) / 1e9; // 6
 */
export function numericalDerivative(
  objective: () => number,
  values: Float64Array,
  index: number,
  step = 1e-3,
): NumericalDerivative {
  const start = values[index];
  if (start === undefined) {
    throw new RangeError(`numericalDerivative: expected an index from 0 to ${values.length - 1}, got ${index}`);
  }
  const centralDifference = (h: number): number => {
    // Divided by the distance that rounding left, not by 2h.
    const above = start + h;
    const below = start - h;
    values[index] = above;
    let rise = objective();
    values[index] = below;
    rise -= objective();
    values[index] = start;
    return rise / (above - below);
  };
  const whole = centralDifference(step);
  const half = centralDifference(step / 2);
  return { value: (4 * half - whole) / 3, disagreement: Math.abs(whole - half) };
}
