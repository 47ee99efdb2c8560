/**
 * RMSprop, each step divided by the running size of the gradient: Tieleman and Hinton, lecture 6.5, 2012.
 *
 *   g ← g + weightDecay · w
 *   s ← smoothing · s + (1 − smoothing) · g²
 *   u = g / (√s + epsilon)
 *   w ← w − learningRate · (u   without momentum,   v ← momentum · v + u   with)
 */
import { checkFromZero, checkPositive, type Optimizer, optimizerOf } from './optimizer';

export interface RmspropOptions {
  readonly learningRate: number;
  /** How slowly the running mean of squares forgets, from 0 to below 1; 0.99 unless said. */
  readonly smoothing?: number;
  /** Keeps the division away from zero; 10⁻⁸ unless said. */
  readonly epsilon?: number;
  /** How much of the last step is kept, from 0 to below 1; 0 unless said. */
  readonly momentum?: number;
  /** The pull towards zero that is added to the gradient; 0 unless said. */
  readonly weightDecay?: number;
}

/**
 * @throws OptionError when an option is out of its range
 * @example rmsprop({ learningRate: 0.001 })
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { learningRate, smoothing = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = options;
  checkPositive('rmsprop', 'learning rate', learningRate);
  checkFromZero('rmsprop', 'smoothing', smoothing, 1);
  checkPositive('rmsprop', 'epsilon', epsilon);
  checkFromZero('rmsprop', 'momentum', momentum, 1);
  checkFromZero('rmsprop', 'weight decay', weightDecay);
  return optimizerOf(
    { kind: 'rmsprop', learningRate, smoothing, epsilon, momentum, weightDecay },
    learningRate,
    ['meanSquare', 'velocity'],
    ({ values, gradients, slots: { meanSquare, velocity }, learningRate: rate }) => {
      for (let i = 0; i < values.length; i++) {
        const w = values[i];
        const g = gradients[i] + weightDecay * w;
        const s = smoothing * meanSquare[i] + (1 - smoothing) * g * g;
        const v = momentum * velocity[i] + g / (Math.sqrt(s) + epsilon);
        meanSquare[i] = s;
        velocity[i] = v;
        values[i] = w - rate * v;
      }
    },
  );
}
