/** What is said of an epoch that is over, in a line that stays. */
import { accuracyText, durationText, flow, lossText, rateText } from '@longhand/rendering';
import type { EpochRecord } from './training-display';

/**
 * The epoch in a line, or in as many as a narrow terminal needs.
 *
 * @param width columns there are, as many as the line takes unless told
 */
export function epochLine(record: EpochRecord, width = Number.POSITIVE_INFINITY): string {
  const { epoch, epochs, loss, accuracy, validation, seconds, imagesPerSecond } = record;
  const held =
    validation === undefined
      ? []
      : [`held back ${accuracyText(validation.accuracy)}${validation.best ? ' (best)' : ''}`];
  return flow(
    [
      `epoch ${epoch}/${epochs}`,
      `loss ${lossText(loss)}`,
      `accuracy ${accuracyText(accuracy)}`,
      ...held,
      durationText(seconds),
      rateText(imagesPerSecond),
    ],
    width,
  );
}
