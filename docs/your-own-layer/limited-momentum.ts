// v ← momentum · v + g; w ← w − learningRate · v · min(1, longest / ‖v‖): the optimizer of limited-momentum.mjs, with types.
import type { Optimizer } from '@longhand/optimizers';
import { allocateFloats, dtypeOf } from '@longhand/tensor';

export interface LimitedMomentumOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly longest?: number;
}

export function limitedMomentum({ learningRate, momentum = 0.9, longest = 1 }: LimitedMomentumOptions): Optimizer {
  return {
    description: { kind: 'limited-momentum', learningRate, momentum, longest },
    learningRate,
    slotNames: ['velocity'],
    prepare(values, slots = { velocity: allocateFloats(dtypeOf(values), values.length) }) {
      const { velocity } = slots;
      return {
        stepCount: 0,
        slots,
        update(gradients, rate = learningRate) {
          let squares = 0;
          for (let i = 0; i < values.length; i++) {
            velocity[i] = momentum * velocity[i] + gradients[i];
            squares += velocity[i] * velocity[i];
          }
          const step = rate * Math.min(1, longest / Math.sqrt(squares || 1));
          for (let i = 0; i < values.length; i++) values[i] -= step * velocity[i];
        },
      };
    },
  };
}
