// The layer of all steps: the second convolution of the documented network, on sixteen images.
import { seededRandom } from '@longhand/tensor';

/** 12 × 12 pixels of 6 channels become 8 × 8 pixels of 12 channels, by kernels of 5 × 5. */
export const layer = { images: 16, size: 12, channels: 6, outSize: 8, outChannels: 12, kernel: 5 };

const random = seededRandom('how it works');
const numbers = (length) => Float32Array.from({ length }, () => random.uniform() - 0.5);

/** `[images, channels, row, column]`, as the formula has it. */
export const x = numbers(16 * 6 * 12 * 12);
/** `[out channels, channels, row, column]` */
export const weight = numbers(12 * 6 * 5 * 5);

/** A list of lists, as deep as the shape is long. */
export function nested(values, [size, ...rest]) {
  const part = values.length / size;
  const at = (k) => values.subarray(k * part, (k + 1) * part);
  return Array.from({ length: size }, (_, k) => (rest.length === 0 ? values[k] : nested(at(k), rest)));
}

/** `[images, channels, row, column]` → `[row, column, channels, images]`: all images of an entry are neighbors. */
export function imagesInnermost(values, channels, size) {
  const images = values.length / (channels * size * size);
  const moved = new Float32Array(values.length);
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < channels; c++) {
      for (let at = 0; at < size * size; at++) {
        moved[(at * channels + c) * images + n] = values[(n * channels + c) * size * size + at];
      }
    }
  }
  return moved;
}
