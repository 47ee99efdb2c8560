/** Pictures that the user gives, as files or through a pipe, made into what a model was trained on. */
import { closeSync } from 'node:fs';
import { DatasetError, type PictureBox, type RasterImage } from '@longhand/datasets';
import { readImage } from '@longhand/datasets/node';
import { type Classify, type Mark, preparePicture, takesInk } from '@longhand/handwriting';
import type { PixelImage } from '@longhand/rendering';
import { type Model, planOfModel } from '@longhand/training';
import { currentBudget } from './budget';
import { refusal, sayLine } from './failure';
import { takePipe } from './input-pipes';

/** Its number as an open file. */
const STANDARD_INPUT = 0;

/** An image as the model takes it, and where in the picture it is from. */
export interface PreparedPicture {
  readonly image: PixelImage & { readonly pixels: Uint8Array; readonly channels: number };
  readonly box: PictureBox;
  /** Of a digit, the number of its row, from 0 at the top. */
  readonly line?: number;
  /** Of a digit, whether it is dark ink on a light background. */
  readonly darkOnLight?: boolean;
  /** Of a digit, whether it is doubtful that it is one alone, and whole. */
  readonly isDoubtful?: boolean;
}

/** A point, a comma or a minus sign among the digits of a picture. */
export interface PictureMark {
  readonly mark: Mark;
  readonly box: PictureBox;
  /** The number of its row, from 0 at the top. */
  readonly line: number;
  /** Whether it is dark ink on a light background. */
  readonly darkOnLight: boolean;
}

/** How pictures are prepared for a model. */
export interface PictureOptions {
  readonly model: Pick<Model, 'network' | 'data'>;
  /** Whether the picture may show several digits, from left to right. Default: false. */
  readonly split?: boolean;
  /** Whether the picture is prepared already, in the layout of the training images, and only resized. Default: false. */
  readonly asIs?: boolean;
  /** The part of the picture to take, in pixels of the file. Default: all of it. */
  readonly crop?: PictureBox | undefined;
  /** The model's classifier, by which digits that touch are cut apart. Default: they stay together. */
  readonly classify?: Classify | undefined;
}

/** Whether pictures are searched for ink: what a model has learned from that takes digits or letters. */
export function takesDigits(model: PictureOptions['model']): boolean {
  return takesInk(planOfModel(model));
}

/** A picture as it was read, and the images of it; their boxes are in pixels of the file. */
export function pictureAndImages(
  name: string,
  { model, asIs = false }: Pick<PictureOptions, 'model' | 'asIs'>,
): { readonly picture: RasterImage; readonly images: readonly PreparedPicture[] } {
  const title = titleOf(name);
  const picture = pictureOf(name, title);
  const images = preparedOf(picture, title, { model, asIs })
    .filter((character): character is PreparedPicture => !('mark' in character))
    .map((image) => ({ ...image, box: inFile(image.box, picture) }));
  return { picture, images };
}

/** The images among what {@link charactersIn} finds. */
export function preparedPictures(name: string, options: PictureOptions): PreparedPicture[] {
  return charactersIn(name, options).filter((character): character is PreparedPicture => !('mark' in character));
}

/**
 * What stands in a picture: one image, or with `split` each digit and the marks between them. What had to be left out of a picture is
 * said in a line on stderr.
 *
 * @param name a file, or `-` for standard input
 * @throws DatasetError when it cannot be read, or has no ink; CommandError when something that is no digit is to be split
 */
export function charactersIn(
  name: string,
  { model, split = false, asIs = false, crop, classify }: PictureOptions,
): (PreparedPicture | PictureMark)[] {
  if (split && !takesDigits(model)) {
    throw refusal(
      `option '--split' is for digits, ink on a plain background; the model takes pictures of ${model.network.inputShape.join('×')}: leave it out`,
    );
  }
  if (split && asIs)
    throw refusal("option '--as-is' is for one prepared digit, '--split' for several; leave one of them out");
  const title = titleOf(name);
  const whole = pictureOf(name, title);
  const part = crop === undefined ? undefined : partOf(whole, crop, title);
  const picture = part === undefined ? whole : cropped(whole, part);
  return preparedOf(picture, title, { model, split, asIs, classify }).map((image) => ({
    ...image,
    box: inFile(image.box, whole, part),
  }));
}

/**
 * The pixels of a box of the file, in a picture that may have been reduced while it was decoded.
 *
 * @throws DatasetError when the box is not within the picture
 */
function partOf({ width, height, reduction }: RasterImage, box: PictureBox, title: string): PictureBox {
  const scale = reduction ?? 1;
  const { left, top, right, bottom } = box;
  if (right > width * scale || bottom > height * scale) {
    throw new DatasetError(
      `${title}: expected --crop within its ${width * scale} × ${height * scale} pixels, got columns up to ${right} and rows up to ${bottom}; give another x,y,width,height`,
    );
  }
  return {
    left: Math.floor(left / scale),
    top: Math.floor(top / scale),
    right: Math.ceil(right / scale),
    bottom: Math.ceil(bottom / scale),
  };
}

function cropped(picture: RasterImage, { left, top, right, bottom }: PictureBox): RasterImage {
  const { channels, pixels } = picture;
  const [width, height] = [right - left, bottom - top];
  const part = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    part.set(pixels.subarray(from, from + width * channels), y * width * channels);
  }
  return { ...picture, width, height, pixels: part };
}

function pictureOf(name: string, title: string): RasterImage {
  const options = { name: title, budget: currentBudget() };
  const pipe = takePipe(name);
  if (pipe === undefined) return readImage(name === '-' ? STANDARD_INPUT : name, options);
  try {
    return readImage(pipe.descriptor, { ...options, head: pipe.head });
  } finally {
    closeSync(pipe.descriptor);
  }
}

/** A box of a part of a picture, in the pixels of the file, which may have been reduced while it was decoded. */
function inFile(
  { left, top, right, bottom }: PictureBox,
  { reduction }: RasterImage,
  { left: x, top: y }: Pick<PictureBox, 'left' | 'top'> = { left: 0, top: 0 },
): PictureBox {
  const scale = reduction ?? 1;
  return { left: (x + left) * scale, top: (y + top) * scale, right: (x + right) * scale, bottom: (y + bottom) * scale };
}

/** The images of a picture; what had to be left out of it is said. */
function preparedOf(picture: RasterImage, title: string, options: PictureOptions): (PreparedPicture | PictureMark)[] {
  const { model, split = false, asIs = false, classify } = options;
  const plan = { ...planOfModel(model), split, asIs, name: title, classify };
  const { characters, sideBySide, marks = [], color } = preparePicture(picture, plan);
  // Several digits squeezed into one image give a confident but meaningless prediction; the user has to know.
  if (sideBySide !== undefined) {
    note(title, `looks like ${sideBySide} digits side by side; predict --split classifies each`);
  } else if (marks.length > 0) {
    const shown = marks.map(({ mark }) => `"${mark}"`).join(', ');
    note(title, `has ${shown} beside the digit, which is left out; predict --split says it`);
  }
  if (color === 'made up') note(title, 'is gray, and the model takes colors: red, green and blue are the same');
  if (color === 'dropped') note(title, 'is in color, and the model takes gray: its lightness is taken');
  return characters.map((character): PreparedPicture | PictureMark => {
    if (character.kind === 'mark') {
      const { mark, box, line, darkOnLight } = character;
      return { mark, box, line, darkOnLight };
    }
    const { image, box, digit } = character;
    if (digit === undefined) return { image, box };
    const { line, darkOnLight, isDoubtful } = digit;
    return { image, box, line, darkOnLight, isDoubtful };
  });
}

function note(name: string, text: string): void {
  sayLine(`note: ${name} ${text}`);
}

/** The image as one of a PNG file. */
export function rasterOf({ pixels, height, width, channels }: PreparedPicture['image']): RasterImage {
  return { pixels, height, width, channels: channels as 1 | 3 };
}

/** What a picture is called. */
export function titleOf(name: string): string {
  return name === '-' ? 'standard input' : name;
}
