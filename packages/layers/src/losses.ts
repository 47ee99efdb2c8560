/**
 * Losses: what a network's output costs against a target. The formulas are in `@longhand/kernels`, in the folders
 * `softmax-cross-entropy`, `binary-cross-entropy` and `mean-squared-error`.
 */
import { type Description, type DescriptionOf, fromDescription, kind, type Named } from '@longhand/schema';
import { dtypeOf, OptionError } from '@longhand/tensor';
import { distillationKind } from './distillation';
import { type Loss, lossOf } from './loss';

/**
 * Softmax and cross-entropy in one, from logits x and a target distribution t: for classifiers. With p = softmax(x)
 * the loss of an image is −Σ tᵢ · log pᵢ, and dx = p − t, times the image's weight. PyTorch's `CrossEntropyLoss`;
 * the formulas are in `@longhand/kernels`, `softmax-cross-entropy`.
 *
 * @example
 * import { referenceKernels } from '@longhand/kernels';
 * const network = sequential({ input: [2], layers: { same: identity() } });
 * const pass = network.prepare({ kernels: referenceKernels, parameters: network.zeros(), capacity: 1 });
 * const loss = softmaxCrossEntropy().prepare(pass);
 * loss.target.set([1, 0]);
 * pass.forward();
 * loss.forward();
 * loss.loss; // [ 0.693… ] (ln 2: two classes, equally probable)
 */
export function softmaxCrossEntropy(): Loss<Named<'softmax-cross-entropy', object>> {
  return lossOf(
    { kind: 'softmax-cross-entropy' },
    'logits',
    ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
      const y = kernels.allocate(dtypeOf(x), x.length);
      return {
        prediction: y,
        forward: kernels.prepare('softmaxCrossEntropy', geometry, { x, target, y, loss }),
        inputGradient: kernels.prepare('softmaxCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx }),
      };
    },
  );
}

/**
 * Sigmoid and binary cross-entropy in one, from logits x: for yes-or-no outputs. With p = σ(x) and targets t from 0
 * to 1 the loss of an image is the mean over its outputs of −t · log p − (1 − t) · log(1 − p), and dx = (p − t) /
 * outputs, times the image's weight. PyTorch's `BCEWithLogitsLoss`.
 *
 * @example sigmoidBinaryCrossEntropy().description; // { kind: 'sigmoid-binary-cross-entropy' }
 */
export function sigmoidBinaryCrossEntropy(): Loss<Named<'sigmoid-binary-cross-entropy', object>> {
  return lossOf(
    { kind: 'sigmoid-binary-cross-entropy' },
    'logits',
    ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
      const y = kernels.allocate(dtypeOf(x), x.length);
      return {
        prediction: y,
        forward: kernels.prepare('sigmoidBinaryCrossEntropy', geometry, { x, target, y, loss }),
        inputGradient: kernels.prepare('sigmoidBinaryCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx }),
      };
    },
  );
}

/**
 * Binary cross-entropy from probabilities p, as textbooks have it: the mean over outputs of −t · log p − (1 − t) ·
 * log(1 − p). The network ends with {@link sigmoid}; from logits, {@link sigmoidBinaryCrossEntropy} is stabler.
 * PyTorch's `BCELoss`.
 *
 * @example binaryCrossEntropy().description; // { kind: 'binary-cross-entropy' }
 */
export function binaryCrossEntropy(): Loss<Named<'binary-cross-entropy', object>> {
  return lossOf(
    { kind: 'binary-cross-entropy' },
    'probabilities',
    ({ kernels, geometry, x, dx, target, imageWeight, loss }) => ({
      prediction: x,
      forward: kernels.prepare('binaryCrossEntropy', geometry, { x, target, loss }),
      inputGradient: kernels.prepare('binaryCrossEntropyInputGrad', geometry, { x, target, imageWeight, dx }),
    }),
  );
}

/**
 * The mean over outputs of the squared difference, Σ (y − t)² / outputs, with dy = 2 · (y − t) / outputs, times the
 * image's weight. PyTorch's `MSELoss`.
 *
 * @example meanSquaredError().description; // { kind: 'mean-squared-error' }
 */
export function meanSquaredError(): Loss<Named<'mean-squared-error', object>> {
  return squaredError('mean-squared-error', (features) => 1 / features);
}

/**
 * Half the sum over outputs of the squared difference, ½ Σ (y − t)², whose gradient is the bare difference y − t,
 * times the image's weight.
 *
 * @example halfSquaredError().description; // { kind: 'half-squared-error' }
 */
export function halfSquaredError(): Loss<Named<'half-squared-error', object>> {
  return squaredError('half-squared-error', () => 1 / 2);
}

/** Every kind of loss, by name: the registry that files, worker threads and commands follow. */
export const lossKinds = {
  'softmax-cross-entropy': kind('softmax-cross-entropy', {}, softmaxCrossEntropy),
  'sigmoid-binary-cross-entropy': kind('sigmoid-binary-cross-entropy', {}, sigmoidBinaryCrossEntropy),
  'binary-cross-entropy': kind('binary-cross-entropy', {}, binaryCrossEntropy),
  'mean-squared-error': kind('mean-squared-error', {}, meanSquaredError),
  'half-squared-error': kind('half-squared-error', {}, halfSquaredError),
  distillation: distillationKind,
} as const;

/** A loss as plain data: the discriminated union of all kinds. */
export type LossDescription = DescriptionOf<typeof lossKinds>;

/**
 * The loss of a description, which may come from anywhere.
 *
 * @throws OptionError when there is no such kind, or it has an option that the kind does not know
 * @example lossFrom({ kind: 'mean-squared-error' }).description.kind; // 'mean-squared-error'
 */
export function lossFrom(description: LossDescription | Description): Loss {
  const error = (message: string): OptionError => new OptionError(message);
  return fromDescription<Loss>(lossKinds, description, { where: 'loss', error });
}

function squaredError<Name extends string>(
  kind: Name,
  factorOf: (features: number) => number,
): Loss<Named<Name, object>> {
  return lossOf({ kind }, 'any numbers', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const withFactor = { ...geometry, factor: factorOf(geometry.features) };
    return {
      prediction: x,
      forward: kernels.prepare('meanSquaredError', withFactor, { x, target, loss }),
      inputGradient: kernels.prepare('meanSquaredErrorInputGrad', withFactor, { x, target, imageWeight, dx }),
    };
  });
}
