/**
 * Hard example mining: after a part of the run, a step trains on images whose loss was large when they were last seen, not on all. An
 * image that the network is sure of has next to no gradient, so a run of few steps learns more from the others.
 *
 * Shrivastava, Gupta and Girshick, "Training region-based object detectors with online hard example mining", 2016, choose them within
 * a batch, and pay a forward pass of all images for that. Here the losses are those of steps that were made anyway, as in Loshchilov and
 * Hutter, "Online batch selection for faster training of neural networks", 2015. An epoch has rounds:
 *
 *   fraction 0.25:  | all images | hardest quarter | hardest quarter | hardest quarter | hardest quarter | …
 *                     epoch 1      epoch 2
 *
 * At the beginning of a round the images with the largest losses are chosen, in random order. An epoch has as many steps as before.
 */
import { shuffledIndices } from '@longhand/datasets';
import { type Entries, number, object, optional } from '@longhand/schema';
import { OptionError, type Random } from '@longhand/tensor';

/** Training on the images with the largest losses. */
export interface HardExamples {
  /** The part of the images that is trained on, above 0 and at most 1. */
  readonly fraction: number;
  /** The part of the run before, which trains on all images, from 0 to 1. Default: 0.5. */
  readonly after?: number;
}

/** Where hard examples begin by default: after half of the run. */
export const hardExamplesBegin = 0.5;

const hardExamplesEntries = { fraction: number, after: optional(number) } satisfies Entries<HardExamples>;

export const hardExamplesSchema = object(hardExamplesEntries);

/** @throws OptionError when a number is out of range */
export function checkHardExamples(where: string, { fraction, after = hardExamplesBegin }: HardExamples): void {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new OptionError(
      `${where}: expected a number above 0 and at most 1 as fraction of hard examples, got ${fraction}`,
    );
  }
  if (!(after >= 0 && after <= 1)) {
    throw new OptionError(
      `${where}: expected a number from 0 to 1 as part of the run before hard examples, got ${after}`,
    );
  }
}

/** The steps of a run. */
export interface RunLength {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** Steps whose images are chosen together: an epoch, or a part of one. */
export interface Round {
  /** From 1. */
  readonly epoch: number;
  /** The first step of the round and the one behind its last, counted from 0 in the epoch. */
  readonly first: number;
  readonly end: number;
  readonly isHard: boolean;
}

/** The step, counted from 0 in an epoch, at which hard examples begin: 0 where they began before, the number of its steps where they do later. */
function hardAt(
  hardExamples: HardExamples | undefined,
  { stepsPerEpoch, totalSteps }: RunLength,
  epoch: number,
): number {
  if (hardExamples === undefined) return stepsPerEpoch;
  const { after = hardExamplesBegin } = hardExamples;
  return Math.min(Math.max(Math.round(after * totalSteps) - (epoch - 1) * stepsPerEpoch, 0), stepsPerEpoch);
}

/** The part of an epoch's steps that train on hard examples. */
export function hardPart(hardExamples: HardExamples | undefined, length: RunLength, epoch: number): number {
  return 1 - hardAt(hardExamples, length, epoch) / length.stepsPerEpoch;
}

/** The round of each step, counted from 0 over the whole run. Without hard examples every epoch is one. */
export function roundsOf(hardExamples: HardExamples | undefined, length: RunLength): (step: number) => Round {
  const { stepsPerEpoch } = length;
  const stepsPerRound = Math.ceil((hardExamples?.fraction ?? 1) * stepsPerEpoch);
  return (step) => {
    const epoch = Math.floor(step / stepsPerEpoch) + 1;
    const at = step % stepsPerEpoch;
    const begin = hardAt(hardExamples, length, epoch);
    if (at < begin) return { epoch, first: 0, end: begin, isHard: false };
    const first = at - ((at - begin) % stepsPerRound);
    return { epoch, first, end: Math.min(first + stepsPerRound, stepsPerEpoch), isHard: true };
  };
}

/** Whether a run that has made some steps is between the first and the last of a round of hard examples. */
export function isWithinHardRound(hardExamples: HardExamples | undefined, length: RunLength, steps: number): boolean {
  if (steps >= length.totalSteps) return false;
  const { isHard, first } = roundsOf(hardExamples, length)(steps);
  return isHard && steps % length.stepsPerEpoch > first;
}

/** The loss of an image that was not seen yet: it is chosen last. */
export const notSeen = Number.NEGATIVE_INFINITY;

/**
 * The indices of the images with the largest losses, in random order. Of equal losses chance decides too.
 *
 * @param losses of each image
 */
export function hardestIndices(losses: Float32Array, count: number, random: Random): Uint32Array {
  const least = losses.slice().sort()[losses.length - count];
  const order = shuffledIndices(losses.length, random);
  let equal = count;
  for (const loss of losses) if (loss > least) equal--;
  return order.filter((image) => losses[image] > least || (losses[image] === least && equal-- > 0));
}
