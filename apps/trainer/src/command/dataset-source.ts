/** Where the images come from: MNIST, which came with the install, or whatever lies at a path; and what their classes are called. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  checkClassNames,
  type DataLayout,
  DatasetError,
  type ImageDataset,
  mnistLayout,
  type Normalization,
  pixelStatistics,
} from '@longhand/datasets';
import { loadData, type ReadOptions, type Split } from '@longhand/datasets/node';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { dataFingerprint, type ModelData } from '@longhand/training';
import { currentBudget } from './budget';
import { digitsOfInstall } from './digits-of-install';
import { type CommandError, refusal } from './failure';

/** What the options say of data. */
export interface DataChoice {
  /** A folder or file; without it MNIST is taken. */
  readonly data?: string;
  /** Whether its images are stored with rows and columns exchanged. Default: as their names say. */
  readonly transpose?: boolean;
  /** The height and width that pictures are resized to. Default: their own, or that of the usual networks. */
  readonly imageSize?: string;
}

/** A data set with what was found out about it. */
export interface DataSource {
  /** The name of the data set, without that of a part. */
  readonly name: string;
  readonly train: ImageDataset;
  /** Where the data have such a part besides the others. */
  readonly validation: ImageDataset | undefined;
  readonly test: ImageDataset;
  readonly classNames: readonly string[];
  /** How pixels become numbers: MNIST's usual figures, or those of the training images. */
  readonly normalization: Normalization;
  readonly layout: DataLayout;
  /** What was found at the path, in one line; undefined for MNIST. */
  readonly found: string | undefined;
}

const digitNames = [...'0123456789'];

/**
 * Both parts of the data that the options name.
 *
 * @throws DatasetError when they cannot be read
 */
export async function loadSource(choice: DataChoice): Promise<DataSource> {
  const { data } = choice;
  if (data === undefined) {
    return {
      name: 'MNIST',
      ...(await digitsOfInstall()),
      validation: undefined,
      classNames: digitNames,
      normalization: mnistNormalization,
      layout: mnistLayout,
      found: undefined,
    };
  }
  const loaded = await loadData(data, readOptions(choice));
  return { ...loaded, normalization: pixelStatistics(loaded.train) };
}

/**
 * One part of the data, without the other where that is not needed to know it.
 *
 * @throws CommandError when they have no such part
 */
export async function loadPart(
  choice: DataChoice,
  split: Split | 'validation',
): Promise<Pick<DataSource, 'name' | 'layout' | 'found'> & { readonly dataset: ImageDataset }> {
  const { data } = choice;
  if (data === undefined) {
    if (split === 'validation') throw noValidationPart('--split validation', 'MNIST', 'take test or train');
    return { name: 'MNIST', layout: mnistLayout, found: undefined, dataset: loadMnist({ split }) };
  }
  const loaded = await loadData(data, readOptions(choice));
  const dataset = loaded[split];
  if (dataset === undefined) throw noValidationPart('--split validation', data, 'take test or train');
  return { name: loaded.name, layout: loaded.layout, found: loaded.found, dataset };
}

/** What is said where data have no validation part. */
export function noValidationPart(option: string, data: string, hint: string): CommandError {
  return refusal(
    `option '${option}' expects data with a training, a validation and a test part; ${data} has no three; ${hint}`,
  );
}

/** How the readers of the packages are called. */
export function readOptions({ transpose, imageSize }: DataChoice): ReadOptions & { readonly transpose?: boolean } {
  const [height, width = height] = imageSize?.split('x').map(Number) ?? [];
  return {
    budget: currentBudget(),
    cache: cacheFolder(),
    ...(transpose !== undefined && { transpose }),
    ...(imageSize !== undefined && { size: { height, width } }),
  };
}

/** The options that name the data again, in a command line that is printed. */
export function dataOptions({ data, transpose, imageSize }: DataChoice): readonly string[] {
  return [
    ...(data === undefined ? [] : ['--data', data]),
    ...(transpose === undefined ? [] : [transpose ? '--transpose' : '--no-transpose']),
    ...(imageSize === undefined ? [] : ['--image-size', imageSize]),
  ];
}

/** Where decoded pictures are kept. It can be removed at any time. */
export function cacheFolder(): string {
  const { LONGHAND_CACHE: own, XDG_CACHE_HOME: usual } = process.env;
  return own || join(usual || join(homedir(), '.cache'), 'longhand');
}

/** What a model's file says of its data. Of MNIST's, which is what a file is taken for that says nothing, it is left out. */
export function modelDataOf({ name, test, layout, found }: DataSource): ModelData | undefined {
  return found === undefined ? undefined : { name, test: dataFingerprint(test), layout };
}

/**
 * The names of a data set's classes: those of the option `--classes`, or its own.
 *
 * @throws CommandError when there are not as many names as classes, or two are alike
 */
export function classNamesOf(
  { classes }: { readonly classes?: readonly string[] },
  dataset: ImageDataset,
  own: readonly string[],
): readonly string[] {
  if (classes === undefined) return own;
  try {
    checkClassNames("option '--classes'", classes, dataset);
  } catch (error) {
    throw error instanceof DatasetError ? refusal(error.message) : error;
  }
  return classes;
}
