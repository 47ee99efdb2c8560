/** The images of a training run with random changes, the same for any number of ranks. */
import { type Augmentation, backgroundBytes, type ImageDataset, imageSize } from '@longhand/datasets';
import { seededRandom } from '@longhand/tensor';
import { type CopyImages, plainCopies } from '../micro-batch-input';

/** How images are copied into micro-batches, and what changes from round to round. */
export interface AugmentedImages {
  readonly copyImages: CopyImages;
  /** From now on images change as in this round: another for each time that an image is seen. */
  startRound(name: string | number): void;
  enable(isEnabled: boolean): void;
  readonly isEnabled: boolean;
}

/** The images of a data set with augmentation. An image's change follows from seed, round and index, not from the rank. */
export function augmentedImages(augmentation: Augmentation, dataset: ImageDataset, seed: number): AugmentedImages {
  const { images } = dataset;
  const size = imageSize(dataset);
  const random = seededRandom(seed).fork('augmentation');
  const augment = augmentation.prepare({ ...dataset, background: backgroundBytes(dataset) });
  const plain = plainCopies(dataset);
  let roundRandom = random;
  let isEnabled = true;
  return {
    copyImages(indices, from, to, into) {
      if (!isEnabled) return plain(indices, from, to, into);
      for (let n = from; n < to; n++) {
        augment(images, indices[n] * size, into, (n - from) * size, roundRandom.fork(indices[n]));
      }
    },
    startRound(name) {
      roundRandom = random.fork(name);
    },
    enable(enabled) {
      isEnabled = enabled;
    },
    get isEnabled() {
      return isEnabled;
    },
  };
}
