/** What is said of an epoch that is over, in a line that stays. */
import { accuracyText, durationText, flow, lossText, rateText, visibleWidth } from '@longhand/rendering';
import type { EpochRecord } from './training-display';

/**
 * The epoch in a line. Narrow terminals go without the speed, and then take several.
 *
 * @param width columns there are, as many as the line takes unless told
 */
export function epochLine(record: EpochRecord, width = Number.POSITIVE_INFINITY): string {
  const { epoch, epochs, loss, accuracy, validation, seconds, imagesPerSecond } = record;
  const held = validation && `held back ${accuracyText(validation.accuracy)}${validation.best ? ' (best)' : ''}`;
  const parts = [
    `epoch ${epoch}/${epochs}`,
    `loss ${lossText(loss)}`,
    `accuracy ${accuracyText(accuracy)}`,
    ...(held === undefined ? [] : [held]),
    durationText(seconds),
  ];
  const all = [...parts, rateText(imagesPerSecond)].join('  ');
  return visibleWidth(all) <= width ? all : flow(parts, width);
}
