/** The schema of the record of a run: a checkpoint may come from anywhere. */
import {
  boolean,
  count,
  type EntrySchema,
  finiteNumber,
  list,
  nonNegative,
  number,
  type OptionalEntrySchema,
  object,
  objectWithExtras,
  oneOf,
  optional,
  recordOf,
  share,
} from '@longhand/schema';
import type { BestEpoch, EpochRecord } from './selection';

const score = { accuracy: share, loss: finiteNumber };

/** A schema for each entry of `FitRecord`, for records that have more besides: `object({ ...fitRecordEntries, title: string })`. */
export const fitRecordEntries: {
  readonly epochs: EntrySchema<EpochRecord[]>;
  readonly epochSeconds: EntrySchema<number>;
  readonly best: OptionalEntrySchema<BestEpoch>;
  readonly stopped: OptionalEntrySchema<'target' | 'patience'>;
} = {
  epochs: list(
    objectWithExtras({
      epoch: count,
      steps: count,
      ...score,
      learningRate: finiteNumber,
      hardExamples: optional(share),
      seconds: nonNegative,
      imagesPerSecond: nonNegative,
      validation: optional(objectWithExtras({ ...score, best: boolean, metrics: optional(recordOf(number)) })),
    }),
  ),
  epochSeconds: nonNegative,
  best: optional(object({ epoch: count, ...score })),
  stopped: optional(oneOf('target', 'patience')),
};
