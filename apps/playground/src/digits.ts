/** The images as the server sends them: four IDX files, compressed by gzip, whose checksum the browser verifies. */
import {
  type DataLayout,
  type ImageDataset,
  imageDatasetOfIdx,
  mnistLayout,
  type Normalization,
  readIdx,
  storedLayout,
  storedNormalization,
} from '@longhand/datasets';
import { mnistFiles, mnistNormalization } from '@longhand/mnist';
import type { OfferedData } from './site';
import { fetchUnpacked } from './unpack';

/** Data to train and test with, and what is known of them. */
export interface Digits {
  /** `MNIST`, or what the user's own data are called. */
  readonly name: string;
  readonly training: ImageDataset;
  readonly testing: ImageDataset;
  /** The names of the classes, in order. */
  readonly classes: readonly string[];
  readonly normalization: Normalization;
  readonly layout: DataLayout;
}

/** MNIST. @throws Error of one line when a file is missing, DatasetError when it is no IDX file */
export async function loadMnist(): Promise<Digits> {
  const classes = [...'0123456789'];
  return {
    name: 'MNIST',
    ...(await loadSplits('MNIST', 'mnist', classes.length)),
    classes,
    normalization: mnistNormalization,
    layout: mnistLayout,
  };
}

/** Data that the server offers besides. @throws as {@link loadMnist} does, and Error for what is not known of them */
export async function loadOffered(offered: OfferedData): Promise<Digits> {
  const { name, classes } = offered;
  const [normalization, layout] = [storedNormalization(offered.normalization), storedLayout(offered.layout)];
  if (normalization === undefined || layout === undefined) {
    throw new Error(`${name}: expected a normalization and a layout from the server, got others; load the page again`);
  }
  return { name, ...(await loadSplits(name, 'data', classes.length)), classes, normalization, layout };
}

async function loadSplits(
  name: string,
  folder: string,
  classes: number,
): Promise<Pick<Digits, 'training' | 'testing'>> {
  const load = async (split: 'train' | 'test'): Promise<ImageDataset> => {
    const { images, labels } = mnistFiles[split];
    const fetched = [images, labels].map((file) =>
      fetchUnpacked(`${folder}/${file.name}.gz`, { keeps: folder === 'mnist' }),
    );
    const [imageBytes, labelBytes] = await Promise.all(fetched);
    return imageDatasetOfIdx({
      name: `${name} ${split}`,
      images: readIdx(imageBytes as Uint8Array, images.name),
      imagesFile: images.name,
      labels: readIdx(labelBytes as Uint8Array, labels.name),
      labelsFile: labels.name,
      classes,
    });
  };
  const [training, testing] = await Promise.all([load('train'), load('test')]);
  return { training, testing };
}
