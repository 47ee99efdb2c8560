/** An image that was made of a picture, such as a digit in it, and what a model makes of it. */
import type { Doubt } from '@longhand/training';
import type { PictureMark, PreparedPicture } from '../command/picture-source';

export interface ClassifiedImage {
  /** What the picture is called. */
  readonly picture: string;
  readonly prepared: PreparedPicture;
  readonly probabilities: Float32Array;
  /** What the network puts out for each class; undefined where it ends with a softmax or a sigmoid. */
  readonly logits: Float32Array | undefined;
  /** The index of the most probable class. */
  readonly predictedClass: number;
  /** Why the prediction is not sure, `picture` of a digit that is badly cut from others; undefined if it is sure. */
  readonly doubt: Doubt | 'picture' | undefined;
  /** The class that the picture is known to be of, with `--labels`, where it is known. */
  readonly label?: string | undefined;
}

/** Whether a prediction is sure. */
export function isSure({ doubt }: Pick<ClassifiedImage, 'doubt'>): boolean {
  return doubt === undefined;
}

/** A point, a comma or a minus sign between the digits of a picture. */
export interface ReadMark {
  /** What the picture is called. */
  readonly picture: string;
  readonly mark: PictureMark;
}

/** What stands in a picture. */
export type Reading = ClassifiedImage | ReadMark;

export function isImage(reading: Reading): reading is ClassifiedImage {
  return !('mark' in reading);
}

/**
 * The readings of a picture as text: a row's characters one after another, classes of longer names apart, rows apart by ` / `.
 *
 * @param textOf of an image, such as `7` or `7?`
 * @example rowsText(readings, (image) => classes[image.predictedClass]) // '-42 / 3.14'
 */
export function rowsText(readings: readonly Reading[], textOf: (image: ClassifiedImage) => string): string {
  const lineOf = (reading: Reading): number => (isImage(reading) ? reading.prepared.line : reading.mark.line) ?? 0;
  const characters = readings.map((reading) => ({
    line: lineOf(reading),
    text: isImage(reading) ? textOf(reading) : reading.mark.mark,
  }));
  const gap = characters.some(({ text }) => [...text.replace('?', '')].length > 1) ? ' ' : '';
  return [...new Set(characters.map(({ line }) => line))]
    .map((line) =>
      characters
        .filter((each) => each.line === line)
        .map(({ text }) => text)
        .join(gap),
    )
    .join(' / ');
}
