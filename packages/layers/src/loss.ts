/** The interface of a loss, and what all built-in ones have in common. */
import { type FeaturesGeometry, featuresGeometry } from '@longhand/kernels';
import { builtIn, type Description } from '@longhand/schema';
import { dtypeOf, type FloatArray, formatShape, OptionError, ShapeError } from '@longhand/tensor';
import { checkLossInput, type LossInput } from './loss-input';
import type { Network, NetworkPass } from './network';
import { isAlone, type PassContext } from './pass-context';

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
  /** What teachers say of the images, `[features, capacity]`, for the caller to fill: only of a loss that learns from them. */
  readonly teacher?: FloatArray;
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

/** The arrays of a loss pass. */
export interface LossArrays {
  readonly kernels: NetworkPass['kernels'];
  readonly geometry: FeaturesGeometry;
  readonly x: FloatArray;
  readonly dx: FloatArray;
  readonly target: FloatArray;
  readonly imageWeight: FloatArray;
  readonly loss: FloatArray;
}

/** What a loss makes of them. */
type LossKernels = Pick<LossPass, 'teacher' | 'prediction' | 'forward' | 'inputGradient'>;

/**
 * A built-in loss.
 *
 * @param input what the network has to give
 * @param bind prepares its kernels on the arrays of a pass
 */
export function lossOf<Described extends Description>(
  description: Described,
  input: LossInput,
  bind: (arrays: LossArrays) => LossKernels,
): Loss<Described> {
  const { kind } = description;
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
    description,
    checkNetwork,
    prepare(pass) {
      const { network, kernels, capacity, output, dOutput } = pass;
      checkNetwork(network);
      const dtype = dtypeOf(output);
      const target = kernels.allocate(dtype, output.length);
      const imageWeight = kernels.allocate(dtype, capacity);
      const loss = kernels.allocate(dtype, capacity);
      // Without training the gradient is not read, but the loss itself may still be asked for.
      const dx = dOutput ?? kernels.allocate(dtype, output.length);
      const geometry = featuresGeometry(kind, { batch: capacity, features: featuresOf(network) });
      const bound = bind({ kernels, geometry, x: output, dx, target, imageWeight, loss });
      const check = (): void => checkFilled(kind, { target, imageWeight, ...bound });
      const run = checkedOnce(check, bound.inputGradient);
      const { context } = pass;
      if (!isAlone(context) || !countsAllLanes(pass))
        return { target, imageWeight, loss, ...bound, inputGradient: run };
      const checkLanes = (): void => checkSpareLanes(kind, imageWeight, context);
      // Weights that are filled before forward() are looked at there; those that come after it, here.
      context.checks.push(checkLanes);
      const runOnFullLanes = (): void => {
        checkLanes();
        run();
      };
      return { target, imageWeight, loss, ...bound, inputGradient: runOnFullLanes };
    },
  });
}

/** What a caller has to fill: left at zero, every gradient would be zero, and nothing would be learned. */
function checkFilled(
  kind: string,
  { target, imageWeight, teacher }: Pick<LossPass, 'target' | 'imageWeight' | 'teacher'>,
): void {
  if (imageWeight.every((weight) => weight === 0)) {
    throw new OptionError(
      `${kind}: expected the weight of each image in imageWeight, got zeros alone; fill it with 1 / the number of images`,
    );
  }
  const capacity = imageWeight.length;
  const without = (values: FloatArray): number =>
    imageWeight.findIndex(
      (weight, n) => weight !== 0 && values.every((value, at) => at % capacity !== n || value === 0),
    );
  // Of the other losses zeros are a target like any other.
  const withoutTarget = kind === 'softmax-cross-entropy' || teacher !== undefined ? without(target) : -1;
  if (withoutTarget !== -1) {
    throw new OptionError(
      `${kind}: expected a target for each image, got zeros alone for image ${withoutTarget}; fill target with a 1 at its class`,
    );
  }
  const withoutTeacher = teacher === undefined ? -1 : without(teacher);
  if (withoutTeacher !== -1) {
    throw new OptionError(
      `${kind}: expected a teacher's probabilities for each image, got zeros alone for image ${withoutTeacher}; fill teacher`,
    );
  }
}

/** Whether layers look at all images of a batch together. */
function countsAllLanes({ forwardOperations }: NetworkPass): boolean {
  return forwardOperations.some(({ reduction }) => reduction !== undefined);
}

/**
 * A lane of no weight is a spare one; what an earlier batch has left in it would count in the statistics of this one. Zeros alone are
 * weights that nobody has filled yet.
 */
function checkSpareLanes(kind: string, imageWeight: FloatArray, { imageMask }: PassContext): void {
  const spare = imageWeight.findIndex((weight, n) => weight === 0 && imageMask[n] !== 0);
  if (spare === -1 || imageWeight.every((weight) => weight === 0)) return;
  throw new OptionError(
    `${kind}: expected spare lanes to be left out of what layers such as batchNorm compute of the whole batch, got an image weight of 0 in lane ${spare}, which counts; prepare the pass with context: trainingContext({ … }), and set its count before forward()`,
  );
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
