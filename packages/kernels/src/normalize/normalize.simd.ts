/**
 * Normalization on vectors: by arithmetic where that gives the very floats of all bytes, which is nearly always; otherwise, and for eight
 * images, the values of all bytes are worked out once, then looked up, one channel after another.
 */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type ChannelNormalization, normalizedBytes, type normalizeSpecs } from './normalize';

type Specs = typeof normalizeSpecs;

/** The images, and the bytes of each, that the arithmetic takes at a time. */
const tile = 16;

export const normalize: SimdBinding<Specs['normalize']> = (g, { x, y }, module) => {
  const { functions, memory } = module;
  const channels = g.channels.length;
  const size = g.pixels * channels;
  const batchStride = g.batch * numberBytes;
  const factors = g.channels.map(floatsOfBytes);
  if (size >= tile && g.batch % tile === 0 && !factors.includes(undefined)) {
    const rows = channels + tile - 1;
    const affine = memory.reserve(rows * 4 * numberBytes);
    const table = Array.from({ length: rows }, (_, row) => factors[row % channels] ?? []);
    memory.floats(affine, rows * 4).set(table.flat());
    const scratch = memory.reserve(tile * tile);
    return bindFunction(module, 'normalizeTiles', { x, y, size, batchStride, channels, affine, scratch });
  }
  const values = memory.reserve(channels * 256 * numberBytes);
  for (const [c, channel] of g.channels.entries()) {
    memory.floats(values + c * 256 * numberBytes, 256).set(normalizedBytes(channel));
  }
  return () => {
    for (let c = 0; c < channels; c++) {
      functions.normalize(x + c, values + c * 256 * numberBytes, y + c * batchStride, size, channels, batchStride);
    }
  };
};

/**
 * Floats with which `(byte · factor + summand) + (byte · smallFactor + smallSummand)`, each operation rounded to float32, is the
 * normalized byte, rounded once; undefined where it is not for every byte. Factor and summand are multiples of a power of two so large that
 * products and sums of them have no more than 24 bits.
 */
export function floatsOfBytes(channel: ChannelNormalization): readonly number[] | undefined {
  const expected = normalizedBytes(channel);
  const slope = 1 / 255 / channel.std;
  const start = -channel.mean / channel.std;
  const largest = Math.max(Math.abs(start), Math.abs(255 * slope), Math.abs(255 * slope + start));
  let bound = 1;
  while (bound <= largest) bound *= 2;
  while (bound / 2 > largest) bound /= 2;
  const step = bound * 2 ** -24;
  const fround = (value: number): number => Math.fround(value);
  const [factor, summand] = [slope, start].map((value) => fround(Math.round(value / step) * step));
  const [smallFactor, smallSummand] = [fround(slope - factor), fround(start - summand)];
  const isExact = expected.every((value, byte) => {
    const large = fround(fround(byte * factor) + summand);
    const small = fround(fround(byte * smallFactor) + smallSummand);
    return Object.is(fround(large + small), fround(value));
  });
  return isExact ? [factor, summand, smallFactor, smallSummand] : undefined;
}
