// Σ max(0, margin + yₖ − y of the true class): the loss of hinge.mjs, with types.
import type { Loss } from '@longhand/layers';
import { allocateFloats, dtypeOf } from '@longhand/tensor';

export function hinge({ margin = 1 }: { readonly margin?: number }): Loss {
  return {
    description: { kind: 'hinge', margin },
    prepare({ network, capacity, output, dOutput }) {
      const [classes] = network.outputShape;
      // In the precision of the network, which the gradient check runs in float64.
      const numbers = (length: number) => allocateFloats(dtypeOf(output), length);
      const [target, imageWeight] = [numbers(output.length), numbers(capacity)];
      const loss = numbers(capacity);

      function violations(n: number, visit: (k: number, excess: number, label: number) => void): void {
        let label = 0;
        for (let k = 1; k < classes; k++) if (target[k * capacity + n] > target[label * capacity + n]) label = k;
        for (let k = 0; k < classes; k++) {
          const excess = margin + output[k * capacity + n] - output[label * capacity + n];
          if (k !== label && excess > 0) visit(k, excess, label);
        }
      }

      return {
        target,
        imageWeight,
        loss,
        prediction: output,
        forward() {
          loss.fill(0);
          for (let n = 0; n < capacity; n++) {
            violations(n, (_k, excess) => {
              loss[n] += excess;
            });
          }
        },
        inputGradient() {
          // Absent in a pass without gradients, where nobody calls this.
          if (dOutput === undefined) return;
          dOutput.fill(0);
          for (let n = 0; n < capacity; n++) {
            violations(n, (k, _excess, label) => {
              dOutput[k * capacity + n] += imageWeight[n];
              dOutput[label * capacity + n] -= imageWeight[n];
            });
          }
        },
      };
    },
  };
}
