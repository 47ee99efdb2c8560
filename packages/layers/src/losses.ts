/**
 * Losses: what a network's output costs against a target. The formulas are in `@longhand/kernels`, in the folders
 * `softmax-cross-entropy`, `binary-cross-entropy` and `mean-squared-error`.
 */
import { type FeaturesGeometry, featuresGeometry } from '@longhand/kernels';
import { builtIn, type Description, type DescriptionOf, fromDescription, kind, type Named } from '@longhand/schema';
import { dtypeOf, type FloatArray, formatShape, OptionError, ShapeError } from '@longhand/tensor';
import { checkLossInput, type LossInput } from './loss-input';
import type { Network, NetworkPass } from './network';

/** What a network's output costs against a target. */
export interface Loss<Described extends Description = Description> {
  /** The loss as plain data: its kind and its options. */
  readonly description: Described;
  /**
   * Whether the loss fits a network, before anything is prepared. Default: it fits any.
   *
   * @throws ShapeError when the output is not a plain vector, OptionError when it is probabilities and the loss expects logits, or
   *   the other way round
   */
  checkNetwork?(network: Network): void;
  /**
   * The loss behind a network's pass.
   *
   * @throws what {@link checkNetwork} throws
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
  /**
   * Writes the gradient at the network's output.
   *
   * @throws OptionError the first time, if all image weights are zero, or an image has no target where the loss needs one
   */
  inputGradient(): void;
}

/** Softmax and cross-entropy in one, from logits and a target distribution: for classifiers. */
export function softmaxCrossEntropy(): Loss<Named<'softmax-cross-entropy', object>> {
  return lossOf('softmax-cross-entropy', 'logits', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
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
  return lossOf('sigmoid-binary-cross-entropy', 'logits', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
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
  return lossOf('binary-cross-entropy', 'probabilities', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => ({
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

function lossOf<Name extends string>(
  kind: Name,
  input: LossInput,
  bind: (arrays: LossArrays) => LossKernels,
): Loss<Named<Name, object>> {
  const featuresOf = (network: Network): number => {
    const [features] = network.outputShape;
    if (network.outputShape.length === 1 && features !== undefined) return features;
    throw new ShapeError(
      `${kind}: expected a network that gives a vector [features], got ${formatShape(network.outputShape)}; end it with flatten() or dense()`,
    );
  };
  const checkNetwork = (network: Network): void => {
    featuresOf(network);
    checkLossInput(kind, input, network);
  };
  return builtIn({
    description: { kind },
    checkNetwork,
    prepare({ network, kernels, capacity, output, dOutput }) {
      checkNetwork(network);
      const dtype = dtypeOf(output);
      const target = kernels.allocate(dtype, output.length);
      const imageWeight = kernels.allocate(dtype, capacity);
      const loss = kernels.allocate(dtype, capacity);
      // Without training the gradient is not read, but the loss itself may still be asked for.
      const dx = dOutput ?? kernels.allocate(dtype, output.length);
      const geometry = featuresGeometry(kind, { batch: capacity, features: featuresOf(network) });
      const bound = bind({ kernels, geometry, x: output, dx, target, imageWeight, loss });
      const check = (): void => checkFilled(kind, { target, imageWeight });
      return { target, imageWeight, loss, ...bound, inputGradient: checkedOnce(check, bound.inputGradient) };
    },
  });
}

/** What a caller has to fill: left at zero, every gradient would be zero, and nothing would be learned. */
function checkFilled(kind: string, { target, imageWeight }: Pick<LossPass, 'target' | 'imageWeight'>): void {
  if (imageWeight.every((weight) => weight === 0)) {
    throw new OptionError(
      `${kind}: expected the weight of each image in imageWeight, got zeros alone; fill it with 1 / the number of images`,
    );
  }
  // Of the other losses zeros are a target like any other.
  if (kind !== 'softmax-cross-entropy') return;
  const capacity = imageWeight.length;
  const without = imageWeight.findIndex(
    (weight, n) => weight !== 0 && target.every((value, at) => at % capacity !== n || value === 0),
  );
  if (without !== -1) {
    throw new OptionError(
      `${kind}: expected a target for each image, got zeros alone for image ${without}; fill target with a 1 at its class`,
    );
  }
}

/** Checks before the first run, and never again. */
function checkedOnce(check: () => void, run: () => void): () => void {
  let next = (): void => {
    check();
    next = run;
    run();
  };
  return () => next();
}

function squaredError<Name extends string>(
  kind: Name,
  factorOf: (features: number) => number,
): Loss<Named<Name, object>> {
  return lossOf(kind, 'any numbers', ({ kernels, geometry, x, dx, target, imageWeight, loss }) => {
    const withFactor = { ...geometry, factor: factorOf(geometry.features) };
    return {
      prediction: x,
      forward: kernels.prepare('meanSquaredError', withFactor, { x, target, loss }),
      inputGradient: kernels.prepare('meanSquaredErrorInputGrad', withFactor, { x, target, imageWeight, dx }),
    };
  });
}
