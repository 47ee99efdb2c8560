/** An image that was made of a picture, such as a digit in it, and what a model makes of it. */
import type { PreparedPicture } from '../command/picture-source';

/** Predictions below this probability are not sure. A default: the model says nothing of how well its probabilities are calibrated. */
export const SURE = 0.8;

export interface ClassifiedImage {
  /** What the picture is called. */
  readonly picture: string;
  readonly prepared: PreparedPicture;
  readonly probabilities: Float32Array;
  /** The index of the most probable class. */
  readonly predictedClass: number;
  /** The class that the picture is known to be of, with `--labels`, where it is known. */
  readonly label?: string | undefined;
}

/** Whether a prediction is sure. */
export function isSure({ probabilities, predictedClass }: ClassifiedImage): boolean {
  return probabilities[predictedClass] >= SURE;
}
