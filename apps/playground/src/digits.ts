/** MNIST as the server sends it: four IDX files, compressed by gzip, whose checksum the browser verifies. */
import { type ImageDataset, imageDatasetOfIdx, readIdx } from '@longhand/datasets';
import { mnistFiles } from '@longhand/mnist';

export interface Digits {
  readonly training: ImageDataset;
  readonly testing: ImageDataset;
}

/** Fetches both splits. @throws Error of one line when a file is missing, DatasetError when it is no IDX file */
export async function loadDigits(): Promise<Digits> {
  const [training, testing] = await Promise.all([loadSplit('train'), loadSplit('test')]);
  return { training, testing };
}

async function loadSplit(split: keyof typeof mnistFiles): Promise<ImageDataset> {
  const { images, labels } = mnistFiles[split];
  const [imageBytes, labelBytes] = await Promise.all([fetchIdx(images.name), fetchIdx(labels.name)]);
  return imageDatasetOfIdx({
    name: `MNIST ${split}`,
    images: readIdx(imageBytes, images.name),
    imagesFile: images.name,
    labels: readIdx(labelBytes, labels.name),
    labelsFile: labels.name,
    classes: 10,
  });
}

async function fetchIdx(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`mnist/${name}.gz`, document.baseURI));
  if (!response.ok || response.body === null) {
    throw new Error(`mnist/${name}.gz: expected the digits from the server, got status ${response.status}`);
  }
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
