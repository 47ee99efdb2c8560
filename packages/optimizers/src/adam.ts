/**
 * Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019), which differ in the place of weight decay.
 *
 *   g ← g + weightDecay · w                          Adam: decay is part of the gradient
 *   w ← w · (1 − learningRate · weightDecay)         AdamW: decay is a step of its own
 *   m ← beta1 · m + (1 − beta1) · g
 *   v ← beta2 · v + (1 − beta2) · g²
 *   w ← w − learningRate · m̂ / (√v̂ + epsilon),       m̂ = m / (1 − beta1ᵗ),  v̂ = v / (1 − beta2ᵗ)
 */
import { pow } from '@longhand/tensor';
import { checkFromZero, checkPositive, type Optimizer, optimizerOf } from './optimizer';

export interface AdamOptions {
  readonly learningRate: number;
  /** How slowly the running mean of gradients forgets, from 0 to below 1; 0.9 unless said. */
  readonly beta1?: number;
  /** How slowly the running mean of squares forgets, from 0 to below 1; 0.999 unless said. */
  readonly beta2?: number;
  /** Keeps the division away from zero; 10⁻⁸ unless said. */
  readonly epsilon?: number;
  /** The pull towards zero; 0 in Adam and 0.01 in AdamW unless said. */
  readonly weightDecay?: number;
}

/**
 * @throws OptionError when an option is out of its range
 * @example adam({ learningRate: 0.001 })
 */
export function adam(options: AdamOptions): Optimizer {
  return adamWith('adam', { weightDecay: 0, ...options });
}

/**
 * @throws OptionError when an option is out of its range
 * @example adamw({ learningRate: 0.01, weightDecay: 0.01 })
 */
export function adamw(options: AdamOptions): Optimizer {
  return adamWith('adamw', { weightDecay: 0.01, ...options });
}

function adamWith(kind: 'adam' | 'adamw', options: AdamOptions & { readonly weightDecay: number }): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay } = options;
  checkPositive(kind, 'learning rate', learningRate);
  checkFromZero(kind, 'beta1', beta1, 1);
  checkFromZero(kind, 'beta2', beta2, 1);
  checkPositive(kind, 'epsilon', epsilon);
  checkFromZero(kind, 'weight decay', weightDecay);
  const decoupled = kind === 'adamw';
  return optimizerOf(
    { kind, learningRate, beta1, beta2, epsilon, weightDecay },
    learningRate,
    ['mean', 'meanSquare'],
    ({ values, gradients, slots: { mean, meanSquare }, learningRate: rate, step }) => {
      // m̂ and √v̂ as factors before the loop: divisions and roots are what a step takes its time for.
      const stepSize = rate / (1 - pow(beta1, step));
      const ofRoot = 1 / Math.sqrt(1 - pow(beta2, step));
      const kept = decoupled ? 1 - rate * weightDecay : 1;
      const added = decoupled ? 0 : weightDecay;
      for (let i = 0; i < values.length; i++) {
        const w = values[i] * kept;
        const g = gradients[i] + added * w;
        const m = beta1 * mean[i] + (1 - beta1) * g;
        const v = beta2 * meanSquare[i] + (1 - beta2) * g * g;
        mean[i] = m;
        meanSquare[i] = v;
        values[i] = w - (stepSize * m) / (ofRoot * Math.sqrt(v) + epsilon);
      }
    },
  );
}
