/**
 * The images of a shard, side by side, as numbers: by the vector kernels' own function where these compute, and by
 * {@link gatherImages} otherwise, with the same bits.
 */
import { gatherImages, type ImageDataset, type Normalization } from '@longhand/datasets';
import { imagesPerLine, type Kernels, type SimdKernels } from '@longhand/kernels';
import type { FloatArray } from '@longhand/tensor';
import { shardSize } from './shard-size';

/** Fills the input of a pass with the images `indices[from]` to `indices[to − 1]`; lanes without an image become zero. */
export type FillInput = (indices: Uint32Array, from: number, to: number) => void;

export function shardInput(
  kernels: Kernels,
  dataset: ImageDataset,
  normalization: Normalization,
  into: FloatArray,
): FillInput {
  return isSimd(kernels)
    ? vectorInput(kernels, dataset, normalization, into)
    : (indices, from, to) => gatherImages({ dataset, indices, from, to, capacity: shardSize, ...normalization, into });
}

function isSimd(kernels: Kernels): kernels is SimdKernels {
  return 'functions' in kernels;
}

/** The shard's bytes are brought together first; the function then turns them into numbers, four images at a time. */
function vectorInput(
  kernels: SimdKernels,
  { images, height, width }: ImageDataset,
  { mean, deviation }: Normalization,
  into: FloatArray,
): FillInput {
  const pixels = height * width;
  const bytes = kernels.allocateBytes(imagesPerLine * pixels);
  const values = kernels.allocate('float32', 256);
  for (let byte = 0; byte < 256; byte++) values[byte] = (byte / 255 - mean) / deviation;
  return (indices, from, to) => {
    const count = to - from;
    for (let n = 0; n < count; n++) {
      const first = indices[from + n] * pixels;
      bytes.set(images.subarray(first, first + pixels), n * pixels);
    }
    kernels.functions.pixelValues(bytes.byteOffset, values.byteOffset, into.byteOffset, pixels);
    // A zero byte is no zero: lanes without an image are cleared apart, in the last shard of a batch at most.
    for (let n = count; n < shardSize; n++) {
      for (let at = n; at < into.length; at += shardSize) into[at] = 0;
    }
  };
}
