/** What brings the pixels of a data set to mean 0 and deviation 1, where networks learn best. */
import { DatasetError } from './dataset-error';
import type { ImageDataset } from './image-dataset';

/** A pixel byte x becomes (x/255 − mean) / deviation. */
export interface Normalization {
  readonly mean: number;
  readonly deviation: number;
}

/** @throws DatasetError unless both are finite and the deviation is above 0 */
export function checkNormalization(where: string, { mean, deviation }: Normalization): void {
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation > 0)) {
    throw new DatasetError(
      `${where}: expected a mean and a deviation above 0 to divide by, got ${mean} and ${deviation}`,
    );
  }
}

/**
 * Mean and standard deviation (of the population) of all pixels, as fractions of 255. Pixels are counted by value, so
 * that only the 256 terms of each sum round.
 *
 * @throws DatasetError when all pixels have one value: there is no deviation to divide by
 * @example pixelStatistics(loadMnist({ split: 'train' })) // { mean: 0.13066047627384286, deviation: 0.308107803856… }
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
  return { mean, deviation: Math.sqrt(squares / images.length) };
}
