/** What a pass knows of the step that it is run in. */
import { type Kernels, referenceKernels } from '@longhand/kernels';
import { count, type Entries, isRecord, oneOf, optional, where } from '@longhand/schema';
import { type DType, type FloatArray, OptionError, type Random } from '@longhand/tensor';
import { checkEntries } from './checked-options';

/** The images in the lanes of a pass, the step, and randomness that does not depend on how images are spread over passes. */
export interface PassContext {
  /** `[capacity]`: 1 for a lane with an image, 0 for a spare one. */
  readonly imageMask: FloatArray;
  /** The step, counted from 0 over the whole run. */
  readonly step: number;
  /**
   * A stream of random numbers for one image, step and layer: the same at every call.
   *
   * @param layer the layer's name in its network, as {@link LayerBinding.where} has it
   */
  random(lane: number, layer: string): Random;
}

/** The options of {@link trainingContext}. */
export interface TrainingContextOptions {
  /** The number of images that the pass holds side by side. */
  readonly capacity: number;
  /** What layers such as dropout draw from, by forks: it does not move itself. */
  readonly random: Random;
  /** The kernel set of the pass. Default: the reference kernels. */
  readonly kernels?: Kernels;
  /** The precision of the pass. Default: `float32`. */
  readonly dtype?: DType;
  /** The number of the image in a lane: it draws the same wherever it lies. Default: the lane. */
  readonly imageAt?: (lane: number) => number;
}

const entries: Entries<TrainingContextOptions> = {
  capacity: count,
  random: where<Random>('a random generator such as seededRandom(1)', (value) => isRecord(value) && 'fork' in value),
  kernels: optional(where<Kernels>('a set of kernels', isRecord)),
  dtype: optional(oneOf('float32', 'float64')),
  imageAt: optional(where<(lane: number) => number>('a function', (value) => typeof value === 'function')),
};

/** The context of a training loop, which the loop tells at every step where it is. */
export interface TrainingContext extends PassContext {
  /** The step, counted from 0 over the whole run, for the caller to set: each has other random numbers. */
  step: number;
  /** How many lanes have an image, from the first on, for the caller to set where a batch is not full. At first: all. */
  count: number;
}

/**
 * What a pass has to be told in training: the step, which dropout draws by, and how many lanes have an image, which batch
 * normalization counts. The numbers that a layer draws follow from `random`, the step, the image and the layer's name alone.
 *
 * @throws OptionError when an option is unknown or of another kind; later, when a layer draws before a step was set, or
 *   `count` is more than the capacity
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const context = trainingContext({ capacity: 4, random: seededRandom(1) });
 * context.step = 0;
 * context.count = 3;
 * context.imageMask; // [ 1, 1, 1, 0 ]
 */
export function trainingContext(options: TrainingContextOptions): TrainingContext {
  checkEntries<TrainingContextOptions>('trainingContext', entries, options);
  const { capacity, random, kernels = referenceKernels, dtype = 'float32', imageAt = (lane) => lane } = options;
  const imageMask = kernels.allocate(dtype, capacity).fill(1);
  let step: number | undefined;
  let images = capacity;
  return {
    imageMask,
    get step() {
      return step ?? 0;
    },
    set step(value) {
      step = value;
    },
    get count() {
      return images;
    },
    set count(value) {
      if (!(Number.isInteger(value) && value >= 0 && value <= capacity)) {
        throw new OptionError(`count: expected a number of images from 0 to ${capacity}, the capacity, got ${value}`);
      }
      images = value;
      imageMask.fill(0).fill(1, 0, value);
    },
    random(lane, layer) {
      // A loop that never says where it is would draw the same numbers at every step.
      if (step === undefined) {
        throw new OptionError(
          `${layer}: expected the number of the step to draw by, got none; set context.step at every step`,
        );
      }
      return random.fork(`${step}/${imageAt(lane)}/${layer}`);
    },
  };
}

/** The context of a pass that was given none. */
export interface ContextAlone extends PassContext {
  /** What has to be looked at before `forward()`, which moves running statistics. */
  readonly checks: (() => void)[];
}

/**
 * The context of a pass that was given none: every lane has an image, and nothing can be drawn. A seed of its own would not be the
 * user's; and forward passes, if it counted them as steps, are also made to look at something, and begin at 0 again after a resume.
 */
export function contextAlone(kernels: Kernels, dtype: DType, capacity: number): ContextAlone {
  return { imageMask: kernels.allocate(dtype, capacity).fill(1), step: 0, random: refuseToDraw, checks: [] };
}

/** Whether a pass was given no context. */
export function isAlone(context: PassContext): context is ContextAlone {
  return context.random === refuseToDraw;
}

/** A pass's `forward()` after what its context wants to be checked. */
export function checkedBefore(context: PassContext, forward: () => void): () => void {
  if (!isAlone(context)) return forward;
  const { checks } = context;
  return () => {
    for (const check of checks) check();
    forward();
  };
}

function refuseToDraw(_lane: number, layer: string): never {
  throw new OptionError(
    `${layer}: expected a context to draw random numbers from, got none; prepare the pass with context: trainingContext({ … }), or with mode: 'evaluate'`,
  );
}
