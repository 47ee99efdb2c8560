/** What hiding a part of the image does to the score of the label: where the network looks. */
import { channelNormalizations } from '@longhand/datasets';
import { occlusionMaps } from '@longhand/training';
import { computed } from '@preact/signals';
import { afterStroke, chosen, classifierOf } from '../drawing/reading';
import { presentModel } from '../session';
import { shownLabel } from './present-step';

/** The side of the patch that hides pixels. */
export const PATCH = 5;

export interface Occlusion {
  readonly height: number;
  readonly width: number;
  /** The change of the label's probability while the surroundings of a pixel are hidden, `[height, width]`. */
  readonly change: Float32Array;
  /** The probability of the unchanged image. */
  readonly probability: number;
}

/** The probabilities of all classes while a part is hidden. */
const hidden = computed((): readonly Float32Array[] | undefined => {
  const [model, digit] = [presentModel.value, chosen.value];
  if (model === undefined || digit === undefined) return undefined;
  const { pixels, height, width, channels } = digit.prepared.image;
  // A digit is hidden by its background, a picture by the mean color of the training images.
  const means = channelNormalizations('occlusion', model.normalization, channels).map(({ mean }) => mean * 255);
  const paint = channels === 1 ? [0] : means.map(Math.round);
  return occlusionMaps(classifierOf(model), { image: pixels, height, width, patch: PATCH, paint });
});

export const occlusion = afterStroke((): Occlusion | undefined => {
  const [digit, label] = [chosen.value, shownLabel.value];
  const map = label === undefined ? undefined : hidden.value?.[label];
  if (digit === undefined || label === undefined || map === undefined) return undefined;
  const { height, width } = digit.prepared.image;
  const probability = digit.probabilities[label];
  return { height, width, change: map.map((value) => value - probability), probability };
});

/** The pixel where hiding changes most. */
export function mostChanged({ change, width }: Occlusion): { row: number; column: number; change: number } {
  const at = change.reduce((most, value, k) => (Math.abs(value) > Math.abs(change[most]) ? k : most), 0);
  return { row: Math.floor(at / width), column: at % width, change: change[at] };
}
