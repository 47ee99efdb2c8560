/**
 * A batch out of a data set: the chosen images side by side, one lane each, and their labels as targets. Lanes
 * without an image are zero.
 */
import { normalizedBytes } from '@longhand/kernels';
import { type FloatArray, formatShape } from '@longhand/tensor';
import { DatasetError } from './dataset-error';
import { type ImageDataset, imageSize } from './image-dataset';
import { channelNormalizations, type Normalization } from './normalization';

/** The images of a batch, and the buffer that they go to. */
export interface GatherOptions {
  readonly dataset: ImageDataset;
  /** The order of images, as {@link shuffledIndices} gives it. */
  readonly indices: Uint32Array;
  /** The batch is `indices[from]` to `indices[to − 1]`. */
  readonly from: number;
  readonly to: number;
  /** The buffer to fill; its last axis is the batch. */
  readonly into: FloatArray;
  /** The number of lanes: how many images the buffer holds. */
  readonly capacity: number;
}

/**
 * Fills `[height, width, channels, capacity]` with normalized pixels: entry
 * `((row · width + column) · channels + channel) · capacity + lane` is of image `indices[from + lane]`, normalized as the kernel
 * `normalize` does it.
 *
 * @throws DatasetError when the buffer has another size, the images do not fit, or a standard deviation is not above 0
 * @example
 * gatherImages({ dataset, indices, from: 0, to: 64, ...mnistNormalization, into: new Float32Array(784 * 64), capacity: 64 })
 */
export function gatherImages(options: GatherOptions & Normalization): void {
  checkBatch('gatherImages', options);
  const { dataset, indices, from, to, into, capacity } = options;
  const { images, height, width, channels } = dataset;
  const size = imageSize(dataset);
  if (into.length !== size * capacity) {
    throw new DatasetError(
      `gatherImages: expected a buffer of ${size * capacity} numbers for ${formatShape([height, width, channels, capacity])}, got ${into.length}`,
    );
  }
  const valueOfByte = channelNormalizations('gatherImages', options, channels).map(normalizedBytes);
  const count = to - from;
  if (count < capacity) into.fill(0);
  for (let lane = 0; lane < count; lane++) {
    const first = indices[from + lane] * size;
    for (let k = 0; k < size; k++) into[k * capacity + lane] = valueOfByte[k % channels][images[first + k]];
  }
}

/**
 * Fills `[outputs, capacity]` with targets: 1 at the label of each image, 0 elsewhere. A network may have more outputs
 * than the data set has classes.
 *
 * With label smoothing ε the targets are 1 − ε + ε/outputs and ε/outputs, which keeps a network from growing its logits without
 * bound (Szegedy et al., "Rethinking the Inception architecture", 2016).
 *
 * @throws DatasetError when the buffer has no entry for a class, or the images do not fit
 * @example gatherTargets({ dataset, indices, from: 0, to: 64, into: new Float32Array(10 * 64), capacity: 64 })
 */
export function gatherTargets(options: GatherOptions & { readonly labelSmoothing?: number }): void {
  checkBatch('gatherTargets', options);
  const { dataset, indices, from, to, into, capacity, labelSmoothing = 0 } = options;
  if (into.length % capacity !== 0 || into.length < dataset.classes * capacity) {
    throw new DatasetError(
      `gatherTargets: expected a buffer of at least ${dataset.classes} times ${capacity} numbers, one for each class of ${dataset.name}, got ${into.length}`,
    );
  }
  into.fill(0);
  const share = labelSmoothing / (into.length / capacity);
  for (let lane = 0; lane < to - from; lane++) {
    if (share > 0) for (let at = lane; at < into.length; at += capacity) into[at] = share;
    into[dataset.labels[indices[from + lane]] * capacity + lane] = 1 - labelSmoothing + share;
  }
}

function checkBatch(where: string, { dataset, indices, from, to, capacity }: GatherOptions): void {
  if (!(from >= 0 && from <= to && to <= indices.length && to - from <= capacity)) {
    throw new DatasetError(
      `${where}: expected up to ${capacity} of ${indices.length} indices, got those from ${from} to ${to}`,
    );
  }
  for (let k = from; k < to; k++) {
    if (!(indices[k] < dataset.count)) {
      throw new DatasetError(
        `${where}: expected indices below ${dataset.count}, the images of ${dataset.name}, got ${indices[k]}`,
      );
    }
  }
}
