/** The schema of the record of a run: a checkpoint may come from anywhere. */
import { boolean, list, number, object, objectWithExtras, oneOf, optional, recordOf } from '@longhand/schema';

const score = { accuracy: number, loss: number };

/** A schema for each entry of `FitRecord`, for records that have more besides: `object({ ...fitRecordEntries, title: string })`. */
export const fitRecordEntries = {
  epochs: list(
    objectWithExtras({
      epoch: number,
      steps: number,
      ...score,
      learningRate: number,
      seconds: number,
      imagesPerSecond: number,
      validation: optional(objectWithExtras({ ...score, best: boolean, metrics: optional(recordOf(number)) })),
    }),
  ),
  epochSeconds: number,
  best: optional(object({ epoch: number, ...score })),
  stopped: optional(oneOf('target', 'patience')),
};
