/**
 * The pixels of a micro-batch as normalized numbers, images side by side: by the vector kernels' own function, or by
 * {@link gatherImages} with the reference kernels, with the same bits.
 */
import { gatherImages, type ImageDataset, type Normalization } from '@longhand/datasets';
import { imagesPerCacheLine, type Kernels, type SimdKernels } from '@longhand/kernels';
import type { FloatArray } from '@longhand/tensor';

/**
 * How many images a micro-batch has: one for each lane of the vector kernels. The sums of a step are rounded in an order
 * that depends on it, so it is a constant and no option.
 */
export const microBatchSize = 16;

/** Fills the input of a pass with the images `indices[from]` to `indices[to − 1]`; lanes without an image become zero. */
export type FillInput = (indices: Uint32Array, from: number, to: number) => void;

/** Writes the bytes of image `index` into an array from `at`: as they are, or changed. */
export type CopyImage = (index: number, into: Uint8Array, at: number) => void;

/** @param copyImage how pixels are copied into the micro-batch. Default: unchanged. */
export function microBatchInput(
  kernels: Kernels,
  dataset: ImageDataset,
  normalization: Normalization,
  into: FloatArray,
  copyImage: CopyImage = plainCopy(dataset),
): FillInput {
  return isSimd(kernels)
    ? vectorInput(kernels, dataset, normalization, into, copyImage)
    : plainInput(dataset, normalization, into, copyImage);
}

function plainCopy({ images, height, width }: ImageDataset): CopyImage {
  const pixels = height * width;
  return (index, into, at) => into.set(images.subarray(index * pixels, (index + 1) * pixels), at);
}

function plainInput(
  dataset: ImageDataset,
  normalization: Normalization,
  into: FloatArray,
  copyImage: CopyImage,
): FillInput {
  const pixels = dataset.height * dataset.width;
  const images = new Uint8Array(microBatchSize * pixels);
  const gathered = { ...dataset, images, count: microBatchSize };
  const places = Uint32Array.from({ length: microBatchSize }, (_, place) => place);
  return (indices, from, to) => {
    for (let n = 0; n < to - from; n++) copyImage(indices[from + n], images, n * pixels);
    gatherImages({
      dataset: gathered,
      indices: places,
      from: 0,
      to: to - from,
      capacity: microBatchSize,
      ...normalization,
      into,
    });
  };
}

function isSimd(kernels: Kernels): kernels is SimdKernels {
  return 'functions' in kernels;
}

/** The micro-batch's bytes are gathered first; the kernel then normalizes them, four images at a time. */
function vectorInput(
  kernels: SimdKernels,
  { height, width }: ImageDataset,
  { mean, deviation }: Normalization,
  into: FloatArray,
  copyImage: CopyImage,
): FillInput {
  const pixels = height * width;
  const bytes = kernels.allocateBytes(imagesPerCacheLine * pixels);
  const values = kernels.allocate('float32', 256);
  for (let byte = 0; byte < 256; byte++) values[byte] = (byte / 255 - mean) / deviation;
  return (indices, from, to) => {
    const count = to - from;
    for (let n = 0; n < count; n++) copyImage(indices[from + n], bytes, n * pixels);
    kernels.functions.pixelValues(bytes.byteOffset, values.byteOffset, into.byteOffset, pixels);
    // A zero byte does not become the number 0: unused lanes, in the last micro-batch of a batch, are cleared here.
    for (let n = count; n < microBatchSize; n++) {
      for (let at = n; at < into.length; at += microBatchSize) into[at] = 0;
    }
  };
}
