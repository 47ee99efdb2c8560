/** The formulas of `update-rules.ts`, one parameter after another. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { updateRuleSpecs } from './update-rules';
import { adamUpdate, lionUpdate, momentumUpdate, rmspropUpdate, sgdUpdate } from './update-rules.simd';

export { updateRuleSpecs as specs };

export const reference: KernelsOf<typeof updateRuleSpecs> = {
  sgdUpdate({ length }, { values, gradients, coefficients, newValues }) {
    const [rate, decay] = coefficients;
    for (let i = 0; i < length; i++) newValues[i] = values[i] - rate * (gradients[i] + decay * values[i]);
  },

  momentumUpdate({ length }, { values, gradients, velocity, coefficients, newVelocity, newValues }) {
    const [decay, momentum, ofG, ofV] = coefficients;
    for (let i = 0; i < length; i++) {
      const w = values[i];
      const g = gradients[i] + decay * w;
      const v = momentum * velocity[i] + g;
      newVelocity[i] = v;
      newValues[i] = w - (ofG * g + ofV * v);
    }
  },

  adamUpdate({ length }, { values, gradients, mean, meanSquare, coefficients, newMean, newMeanSquare, newValues }) {
    const [kept, decay, beta1, share1, beta2, share2, size, ofRoot, epsilon] = coefficients;
    for (let i = 0; i < length; i++) {
      const w = kept * values[i];
      const g = gradients[i] + decay * w;
      const m = beta1 * mean[i] + share1 * g;
      const v = beta2 * meanSquare[i] + share2 * g * g;
      newMean[i] = m;
      newMeanSquare[i] = v;
      newValues[i] = w - (size * m) / (ofRoot * Math.sqrt(v) + epsilon);
    }
  },

  rmspropUpdate(g, { values, gradients, meanSquare, velocity, coefficients, newMeanSquare, newVelocity, newValues }) {
    const [decay, smoothing, share, epsilon, momentum, rate] = coefficients;
    for (let i = 0; i < g.length; i++) {
      const w = values[i];
      const gradient = gradients[i] + decay * w;
      const s = smoothing * meanSquare[i] + share * gradient * gradient;
      const v = momentum * velocity[i] + gradient / (Math.sqrt(s) + epsilon);
      newMeanSquare[i] = s;
      newVelocity[i] = v;
      newValues[i] = w - rate * v;
    }
  },

  lionUpdate({ length }, { values, gradients, mean, coefficients, newMean, newValues }) {
    const [kept, rate, beta1, share1, beta2, share2] = coefficients;
    for (let i = 0; i < length; i++) {
      const g = gradients[i];
      const m = mean[i];
      newValues[i] = kept * values[i] - rate * Math.sign(beta1 * m + share1 * g);
      newMean[i] = beta2 * m + share2 * g;
    }
  },
};

export const simd: SimdBindingsOf<typeof updateRuleSpecs> = {
  sgdUpdate,
  momentumUpdate,
  adamUpdate,
  rmspropUpdate,
  lionUpdate,
};
