/**
 * Losses: what a network's output costs against a target. The formulas are in `@longhand/kernels`, in the folders
 * `softmax-cross-entropy`, `binary-cross-entropy` and `mean-squared-error`.
 */
import { type FeaturesGeometry, featuresGeometry } from '@longhand/kernels';
import { dtypeOf, type FloatArray, formatShape, OptionError, ShapeError } from '@longhand/tensor';
import type { NetworkPass } from './network-pass';

/** A way to tell how wrong an output is. */
export interface Loss {
  readonly kind: LossKind;
  /**
   * The loss behind a network's pass.
   *
   * @throws ShapeError when the network's output is not a plain vector
   */
  prepare(pass: NetworkPass): LossPass;
}

/** The names of the losses. */
export type LossKind =
  | 'softmax-cross-entropy'
  | 'sigmoid-binary-cross-entropy'
  | 'binary-cross-entropy'
  | 'mean-squared-error'
  | 'half-squared-error';

/** A loss at work on the output of a pass. */
export interface LossPass {
  /** What the output should have been, `[features, capacity]`, for the caller to fill. */
  readonly target: FloatArray;
  /**
   * What each image counts, `[capacity]`, for the caller to fill: one part in the number of images of the batch, which
   * makes gradients means over the batch, and zero for spare lanes.
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
export function softmaxCrossEntropy(): Loss {
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
export function sigmoidBinaryCrossEntropy(): Loss {
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
export function binaryCrossEntropy(): Loss {
  return lossOf('binary-cross-entropy', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => ({
    prediction: x,
    forward: kernels.prepare('binaryCrossEntropy', geometry, { x, target, loss }),
    inputGradient: kernels.prepare('binaryCrossEntropyInputGrad', geometry, { x, target, imageWeight, dx }),
  }));
}

/** The mean over outputs of the squared difference. */
export function meanSquaredError(): Loss {
  return squaredError('mean-squared-error', (features) => 1 / features);
}

/** Half the sum over outputs of the squared difference, whose gradient is the bare difference. */
export function halfSquaredError(): Loss {
  return squaredError('half-squared-error', () => 1 / 2);
}

const losses: Readonly<Record<LossKind, () => Loss>> = {
  'softmax-cross-entropy': softmaxCrossEntropy,
  'sigmoid-binary-cross-entropy': sigmoidBinaryCrossEntropy,
  'binary-cross-entropy': binaryCrossEntropy,
  'mean-squared-error': meanSquaredError,
  'half-squared-error': halfSquaredError,
};

/**
 * The loss of a name.
 *
 * @throws OptionError when there is none
 * @example lossFrom('softmax-cross-entropy')
 */
export function lossFrom(kind: LossKind): Loss {
  if (!Object.hasOwn(losses, kind)) {
    throw new OptionError(`loss: expected one of ${Object.keys(losses).join(', ')}, got ${String(kind)}`);
  }
  return losses[kind]();
}

/** What a loss is made of when it is prepared. */
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

function lossOf(kind: LossKind, bind: (arrays: LossArrays) => LossKernels): Loss {
  return {
    kind,
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
      // Without training nobody reads the gradient, but the loss itself may still be asked for.
      const dx = dOutput ?? kernels.allocate(dtype, output.length);
      const geometry = featuresGeometry(kind, { batch: capacity, features });
      return { target, imageWeight, loss, ...bind({ kernels, geometry, x: output, dx, target, imageWeight, loss }) };
    },
  };
}

function squaredError(kind: LossKind, factorOf: (features: number) => number): Loss {
  return lossOf(kind, ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const withFactor = { ...geometry, factor: factorOf(geometry.features) };
    return {
      prediction: x,
      forward: kernels.prepare('meanSquaredError', withFactor, { x, target, loss }),
      inputGradient: kernels.prepare('meanSquaredErrorInputGrad', withFactor, { x, target, imageWeight, dx }),
    };
  });
}
