/** Where the digits come from: MNIST, which came with the install, or a folder of IDX files. */
import { type ImageDataset, mnistNormalization, type Normalization, pixelStatistics } from '@longhand/datasets';
import { loadIdxFolder, loadMnist } from '@longhand/datasets/node';

/** One part of the data set that the options name. */
export function loadDataset(dataDir: string | undefined, split: 'train' | 'test'): ImageDataset {
  return dataDir === undefined ? loadMnist({ split }) : loadIdxFolder({ folder: dataDir, split });
}

/** How pixels become numbers: MNIST's usual figures, or those of the folder's own training images. */
export function normalizationOf(dataDir: string | undefined, training: ImageDataset): Normalization {
  return dataDir === undefined ? mnistNormalization : pixelStatistics(training);
}
