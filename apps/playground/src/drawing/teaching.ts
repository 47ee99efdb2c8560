/**
 * The page learns a hand: answers that were wrong are corrected, a few steps are trained on them, and the test digits say what that
 * costs. A lesson can be undone.
 */
import { augmentation, type ImageDataset, imageDataset } from '@longhand/datasets';
import { adam } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { type Evaluation, evaluate, train } from '@longhand/training';
import { signal } from '@preact/signals';
import { type PresentModel, presentModel, wantDigits } from '../session';
import { pageEngine } from '../training/engine';

/** An image as the network gets it, with the class that it is of. */
export interface Correction {
  readonly image: Uint8Array;
  readonly label: number;
}

/** What a lesson has changed. */
export interface Lesson {
  readonly before: PresentModel;
  readonly after: PresentModel;
  readonly steps: number;
  readonly own: Accuracy;
  readonly test: Accuracy;
}

/** The images that are classified correctly, before and after. */
export interface Accuracy {
  readonly before: number;
  readonly after: number;
  readonly count: number;
}

/** What has been corrected so far. */
export const corrections = signal<readonly Correction[]>([]);

export const lesson = signal<Lesson | undefined>(undefined);

/** What is being done, in words; undefined while nothing is. */
export const teachingNow = signal<string | undefined>(undefined);

export const teachingFailure = signal<string | undefined>(undefined);

export interface TeachingOptions {
  readonly steps: number;
  /** Whether half of each batch are training digits, so that what was learned before is not forgotten. */
  readonly mixed: boolean;
}

const BATCH = 64;

/** Trains the present model on the corrections, and tests it before and after. */
export async function teach(options: TeachingOptions): Promise<void> {
  const before = presentModel.value;
  if (before === undefined || teachingNow.value !== undefined) return;
  teachingFailure.value = undefined;
  try {
    teachingNow.value = 'loading the test digits';
    const { training, testing } = await wantDigits();
    teachingNow.value = 'testing';
    const own = ownDataset(before, testing);
    const [ownBefore, testBefore] = [await test(before, own), before.test ?? (await test(before, testing))];
    const after = await trained(before, training, options);
    teachingNow.value = 'testing';
    const [ownAfter, testAfter] = [await test(after, own), await test(after, testing)];
    const count = corrections.value.length;
    const origin = `${before.origin}, taught ${count} ${count === 1 ? 'image' : 'images'} of yours`;
    const model = { ...after, origin, from: undefined, test: testAfter };
    const compared = (one: Evaluation, other: Evaluation): Accuracy => ({
      before: one.correct,
      after: other.correct,
      count: one.count,
    });
    lesson.value = {
      before,
      after: model,
      steps: options.steps,
      own: compared(ownBefore, ownAfter),
      test: compared(testBefore, testAfter),
    };
    presentModel.value = model;
  } catch (error) {
    teachingFailure.value = error instanceof Error ? error.message : String(error);
  } finally {
    teachingNow.value = undefined;
  }
}

/** The model before the lesson again. */
export function undoLesson(): void {
  const last = lesson.value;
  if (last === undefined) return;
  presentModel.value = last.before;
  lesson.value = undefined;
}

async function test(model: PresentModel, dataset: ImageDataset): Promise<Evaluation> {
  const { network, parameters, normalization, loss } = model;
  return await evaluate({ network, parameters, normalization, dataset, engine: pageEngine(), ...(loss && { loss }) });
}

async function trained(
  model: PresentModel,
  training: ImageDataset,
  { steps, mixed }: TeachingOptions,
): Promise<PresentModel> {
  const { network, parameters, normalization, loss } = model;
  const run = train({
    network,
    parameters,
    normalization,
    dataset: lessonDataset(corrections.value, training, { steps, mixed }),
    optimizer: adam({ learningRate: 0.001 }),
    augmentation: augmentation({ shift: 1, rotation: 8, scale: 0.08 }),
    epochs: 1,
    batchSize: BATCH,
    seed: 1,
    engine: pageEngine(),
    ...(loss && { loss }),
  });
  for await (const { step } of run) teachingNow.value = `step ${step} of ${steps}`;
  // Calibrated were the weights before.
  const { calibration: _, ...rest } = model;
  return { ...rest, parameters: await run.result };
}

/** The corrected images as a data set of the shape of the test digits. */
function ownDataset({ classes }: PresentModel, { height, width, channels }: ImageDataset): ImageDataset {
  return imageDataset({
    name: 'corrected images',
    images: joined(corrections.value.map(({ image }) => image)),
    labels: Uint8Array.from(corrections.value, ({ label }) => label),
    height,
    width,
    channels,
    classes: classes.length,
  });
}

/**
 * What a lesson trains on: so many batches of the corrected images in turn, or half of them and half of the training digits.
 *
 * @example lessonDataset(corrections, training, { steps: 20, mixed: true }).count // 1280
 */
export function lessonDataset(
  corrected: readonly Correction[],
  training: ImageDataset,
  { steps, mixed }: TeachingOptions,
): ImageDataset {
  const { height, width, channels, classes } = training;
  const size = height * width * channels;
  const random = seededRandom('lesson');
  const chosen = Array.from({ length: steps * BATCH }, (_, at): Correction => {
    if (!mixed || at % 2 === 0) return corrected[Math.floor(at / (mixed ? 2 : 1)) % corrected.length];
    const index = random.integer(training.count);
    const image = training.images.subarray(index * size, (index + 1) * size);
    return { image, label: training.labels[index] };
  });
  return imageDataset({
    name: 'corrections',
    images: joined(chosen.map(({ image }) => image)),
    labels: Uint8Array.from(chosen, ({ label }) => label),
    height,
    width,
    channels,
    classes,
  });
}

function joined(images: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(images.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const image of images) {
    all.set(image, at);
    at += image.length;
  }
  return all;
}
