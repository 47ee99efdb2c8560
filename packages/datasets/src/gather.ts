/** A batch out of a data set: the labels of the chosen images as targets, one lane each. Lanes without an image are zero. */
import type { FloatArray } from '@longhand/tensor';
import { DatasetError } from './dataset-error';
import type { ImageDataset } from './image-dataset';

/** The images of a batch, and the buffer that their targets go to. */
export interface GatherOptions {
  /** The data set. */
  readonly dataset: ImageDataset;
  /** The order of images, as {@link shuffledIndices} gives it. */
  readonly indices: Uint32Array;
  /** The batch is `indices[from]` to `indices[to − 1]`. */
  readonly from: number;
  /** The first index of the order that is not in the batch. */
  readonly to: number;
  /** The buffer to fill; its last axis is the batch. */
  readonly into: FloatArray;
  /** The number of lanes: how many images the buffer holds. */
  readonly capacity: number;
}

/**
 * Fills `[outputs, capacity]` with targets: 1 at the label of each image, 0 elsewhere. A network may have more outputs
 * than the data set has classes.
 *
 * With label smoothing ε the targets are 1 − ε + ε/outputs and ε/outputs, which keeps a network from growing its logits without
 * bound (Szegedy et al., "Rethinking the Inception architecture", 2016).
 *
 * @throws DatasetError when the buffer has no entry for a class, or the images do not fit
 * @example
 * const dots = imageDataset({ name: 'dots', images: Uint8Array.of(0, 9), labels: Uint8Array.of(0, 1), height: 1, width: 1 });
 * const into = new Float32Array(2 * 2);
 * gatherTargets({ dataset: dots, indices: Uint32Array.of(1, 0), from: 0, to: 2, into, capacity: 2 });
 * into; // [ 0, 1, 1, 0 ] (class by class, one lane for each image)
 */
export function gatherTargets(options: GatherOptions & { readonly labelSmoothing?: number }): void {
  checkBatch(options);
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

function checkBatch({ dataset, indices, from, to, capacity }: GatherOptions): void {
  if (!(from >= 0 && from <= to && to <= indices.length && to - from <= capacity)) {
    throw new DatasetError(
      `gatherTargets: expected up to ${capacity} of ${indices.length} indices, got those from ${from} to ${to}`,
    );
  }
  for (let k = from; k < to; k++) {
    if (!(indices[k] < dataset.count)) {
      throw new DatasetError(
        `gatherTargets: expected indices below ${dataset.count}, the images of ${dataset.name}, got ${indices[k]}`,
      );
    }
  }
}
