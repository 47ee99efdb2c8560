/** The moving average on vectors. */
import type { SimdBinding } from '../contract/simd-binding';
import type { movingAverageSpecs } from './moving-average';

type Specs = typeof movingAverageSpecs;

export const movingAverage: SimdBinding<Specs['movingAverage']> =
  (g, { average, values, share, newAverage }, { functions }) =>
  () =>
    functions.movingAverage(average, values, share, newAverage, g.length);
