/** What the numbers of a network are like, parameter by parameter: whether it has learned, died or run away shows here. */
import type { Shape } from '@longhand/tensor';
import type { Parameters } from './parameters';

/** One parameter in figures. */
export interface ParameterStatistics {
  /** `conv1.weight` */
  readonly path: string;
  readonly shape: Shape;
  readonly count: number;
  readonly mean: number;
  /** The standard deviation, √(Σ (x − mean)² / count). */
  readonly deviation: number;
  readonly smallest: number;
  readonly largest: number;
  /** The part of the numbers that is exactly zero. */
  readonly zeros: number;
}

/**
 * The statistics of every parameter, in the order of the network.
 *
 * @example parameterStatistics(lenet5().initialize(seededRandom(1)))[0].path // 'conv1.weight'
 */
export function parameterStatistics(parameters: Parameters): readonly ParameterStatistics[] {
  return parameters.entries.map(({ path, shape }) => {
    const { data } = parameters.get(path);
    const count = data.length;
    let [sum, smallest, largest, zeros] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const value of data) {
      sum += value;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      if (value === 0) zeros++;
    }
    const mean = sum / count;
    // A second walk: the mean square less the squared mean would lose all digits where the mean is large.
    let squares = 0;
    for (const value of data) squares += (value - mean) * (value - mean);
    return { path, shape, count, mean, deviation: Math.sqrt(squares / count), smallest, largest, zeros: zeros / count };
  });
}
