/**
 * Activations by the engine's own mathematics: a module runs in other programs, whose answers need five digits and not the same bits.
 * The formulas are in `@longhand/kernels`, `activation/activation.ts`.
 */
import type { ActivationName } from '@longhand/kernels';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Φ(x), by Abramowitz and Stegun 7.1.26: within 1e-7. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x * Math.SQRT1_2));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * series * Math.exp(-0.5 * x * x);
  return x < 0 ? tail : 1 - tail;
}

const clamp = (x: number): number => Math.min(Math.max(x, 0), 6);

export const functions: Readonly<Record<ActivationName, (x: number, slope: number) => number>> = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x, slope) => (x > 0 ? x : slope * x),
  relu6: clamp,
  sigmoid,
  tanh: Math.tanh,
  silu: (x) => x * sigmoid(x),
  hardSwish: (x) => (x * clamp(x + 3)) / 6,
  gelu: (x) => x * normalCdf(x),
  geluTanh: (x) => x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x)),
};

/** Probabilities of logits. */
export function softmax(logits: Float64Array): Float64Array {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
