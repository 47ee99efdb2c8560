/** How a model was trained, for a program that trains on, and the optimizer's state from which it does. */
import { writeSafetensors } from '@longhand/formats';
import { softmaxCrossEntropy } from '@longhand/layers';
import { adamw, type OptimizerDescription, oneCycle, type ScheduleDescription } from '@longhand/optimizers';
import type { FloatArray, Tensor } from '@longhand/tensor';
import { adaptiveRate, type Checkpoint, flippedIfTrueConvolution, type Model } from '@longhand/training';

/** What a program needs to train as a run did. */
export interface RunTraining {
  /** The optimizer. */
  readonly optimizer: OptimizerDescription;
  /** How the learning rate changes. */
  readonly schedule: ScheduleDescription;
  /** The kind of the loss. */
  readonly loss: string;
  /** How many times every image is seen. */
  readonly epochs: number;
  /** The images in a step. */
  readonly batchSize: number;
  /** The part of each target that is spread over all classes. */
  readonly labelSmoothing: number;
  /** How gradients are clipped; empty for not at all. */
  readonly clipping: { readonly norm?: number; readonly value?: number };
  /** The decay of the moving average of the weights; 0 for none. */
  readonly averageDecay: number;
  /** The last part of the run without augmentation. */
  readonly closeAugmentation: number;
  /** The options of the augmentation; all 0 for none. */
  readonly augmentation: Readonly<Record<'shift' | 'rotation' | 'scale' | 'shear' | 'elastic' | 'flip', number>>;
  /** The optimizer's state of the last step, if that is the model's. */
  readonly state?: { readonly steps: number; readonly bytes: Uint8Array<ArrayBuffer> };
  /** What is not the run's own, in a few words each. */
  readonly remarks: readonly string[];
}

/**
 * The recommended training, for a model of no run that is known.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * recommendedTraining(model).optimizer.kind; // 'adamw'
 */
export function recommendedTraining(model: Model): RunTraining {
  return {
    optimizer: adamw({ learningRate: adaptiveRate() }).description as OptimizerDescription,
    schedule: oneCycle().description as ScheduleDescription,
    loss: lossOf(model),
    epochs: 3,
    batchSize: 64,
    labelSmoothing: 0,
    clipping: {},
    averageDecay: 0,
    closeAugmentation: 0,
    augmentation: { shift: 0, rotation: 0, scale: 0, shear: 0, elastic: 0, flip: 0 },
    remarks: ['the file is of no run, so optimizer and schedule are the recommended ones'],
  };
}

/**
 * The kind of a model's loss; the usual one where it has code of the user's own.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * lossOf(model); // 'softmax-cross-entropy'
 */
export function lossOf(model: Model): string {
  const { kind } = (model.loss ?? softmaxCrossEntropy()).description as { readonly kind?: string };
  return kind ?? 'softmax-cross-entropy';
}

/**
 * The optimizer's state, tensor by tensor: `meanSquare.conv1.weight`; and where the model is a moving average, the weights that are trained,
 * `weights.conv1.weight`.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { values, buffers } = parameters;
 * const state = { steps: 1, lossSum: 0, correct: 0, values, buffers, slots: { mean: values.slice() } };
 * stateBytes(model, { state }).length > 4 * 3898; // true
 */
export function stateBytes(
  { network, parameters }: Model,
  { state }: Pick<Checkpoint, 'state'>,
): Uint8Array<ArrayBuffer> {
  const flipped = flippedIfTrueConvolution(network);
  const tensors: [string, Tensor][] = [];
  const add = (prefix: string, values: FloatArray, entries: typeof parameters.entries): void => {
    for (const { path, shape, offset, length } of entries) {
      const data = Float32Array.from(values.subarray(offset, offset + length));
      tensors.push([`${prefix}.${path}`, flipped(path, { dtype: 'float32', shape, data })]);
    }
  };
  for (const [slot, values] of Object.entries(state.slots)) add(slot, values, parameters.entries);
  if (state.average !== undefined) {
    add('weights', state.values, parameters.entries);
    if (state.buffers !== undefined) add('weights', state.buffers, parameters.bufferEntries);
  }
  return writeSafetensors({ tensors, metadata: { format: 'pt', steps: String(state.steps) } });
}
