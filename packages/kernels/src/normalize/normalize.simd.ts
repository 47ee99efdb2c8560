/** Normalization on vectors: the values of all bytes are worked out once, then looked up, one channel after another. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { normalizedBytes, type normalizeSpecs } from './normalize';

type Specs = typeof normalizeSpecs;

export const normalize: SimdBinding<Specs['normalize']> = (g, { x, y }, { functions, memory }) => {
  const channels = g.channels.length;
  const size = g.pixels * channels;
  const batchStride = g.batch * numberBytes;
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
