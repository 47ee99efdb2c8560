/** Normalization: pixels brought to mean 0 and standard deviation 1, where networks learn best. */
import type { ChannelNormalization } from '@longhand/kernels';
import { DatasetError } from './dataset-error';
import type { ImageDataset } from './image-dataset';

/** A byte x of a pixel becomes (x/255 − mean) / std: by one number for all channels, or by one for each. */
export interface Normalization {
  /** Between 0 and 1 for images: a fraction of 255. */
  readonly mean: number | readonly number[];
  /** The standard deviation as a fraction of 255, above 0. */
  readonly std: number | readonly number[];
}

/**
 * The normalization of each channel.
 *
 * @param where the caller's name, for messages
 * @throws DatasetError when there are numbers for more or fewer channels, one is not finite, or a standard deviation is not
 *   above 0
 * @example channelNormalizations('input', { mean: [0.49, 0.48, 0.45], std: 0.25 }, 3)[2]; // { mean: 0.45, std: 0.25 }
 */
export function channelNormalizations(
  where: string,
  { mean, std }: Normalization,
  channels: number,
): readonly ChannelNormalization[] {
  for (const [name, numbers] of Object.entries({ mean, std })) {
    if (typeof numbers === 'object' && numbers.length !== channels) {
      throw new DatasetError(
        `${where}: expected one ${name}, or one for each of ${channels === 1 ? '1 channel' : `${channels} channels`}, got ${numbers.length}`,
      );
    }
  }
  return Array.from({ length: channels }, (_, channel) => {
    const of = { mean: numberOf(mean, channel), std: numberOf(std, channel) };
    if (!isUsable(of)) {
      throw new DatasetError(
        `${where}: expected a mean and a standard deviation above 0 to divide by, got ${of.mean} and ${of.std}`,
      );
    }
    return of;
  });
}

function numberOf(numbers: number | readonly number[], channel: number): number {
  return typeof numbers === 'number' ? numbers : numbers[channel];
}

function isUsable({ mean, std }: ChannelNormalization): boolean {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) return false;
  // In float32, too.
  return [0, 1].every((share) => Number.isFinite(Math.fround((share - mean) / std)));
}

/**
 * The normalization that is one number each where all channels have the same, and else a list of each.
 *
 * @example normalizationOfChannels([{ mean: 0.1307, std: 0.3081 }]); // { mean: 0.1307, std: 0.3081 }
 */
export function normalizationOfChannels(channels: readonly ChannelNormalization[]): Normalization {
  const [first] = channels;
  if (channels.every(({ mean, std }) => mean === first.mean && std === first.std)) {
    return { mean: first.mean, std: first.std };
  }
  return { mean: channels.map(({ mean }) => mean), std: channels.map(({ std }) => std) };
}

/**
 * A normalization as model files store it. Their key for the standard deviation stays `deviation`: with another one a model
 * that is read and written again would differ in its bytes, and earlier versions could not read it.
 *
 * @example normalizationToStore({ mean: 0.1307, std: 0.3081 }); // { mean: 0.1307, deviation: 0.3081 }
 */
export function normalizationToStore({ mean, std }: Normalization): {
  readonly mean: Normalization['mean'];
  readonly deviation: Normalization['std'];
} {
  return { mean, deviation: std };
}

/**
 * The normalization in the JSON of a file, undefined when there is none. The standard deviation is `deviation`, as
 * {@link normalizationToStore} writes it, or `std`.
 *
 * @example storedNormalization({ mean: 0.1307, deviation: 0.3081 }); // { mean: 0.1307, std: 0.3081 }
 */
export function storedNormalization(stored: unknown): Normalization | undefined {
  const { mean, deviation, std = deviation } = (stored ?? {}) as Readonly<Record<string, unknown>>;
  if (!(areNumbers(mean) && areNumbers(std))) return undefined;
  const [means, deviations] = [mean, std].map((numbers) => (typeof numbers === 'number' ? [numbers] : numbers));
  const fits = means.length === deviations.length || means.length === 1 || deviations.length === 1;
  const usable = means.every(Number.isFinite) && deviations.every((number) => Number.isFinite(number) && number > 0);
  return fits && usable ? { mean, std } : undefined;
}

/** Whether it is a number, or a list of at least one. */
function areNumbers(value: unknown): value is number | readonly number[] {
  if (!Array.isArray(value)) return typeof value === 'number';
  return value.length > 0 && value.every((number) => typeof number === 'number');
}

/**
 * Mean and standard deviation (of the population) of all pixels, as fractions of 255: of each channel, if there are several. Pixels
 * are counted by value, so that only the 256 terms of each sum round. A channel whose pixels all have one value gets the
 * standard deviation 1, so that it becomes 0.
 *
 * @throws DatasetError when that is so of all channels: there is nothing to learn from
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * pixelStatistics(loadMnist({ split: 'train' })); // { mean: 0.13066047…, std: 0.3081078038… }
 */
export function pixelStatistics({ name, images, channels }: ImageDataset): Normalization {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (const [channel, ofChannel] of counts.entries()) {
    for (let k = channel; k < images.length; k += channels) ofChannel[images[k]]++;
  }
  const pixels = images.length / channels;
  const statistics = counts.map((ofChannel) => statisticsOf(ofChannel, pixels));
  if (statistics.every(({ std }) => std === 0)) {
    const values = Array.from(images.subarray(0, channels)).join(', ');
    throw new DatasetError(`${name}: expected pixels that differ, got ${values} in all of them; check the image file`);
  }
  return normalizationOfChannels(statistics.map(({ mean, std }) => ({ mean, std: std === 0 ? 1 : std })));
}

/** The mean and standard deviation of bytes, of which `counts` has the number of each. */
function statisticsOf(counts: Float64Array, pixels: number): ChannelNormalization {
  if (counts.includes(pixels)) return { mean: counts.indexOf(pixels) / 255, std: 0 };
  let sum = 0;
  for (let value = 0; value < 256; value++) sum += value * counts[value];
  const mean = sum / (255 * pixels);
  let squares = 0;
  for (let value = 0; value < 256; value++) {
    const distance = value / 255 - mean;
    squares += counts[value] * distance * distance;
  }
  return { mean, std: Math.sqrt(squares / pixels) };
}
