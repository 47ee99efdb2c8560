/** The classifier of a page: network and weights are decoded from the page's text. */
import { channelNormalizations, type DataLayout, imageInLayout, type Normalization } from '@longhand/datasets';
import { normalizeGeometry, referenceKernels } from '@longhand/kernels';
import { type NetworkDescription, networkFrom } from '@longhand/layers';
import { unlimited } from '@longhand/schema';
import { type Calibration, calibratedProbabilities, type Doubt, doubtOf } from '@longhand/training';

/** The model in a page, as text. */
export interface PageModel {
  /** What the network is called. */
  readonly name: string;
  /** With a softmax at its end. */
  readonly network: NetworkDescription;
  /** How pixels become numbers. */
  readonly normalization: Normalization;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** When a prediction is sure; absent where the model's file does not say. */
  readonly calibration?: Calibration;
  /** How the training images lie, which drawings are made like. */
  readonly layout: DataLayout;
  /** All parameters and then all buffers in the network's order, float32 with the lowest byte first, in base64. */
  readonly weights: string;
}

/** What the network makes of a drawing. */
export interface Classification {
  /** The drawing as the network sees it, `[height, width]`. */
  readonly seen: Uint8Array;
  /** The probability of each class. */
  readonly probabilities: ArrayLike<number>;
  /** Why the prediction is not sure; undefined if it is. */
  readonly doubt: Doubt | undefined;
}

/** Classifies an image of MNIST's kind: 28 · 28 bytes, background 0 and ink 255. */
export type PageClassifier = (image: Uint8Array) => Classification;

/**
 * The classifier of a page's model.
 *
 * @example
 * import { mnistLayout } from '@longhand/datasets';
 * const network = { input: [28, 28, 1], layers: [{ kind: 'flatten', name: 'flatten' }, { kind: 'softmax', name: 'softmax' }] } as const;
 * const [normalization, classes] = [{ mean: 0, std: 1 }, Array.from({ length: 784 }, (_, k) => String(k))];
 * const classify = classifierOf({ name: 'brightest', network, normalization, classes, layout: mnistLayout, weights: '' });
 * classify(new Uint8Array(784)).probabilities.length; // 784
 */
export function classifierOf({
  network: description,
  normalization,
  calibration,
  layout,
  weights,
}: PageModel): PageClassifier {
  // The command has checked it, with the budget that it was given.
  const network = networkFrom(description, { budget: unlimited });
  const parameters = network.zeros();
  const bytes = Uint8Array.from(atob(weights), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const { values, buffers } = parameters;
  for (let at = 0; at < values.length; at++) values[at] = view.getFloat32(4 * at, true);
  for (let at = 0; at < buffers.length; at++) buffers[at] = view.getFloat32(4 * (values.length + at), true);
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
  const [height, width, channels] = network.inputShape;
  const pixels = referenceKernels.allocateBytes(height * width * channels);
  const geometry = normalizeGeometry('drawing', {
    batch: 1,
    pixels: height * width,
    channels: channelNormalizations('drawing', normalization, channels),
  });
  const normalize = referenceKernels.prepare('normalize', geometry, { x: pixels, y: pass.input });
  return (image) => {
    const seen = imageInLayout({ pixels: image, height: 28, width: 28 }, { height, width }, layout);
    pixels.set(seen);
    normalize();
    pass.forward();
    const probabilities = calibration === undefined ? pass.output : calibratedProbabilities(pass.output, calibration);
    return { seen, probabilities, doubt: doubtOf(probabilities, calibration) };
  };
}
