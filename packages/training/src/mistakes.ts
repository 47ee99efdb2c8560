/** Which images were misread: what one wants to see of an evaluation after its figures. */
import type { ImageDataset } from '@longhand/datasets';
import type { Evaluation } from './evaluate';

/** One image that was misread. */
export interface Mistake {
  /** Its place in the data set, from 0. */
  readonly index: number;
  /** The class that it is of. */
  readonly shown: number;
  /** The class that it was read as. */
  readonly read: number;
  /** How sure the network was of that. */
  readonly probability: number;
}

/**
 * The mistakes of an evaluation, those first of which the network was surest; equally sure ones in the data set's order.
 *
 * @param dataset the one that was evaluated
 * @example mistakesOf(await evaluate({ …, dataset }), dataset).slice(0, 12)
 */
export function mistakesOf({ predicted, probability }: Evaluation, { labels }: ImageDataset): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [index, read] of predicted.entries()) {
    if (read !== labels[index]) mistakes.push({ index, shown: labels[index], read, probability: probability[index] });
  }
  return mistakes.sort((one, other) => other.probability - one.probability);
}
