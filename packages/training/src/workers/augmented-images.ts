/** The images of a training run with random changes, the same for any number of ranks. */
import { type Augmentation, type ImageDataset, imageAt, imageSize } from '@longhand/datasets';
import { seededRandom } from '@longhand/tensor';
import type { CopyImage } from '../micro-batch-input';

/** How images are copied into micro-batches, and what changes from epoch to epoch. */
export interface AugmentedImages {
  readonly copyImage: CopyImage;
  /** From 1. */
  startEpoch(epoch: number): void;
  enable(isEnabled: boolean): void;
}

/** The images of a data set with augmentation. An image's change follows from seed, epoch and index, not from the rank. */
export function augmentedImages(augmentation: Augmentation, dataset: ImageDataset, seed: number): AugmentedImages {
  const { images } = dataset;
  const size = imageSize(dataset);
  const random = seededRandom(seed).fork('augmentation');
  const augment = augmentation.prepare(dataset);
  let epochRandom = random;
  let isEnabled = true;
  return {
    copyImage(index, into, at) {
      if (isEnabled) augment(images, index * size, into, at, epochRandom.fork(index));
      else into.set(imageAt(dataset, index), at);
    },
    startEpoch(epoch) {
      epochRandom = random.fork(epoch);
    },
    enable(enabled) {
      isEnabled = enabled;
    },
  };
}
