/** The numerical gradient beside one that was derived. */
import { numericalDerivative } from '@longhand/tensor';
import type { ComputedStep } from './derivation';

/** A central difference, or the one-sided ones of a kink. */
export type Difference = Pick<ComputedStep, 'centralDifference' | 'oneSided'>;

/**
 * The numerical gradient of the loss: a central difference. Of several step sizes, the one is taken whose difference agrees best
 * with that of half the size: a large one is the most exact where the loss is smooth, a small one keeps clear of the kinks of
 * ReLU and maxima. At a kink itself there are two one-sided differences.
 */
export function numericalGradient(loss: () => number, values: Float64Array, index: number): Difference {
  const start = values[index];
  const lossAt = (value: number): number => {
    values[index] = value;
    return loss();
  };
  const h = 1e-6;
  const [below, here, above] = [lossAt(start - h), lossAt(start), lossAt(start + h)];
  const [left, right] = [(here - below) / h, (above - here) / h];
  values[index] = start;
  // The one-sided differences of a smooth loss differ by a few millionths.
  if (Math.abs(left - right) > 1e-4 * Math.max(Math.abs(left), Math.abs(right), 1e-3))
    return { oneSided: { left, right } };
  const tried = [1e-3, 1e-4, 1e-5, 1e-6].map((step) => numericalDerivative(loss, values, index, step));
  return {
    centralDifference: tried.reduce((best, next) => (next.disagreement < best.disagreement ? next : best)).value,
  };
}
