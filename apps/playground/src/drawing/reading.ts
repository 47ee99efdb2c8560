/**
 * What was drawn or photographed, made into what the present model takes, and the model's answer. Draw changes it; whatever looks
 * inside the network reads it.
 */
import { DatasetError, type RasterImage } from '@longhand/datasets';
import { type PreparedImage, preparePicture, takesInk } from '@longhand/handwriting';
import { PEN, showsSeveral } from '@longhand/handwriting/paper';
import { type Classifier, classifier, type Doubt, doubtOf, mostProbable, planOfModel } from '@longhand/training';
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { setting, whenFollowed } from '../address';
import { type PresentModel, presentModel } from '../session';
import { imageOfText, pictureOfImage, textOfImage } from './image-picture';

/** A drawing smaller than this part of the paper is mostly the pen's width. */
const LEAST_PART = 0.2;

/** A picture to be read, and where it is from. */
export interface Picture {
  readonly raster: RasterImage;
  readonly from: 'paper' | 'file' | 'camera';
  /** What it is called, such as the file's name. */
  readonly name: string;
}

/** One digit in it, and what the model makes of it. */
export interface ReadDigit {
  readonly prepared: PreparedImage;
  readonly probabilities: Float32Array;
  /** The index of the most probable class. */
  readonly predicted: number;
  /** Why it is not sure: `picture` of a digit that is badly cut from others, else what the model's calibration says. Undefined if it is. */
  readonly doubt: Doubt | 'picture' | undefined;
}

export interface Reading {
  readonly picture: Picture;
  readonly digits: readonly ReadDigit[];
  /** Why there are none, in one line. */
  readonly problem?: string;
}

/** The picture; undefined while nothing is drawn. It begins with that of the address. */
export const picture = signal<Picture | undefined>(pictureOfAddress());

/** Whether a stroke is being drawn: what costs more than an answer waits for its end. */
export const isDrawing = signal(false);

/** What is computed of the chosen digit as soon as its stroke has ended; until then it is what it was. */
export function afterStroke<Value>(compute: () => Value): ReadonlySignal<Value | undefined> {
  const now = computed(compute);
  let last: Value | undefined;
  return computed(() => {
    if (!isDrawing.value) last = now.value;
    return last;
  });
}

/** Which of several digits is looked at. */
export const chosenAt = signal(0);

function pictureOfAddress(): Picture | undefined {
  const image = imageOfText(setting('picture', ''));
  return image && { raster: pictureOfImage(image), from: 'file', name: 'the picture of the address' };
}

let prepared: { readonly model: PresentModel; readonly classifier: Classifier } | undefined;

/** The classifier of the model, prepared once. */
export function classifierOf(model: PresentModel): Classifier {
  if (prepared?.model !== model) {
    prepared?.classifier.release();
    prepared = { model, classifier: classifier(model) };
  }
  return prepared.classifier;
}

/** The picture as the present model reads it: anew when either changes. */
export const reading = computed((): Reading | undefined => {
  const [now, model] = [picture.value, presentModel.value];
  if (now === undefined || model === undefined) return undefined;
  try {
    return { picture: now, digits: read(now, model) };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { picture: now, digits: [], problem: error.message };
  }
});

/** The digit that is looked at. */
export const chosen = computed((): ReadDigit | undefined => reading.value?.digits[chosenAt.value]);

// The image that is looked at, as the address has it, does not take the place of the drawing that it is of.
whenFollowed(() => {
  const image = chosen.peek()?.prepared.image;
  if (image?.channels === 1 && textOfImage(image) === setting('picture', '')) return;
  picture.value = pictureOfAddress() ?? picture.peek();
});

// Another picture may have fewer digits.
effect(() => {
  const count = reading.value?.digits.length ?? 0;
  if (chosenAt.peek() >= Math.max(count, 1)) chosenAt.value = 0;
});

function read({ raster, from, name }: Picture, model: PresentModel): ReadDigit[] {
  const images = imagesOf(raster, from, name, model);
  return classifierOf(model)
    .classify(images.map(({ image }) => image.pixels))
    .map((probabilities, at): ReadDigit => {
      const prepared = images[at];
      const doubt = prepared.digit?.isDoubtful ? 'picture' : doubtOf(probabilities, model.calibration);
      return { prepared, probabilities, predicted: mostProbable(probabilities), doubt };
    });
}

/** Digits apart where there are several; an image of the data set as it is. */
function imagesOf(
  raster: RasterImage,
  from: Picture['from'],
  name: string,
  model: PresentModel,
): readonly PreparedImage[] {
  const isOnPaper = from === 'paper';
  const plan = { ...planOfModel(model), isDrawing: isOnPaper, name };
  const isOfItsSize = raster.width === plan.size.width && raster.height === plan.size.height;
  if (!takesInk(plan) || isOfItsSize) return preparePicture(raster, plan).images;
  const { images } = preparePicture(raster, { ...plan, split: true });
  if (!isOnPaper) return images;
  // The hat of a 5 stands apart from its bow, and is no digit of its own.
  const isOne =
    images.length > 1 &&
    !showsSeveral(
      images.map(({ box }) => box),
      PEN,
    );
  const found = isOne ? preparePicture(raster, plan).images : images;
  if (found.every(({ box }) => isTiny(box, raster))) throw new DatasetError('too small: draw larger, please');
  return found;
}

function isTiny({ left, top, right, bottom }: PreparedImage['box'], { width }: RasterImage): boolean {
  return Math.max(right - left, bottom - top) < LEAST_PART * width;
}
