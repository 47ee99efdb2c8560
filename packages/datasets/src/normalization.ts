/** Normalization: pixels brought to mean 0 and standard deviation 1, where networks learn best. */
import { DatasetError } from './dataset-error';
import type { ImageDataset } from './image-dataset';

/** A pixel byte x becomes (x/255 − mean) / std. */
export interface Normalization {
  /** Between 0 and 1 for images: a fraction of 255. */
  readonly mean: number;
  /** The standard deviation as a fraction of 255, above 0. */
  readonly std: number;
}

/** @throws DatasetError unless both numbers are finite and the standard deviation is above 0 */
export function checkNormalization(where: string, { mean, std }: Normalization): void {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) {
    throw new DatasetError(
      `${where}: expected a mean and a standard deviation above 0 to divide by, got ${mean} and ${std}`,
    );
  }
}

/**
 * A normalization as model files store it. Their key for the standard deviation stays `deviation`: with another one a model
 * that is read and written again would differ in its bytes, and earlier versions could not read it.
 *
 * @example normalizationToStore({ mean: 0.1307, std: 0.3081 }) // { mean: 0.1307, deviation: 0.3081 }
 */
export function normalizationToStore({ mean, std }: Normalization): {
  readonly mean: number;
  readonly deviation: number;
} {
  return { mean, deviation: std };
}

/**
 * The normalization in the JSON of a file, undefined when there is none. The standard deviation is `deviation`, as
 * {@link normalizationToStore} writes it, or `std`.
 *
 * @example storedNormalization({ mean: 0.1307, deviation: 0.3081 }) // { mean: 0.1307, std: 0.3081 }
 */
export function storedNormalization(stored: unknown): Normalization | undefined {
  const { mean, deviation, std = deviation } = (stored ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof mean !== 'number' || typeof std !== 'number') return undefined;
  return Number.isFinite(mean) && Number.isFinite(std) && std > 0 ? { mean, std } : undefined;
}

/**
 * Mean and standard deviation (of the population) of all pixels, as fractions of 255. Pixels are counted by value, so
 * that only the 256 terms of each sum round.
 *
 * @throws DatasetError when all pixels have one value: the standard deviation is 0, and nothing can be divided by it
 * @example pixelStatistics(loadMnist({ split: 'train' })) // { mean: 0.13066047627384286, std: 0.308107803856… }
 */
export function pixelStatistics({ name, images }: ImageDataset): Normalization {
  const counts = new Float64Array(256);
  for (let k = 0; k < images.length; k++) counts[images[k]]++;
  if (counts[images[0]] === images.length) {
    throw new DatasetError(
      `${name}: expected pixels that differ, got ${images[0]} in all of them; check the image file`,
    );
  }
  let sum = 0;
  for (let value = 0; value < 256; value++) sum += value * counts[value];
  const mean = sum / (255 * images.length);
  let squares = 0;
  for (let value = 0; value < 256; value++) {
    const distance = value / 255 - mean;
    squares += counts[value] * distance * distance;
  }
  return { mean, std: Math.sqrt(squares / images.length) };
}
