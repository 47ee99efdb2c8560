/**
 * Losses: what a network's output costs against a target. The formulas are in `@longhand/kernels`, in the folders
 * `softmax-cross-entropy`, `binary-cross-entropy` and `mean-squared-error`.
 */
import { type FeaturesGeometry, featuresGeometry } from '@longhand/kernels';
import { builtIn, type Description, type DescriptionOf, fromDescription, kind, type Named } from '@longhand/schema';
import { dtypeOf, type FloatArray, formatShape, OptionError, ShapeError } from '@longhand/tensor';
import type { NetworkPass } from './network';

/** What a network's output costs against a target. */
export interface Loss<Described extends Description = Description> {
  /** The loss as plain data: its kind and its options. */
  readonly description: Described;
  /**
   * The loss behind a network's pass.
   *
   * @throws ShapeError when the network's output is not a plain vector
   */
  prepare(pass: NetworkPass): LossPass;
}

/** A loss prepared for the output of a pass. */
export interface LossPass {
  /** What the output should have been, `[features, capacity]`, for the caller to fill. */
  readonly target: FloatArray;
  /**
   * The weight of each image, `[capacity]`, for the caller to fill: 1 over the number of images in the batch, which makes
   * gradients means over the batch, and zero for spare lanes.
   */
  readonly imageWeight: FloatArray;
  /** Every image's loss, unweighted, `[capacity]`. */
  readonly loss: FloatArray;
  /** The output as the loss understands it, `[features, capacity]`: probabilities, where it makes them from logits. */
  readonly prediction: FloatArray;
  /** Writes the losses and the prediction. */
  forward(): void;
  /** Writes the gradient at the network's output. */
  inputGradient(): void;
}

/** Softmax and cross-entropy in one, from logits and a target distribution: for classifiers. */
export function softmaxCrossEntropy(): Loss<Named<'softmax-cross-entropy', object>> {
  return lossOf('softmax-cross-entropy', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const y = kernels.allocate(dtypeOf(x), x.length);
    return {
      prediction: y,
      forward: kernels.prepare('softmaxCrossEntropy', geometry, { x, target, y, loss }),
      inputGradient: kernels.prepare('softmaxCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx }),
    };
  });
}

/** Sigmoid and binary cross-entropy in one, from logits: for yes-or-no outputs. The mean over outputs. */
export function sigmoidBinaryCrossEntropy(): Loss<Named<'sigmoid-binary-cross-entropy', object>> {
  return lossOf('sigmoid-binary-cross-entropy', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const y = kernels.allocate(dtypeOf(x), x.length);
    return {
      prediction: y,
      forward: kernels.prepare('sigmoidBinaryCrossEntropy', geometry, { x, target, y, loss }),
      inputGradient: kernels.prepare('sigmoidBinaryCrossEntropyInputGrad', geometry, { y, target, imageWeight, dx }),
    };
  });
}

/** Binary cross-entropy from probabilities, as textbooks have it; from logits it is stabler. The mean over outputs. */
export function binaryCrossEntropy(): Loss<Named<'binary-cross-entropy', object>> {
  return lossOf('binary-cross-entropy', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => ({
    prediction: x,
    forward: kernels.prepare('binaryCrossEntropy', geometry, { x, target, loss }),
    inputGradient: kernels.prepare('binaryCrossEntropyInputGrad', geometry, { x, target, imageWeight, dx }),
  }));
}

/** The mean over outputs of the squared difference. */
export function meanSquaredError(): Loss<Named<'mean-squared-error', object>> {
  return squaredError('mean-squared-error', (features) => 1 / features);
}

/** Half the sum over outputs of the squared difference, whose gradient is the bare difference. */
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
} as const;

/** A loss as plain data: the discriminated union of all kinds. */
export type LossDescription = DescriptionOf<typeof lossKinds>;

/**
 * The loss of a description, which may come from anywhere.
 *
 * @throws OptionError when there is no such kind, or it has an option that the kind does not know
 * @example lossFrom({ kind: 'softmax-cross-entropy' })
 */
export function lossFrom(description: LossDescription | Description): Loss {
  const error = (message: string): OptionError => new OptionError(message);
  return fromDescription<Loss>(lossKinds, description, { where: 'loss', error });
}

/** The arrays of a loss pass. */
interface LossArrays {
  readonly kernels: NetworkPass['kernels'];
  readonly geometry: FeaturesGeometry;
  readonly x: FloatArray;
  readonly dx: FloatArray;
  readonly target: FloatArray;
  readonly imageWeight: FloatArray;
  readonly loss: FloatArray;
}

type LossKernels = Pick<LossPass, 'prediction' | 'forward' | 'inputGradient'>;

function lossOf<Name extends string>(kind: Name, bind: (arrays: LossArrays) => LossKernels): Loss<Named<Name, object>> {
  return builtIn({
    description: { kind },
    prepare({ network, kernels, capacity, output, dOutput }) {
      const [features] = network.outputShape;
      if (network.outputShape.length !== 1 || features === undefined) {
        throw new ShapeError(
          `${kind}: expected a network that gives a vector [features], got ${formatShape(network.outputShape)}; end it with flatten() or dense()`,
        );
      }
      const dtype = dtypeOf(output);
      const target = kernels.allocate(dtype, output.length);
      const imageWeight = kernels.allocate(dtype, capacity);
      const loss = kernels.allocate(dtype, capacity);
      // Without training the gradient is not read, but the loss itself may still be asked for.
      const dx = dOutput ?? kernels.allocate(dtype, output.length);
      const geometry = featuresGeometry(kind, { batch: capacity, features });
      return { target, imageWeight, loss, ...bind({ kernels, geometry, x: output, dx, target, imageWeight, loss }) };
    },
  });
}

function squaredError<Name extends string>(
  kind: Name,
  factorOf: (features: number) => number,
): Loss<Named<Name, object>> {
  return lossOf(kind, ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const withFactor = { ...geometry, factor: factorOf(geometry.features) };
    return {
      prediction: x,
      forward: kernels.prepare('meanSquaredError', withFactor, { x, target, loss }),
      inputGradient: kernels.prepare('meanSquaredErrorInputGrad', withFactor, { x, target, imageWeight, dx }),
    };
  });
}
