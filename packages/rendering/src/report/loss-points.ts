/** The loss of the batches of a run as points over its epochs. */
import { exp, log } from '@longhand/tensor';
import type { EpochRecord } from '@longhand/training';
import type { Point } from '../curves/terminal-curves';

/** The figures of a run in their course. */
export interface LearningCurves {
  /** First to last. */
  readonly epochs: readonly EpochRecord[];
  /** The mean loss of each `every` steps in a row. */
  readonly lossCurve: { readonly every: number; readonly losses: readonly number[] };
}

/** Each mean in the middle of the steps that it is of. */
export function batchPoints(curves: LearningCurves): Point[] {
  const { every, losses } = curves.lossCurve;
  const stepsPerEpoch = stepsPerEpochOf(curves);
  return losses.map((loss, at): Point => [((at + 0.5) * every) / stepsPerEpoch, loss]);
}

/** Where no epoch came to its end, all steps are of the first. */
export function stepsPerEpochOf({ epochs, lossCurve }: LearningCurves): number {
  const last = epochs.at(-1);
  return last === undefined ? Math.max(1, lossCurve.losses.length * lossCurve.every) : last.steps / last.epoch;
}

/** The neighbors to each side that enter a smoothed point. */
const reach = 10;

/**
 * Each point the mean of it and as many before as after it, so that the curve neither trails nor leads; of logarithms, because
 * it is drawn on a logarithmic scale, where the mean of the values themselves would run above most of them. At the steep
 * beginning there are fewer on both sides; at the end, which is level, only those after it run out.
 */
export function smoothed(points: readonly Point[]): Point[] {
  const hasPlace = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;
  return points.map(([at, value], middle): Point => {
    if (!hasPlace(value)) return [at, value];
    const near = Math.min(reach, middle);
    const around = points.slice(middle - near, middle + near + 1).filter(([, other]) => hasPlace(other));
    return [at, exp(around.reduce((sum, [, other]) => sum + log(other), 0) / around.length)];
  });
}
