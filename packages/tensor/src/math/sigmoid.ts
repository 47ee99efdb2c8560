/**
 * The logistic function with the same bits on every engine.
 */
import { exp } from './exp';

/**
 * The logistic function σ(x) = 1 / (1 + e⁻ˣ), in the form whose exponential never overflows.
 *
 * @example sigmoid(0); // 0.5
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
