/**
 * Distillation: a network learns from labels and from what a larger one, its teacher, makes of the same images (Hinton, Vinyals
 * and Dean, "Distilling the knowledge in a neural network", 2015). With the logits x, the target t of the labels, the teacher's
 * probabilities q at a temperature T, and p(T) = softmax(x / T),
 *
 *   loss[n] = (1 − w) · Σ_k −t[k, n] log p(1)[k, n]  +  w · T² · Σ_k q[k, n] · (log q[k, n] − log p(T)[k, n])
 *   dx      = (1 − w) · (p(1) − t) + w · T · (p(T) − q)     for each image, by its weight
 *
 * A high temperature shows which wrong classes an image is like. The factor T² makes the second gradient about as large at every
 * temperature. Both terms are softmax cross-entropies: the second one of x / T, less the entropy of q.
 */
import { type Entries, kind, type Named, number, optional } from '@longhand/schema';
import { dtypeOf, type FloatArray, log, OptionError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { type Loss, lossOf } from './loss';

/** The options of {@link distillation}. */
export interface DistillationOptions {
  /** What logits are divided by before the softmax, above 0. Default: 4. */
  readonly temperature?: number;
  /** The teacher's part of the loss, from 0 to 1; the rest is that of the labels. Default: 0.5. */
  readonly weight?: number;
}

/** The options where nothing else is said. */
export const distillationDefaults = { temperature: 4, weight: 0.5 } as const;

/**
 * The loss of distillation, from logits. The caller fills `teacher` with the teacher's probabilities at the same temperature: the
 * softmax of its logits over the temperature. `fit` does so with the option `teacher`.
 *
 * @throws OptionError when the temperature or the weight is out of range
 * @example
 * import { referenceKernels } from '@longhand/kernels';
 * const network = sequential({ input: [2], layers: { same: identity() } });
 * const pass = network.prepare({ kernels: referenceKernels, parameters: network.zeros(), capacity: 1 });
 * const loss = distillation({ temperature: 4, weight: 0.9 }).prepare(pass);
 * loss.teacher?.set([0.75, 0.25]);
 * loss.teacher?.length; // 2
 */
export function distillation(options: DistillationOptions = {}): Loss<Named<'distillation', DistillationOptions>> {
  const given = checkedOptions<DistillationOptions>(distillationKind, options);
  const { temperature, weight } = { ...distillationDefaults, ...given };
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`distillation: expected a number above 0 as temperature, got ${temperature}`);
  }
  if (!(weight >= 0 && weight <= 1)) {
    throw new OptionError(`distillation: expected a number from 0 to 1 as weight, got ${weight}`);
  }
  const hardPart = 1 - weight;
  const softPart = weight * temperature * temperature;
  // The derivative of x / T is 1 / T.
  const softGradientPart = weight * temperature;
  return lossOf(
    { kind: 'distillation', ...given },
    'logits',
    ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
      const dtype = dtypeOf(x);
      const like = ({ length }: FloatArray): FloatArray => kernels.allocate(dtype, length);
      const [teacher, softened, y, softY, softDx, softLoss] = [x, x, x, x, x, loss].map(like);
      const hardForward = kernels.prepare('softmaxCrossEntropy', geometry, { x, target, y, loss });
      const soft = { x: softened, target: teacher, y: softY, loss: softLoss };
      const softForward = kernels.prepare('softmaxCrossEntropy', geometry, soft);
      const hardGradient = kernels.prepare('softmaxCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx });
      const softGradientArrays = { y: softY, target: teacher, imageWeight, dx: softDx };
      const softGradient = kernels.prepare('softmaxCrossEntropyInputGrad', geometry, softGradientArrays);
      return {
        teacher,
        prediction: y,
        forward() {
          hardForward();
          for (let at = 0; at < x.length; at++) softened[at] = x[at] / temperature;
          softForward();
          for (let n = 0; n < loss.length; n++) {
            loss[n] = hardPart * loss[n] + softPart * (softLoss[n] - entropyOf(teacher, n, loss.length));
          }
        },
        inputGradient() {
          hardGradient();
          softGradient();
          for (let at = 0; at < dx.length; at++) dx[at] = hardPart * dx[at] + softGradientPart * softDx[at];
        },
      };
    },
  );
}

/** −Σ_k q[k, n] log q[k, n], of the probabilities of image `n` in `[features, capacity]`. */
function entropyOf(q: FloatArray, n: number, capacity: number): number {
  let entropy = 0;
  for (let at = n; at < q.length; at += capacity) {
    // q log q is 0 in the limit.
    if (q[at] > 0) entropy -= q[at] * log(q[at]);
  }
  return entropy;
}

export const distillationKind = kind(
  'distillation',
  { temperature: optional(number), weight: optional(number) } satisfies Entries<DistillationOptions>,
  distillation,
);
