/**
 * The images of a shard, side by side, as numbers: by the vector kernels' own function where these compute, and by
 * {@link gatherImages} otherwise, with the same bits.
 */
import { gatherImages, type ImageDataset, type Normalization } from '@longhand/datasets';
import { imagesPerCacheLine, type Kernels, type SimdKernels } from '@longhand/kernels';
import type { FloatArray } from '@longhand/tensor';
import { shardSize } from './shard-size';

/** Fills the input of a pass with the images `indices[from]` to `indices[to − 1]`; lanes without an image become zero. */
export type FillInput = (indices: Uint32Array, from: number, to: number) => void;

/** Writes the bytes of image `index` into an array from `at`: as they are, or changed. */
export type CopyImage = (index: number, into: Uint8Array, at: number) => void;

/** @param copyImage how images come into the shard; as they are unless given */
export function shardInput(
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
  const images = new Uint8Array(shardSize * pixels);
  const shard = { ...dataset, images, count: shardSize };
  const places = Uint32Array.from({ length: shardSize }, (_, place) => place);
  return (indices, from, to) => {
    for (let n = 0; n < to - from; n++) copyImage(indices[from + n], images, n * pixels);
    gatherImages({
      dataset: shard,
      indices: places,
      from: 0,
      to: to - from,
      capacity: shardSize,
      ...normalization,
      into,
    });
  };
}

function isSimd(kernels: Kernels): kernels is SimdKernels {
  return 'functions' in kernels;
}

/** The shard's bytes are brought together first; the function then turns them into numbers, four images at a time. */
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
    // A zero byte is no zero: lanes without an image are cleared apart, in the last shard of a batch at most.
    for (let n = count; n < shardSize; n++) {
      for (let at = n; at < into.length; at += shardSize) into[at] = 0;
    }
  };
}
