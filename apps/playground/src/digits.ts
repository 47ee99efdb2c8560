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
import { keepDigits } from './offline';
import type { OfferedData } from './site';

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
    const [imageBytes, labelBytes] = await Promise.all([images, labels].map((file) => fetchIdx(folder, file.name)));
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

async function fetchIdx(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `${folder}/${name}.gz`;
  const url = new URL(path, document.baseURI);
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`${path}: expected images from the server, got status ${response.status}; load the page again`);
  }
  if (folder === 'mnist') keepDigits(url, response);
  const chunks: Uint8Array[] = [];
  const reader = response.body.pipeThrough(new DecompressionStream('gzip')).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  // Workers see shared memory as it is; anything else would be copied for them.
  const bytes = new Uint8Array(crossOriginIsolated ? sharedBuffer(length) : new ArrayBuffer(length));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Typed as any other buffer: whoever reads bytes need not care. */
function sharedBuffer(length: number): ArrayBuffer {
  return new SharedArrayBuffer(length) as ArrayBufferLike as ArrayBuffer;
}
