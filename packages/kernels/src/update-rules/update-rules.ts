/**
 * One step of the update rules that take each parameter by itself: w is a parameter, g its gradient, m, v and s what the rule keeps
 * from step to step. What differs from step to step, such as the learning rate, comes as `coefficients`, in the order in which they stand
 * behind the name.
 *
 *   sgdUpdate       rate, decay                        w ← w − rate · (g + decay · w)
 *
 *   momentumUpdate  decay, momentum, ofG, ofV          g ← g + decay · w
 *                                                      v ← momentum · v + g
 *                                                      w ← w − (ofG · g + ofV · v)
 *
 *   adamUpdate      kept, decay, beta1, share1,        w ← kept · w
 *                   beta2, share2, size, ofRoot, ε     g ← g + decay · w
 *                                                      m ← beta1 · m + share1 · g
 *                                                      v ← beta2 · v + share2 · g²
 *                                                      w ← w − size · m / (ofRoot · √v + ε)
 *
 *   rmspropUpdate   decay, smoothing, share, ε,        g ← g + decay · w
 *                   momentum, rate                     s ← smoothing · s + share · g²
 *                                                      v ← momentum · v + g / (√s + ε)
 *                                                      w ← w − rate · v
 *
 *   lionUpdate      kept, rate, beta1, share1,         w ← kept · w − rate · sign(beta1 · m + share1 · g),     sign(0) = 0
 *                   beta2, share2                      m ← beta2 · m + share2 · g
 *
 * What the coefficients are, and where the rules come from, is in `@longhand/optimizers`. A kernel may write to the arrays that it
 * reads: `newValues` may be `values` itself.
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Over how many parameters. */
export interface UpdateGeometry {
  /** How many numbers the arrays have. */
  readonly length: number;
}

/**
 * The geometry of an update.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one
 * @example
 * const [values, gradients] = [Float64Array.of(1), Float64Array.of(2)];
 * // The learning rate and the weight decay.
 * const coefficients = Float64Array.of(0.1, 0);
 * const geometry = updateGeometry('sgd', 1);
 * referenceKernels.prepare('sgdUpdate', geometry, { values, gradients, coefficients, newValues: values })();
 * values; // [ 0.8 ]
 */
export function updateGeometry(where: string, length: number): UpdateGeometry {
  checkCounts(where, { length });
  return { length };
}

const length = (g: UpdateGeometry): number => g.length;
const count = (coefficients: number) => (): number => coefficients;

const spec = kernelSpec<UpdateGeometry>();
const reads = { values: length, gradients: length };

export const updateRuleSpecs = {
  sgdUpdate: spec({ ...reads, coefficients: count(2) }, { newValues: length }),
  momentumUpdate: spec(
    { ...reads, velocity: length, coefficients: count(4) },
    { newVelocity: length, newValues: length },
  ),
  adamUpdate: spec(
    { ...reads, mean: length, meanSquare: length, coefficients: count(9) },
    { newMean: length, newMeanSquare: length, newValues: length },
  ),
  rmspropUpdate: spec(
    { ...reads, meanSquare: length, velocity: length, coefficients: count(6) },
    { newMeanSquare: length, newVelocity: length, newValues: length },
  ),
  lionUpdate: spec({ ...reads, mean: length, coefficients: count(6) }, { newMean: length, newValues: length }),
};
