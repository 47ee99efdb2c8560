/** Where the images come from: MNIST, which came with the install, or a folder; and what their classes are called. */
import {
  checkClassNames,
  DatasetError,
  type ImageDataset,
  type Normalization,
  pixelStatistics,
} from '@longhand/datasets';
import { loadClassNames, loadDatasetFolder } from '@longhand/datasets/node';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { currentBudget } from './budget';
import { refusal } from './failure';

/** One part of the data set that the options name. */
export function loadDataset(dataDir: string | undefined, split: 'train' | 'test'): ImageDataset {
  return dataDir === undefined
    ? loadMnist({ split })
    : loadDatasetFolder({ folder: dataDir, split, budget: currentBudget() });
}

/** How pixels become numbers: MNIST's usual figures, or those of the folder's own training images. */
export function normalizationOf(dataDir: string | undefined, training: ImageDataset): Normalization {
  return dataDir === undefined ? mnistNormalization : pixelStatistics(training);
}

/** What the options say of classes. */
export interface ClassChoice {
  readonly dataDir?: string;
  /** Their names, from `--classes`. */
  readonly classes?: readonly string[];
}

/**
 * The names of a data set's classes: those of the option, of the folder's `classes.txt`, or the labels themselves.
 *
 * @throws CommandError or DatasetError when there are not as many names as classes, or two are alike
 */
export function classNamesOf({ dataDir, classes }: ClassChoice, dataset: ImageDataset): readonly string[] {
  if (classes !== undefined) {
    try {
      checkClassNames("option '--classes'", classes, dataset);
    } catch (error) {
      throw error instanceof DatasetError ? refusal(error.message) : error;
    }
    return classes;
  }
  const listed = dataDir === undefined ? undefined : loadClassNames({ folder: dataDir, budget: currentBudget() });
  if (listed === undefined) return Array.from({ length: dataset.classes }, (_, label) => String(label));
  checkClassNames(listed.file, listed.names, dataset);
  return listed.names;
}
