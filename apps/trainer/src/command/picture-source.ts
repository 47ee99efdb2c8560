/**
 * Pictures that the user gives, made into what a model was trained on: digits cut out of a photograph for a model of images like
 * MNIST's, and for any other the middle of the picture, resized.
 */
import { fitImage, middleOf, type PictureBox, type RasterImage } from '@longhand/datasets';
import { readImage } from '@longhand/datasets/node';
import { prepareDigit, segmentDigits } from '@longhand/handwriting';
import type { Network } from '@longhand/layers';
import type { PixelImage } from '@longhand/rendering';
import { currentBudget } from './budget';
import { refusal, sayLine } from './failure';

/** Its number as an open file. */
const STANDARD_INPUT = 0;

/** An image as the model takes it, and where in the picture it is from. */
export interface PreparedPicture {
  readonly image: PixelImage & { readonly pixels: Uint8Array; readonly channels: number };
  readonly box: PictureBox;
  /** Of a digit, whether it is dark ink on a light background. */
  readonly darkOnLight?: boolean;
}

/** How pictures are prepared for a network. */
export interface PictureOptions {
  readonly network: Pick<Network, 'inputShape'>;
  /** Whether the picture may show several digits, from left to right. Default: false. */
  readonly split?: boolean;
}

/** Whether pictures are taken for digits: what a model like MNIST's has learned from. */
export function takesDigits({ inputShape }: Pick<Network, 'inputShape'>): boolean {
  return inputShape.join() === '28,28,1';
}

/**
 * The images in a picture: one, or with `split` each digit. What had to be left out of a picture is said in a line on stderr.
 *
 * @param name a file, or `-` for standard input
 * @throws DatasetError when it cannot be read, or has no ink; CommandError when something that is no digit is to be split
 */
export function preparedPictures(name: string, { network, split = false }: PictureOptions): PreparedPicture[] {
  if (split && !takesDigits(network)) {
    throw refusal(
      `option '--split' is for digits, images of 28×28×1; the model takes ${network.inputShape.join('×')}: leave it out`,
    );
  }
  const title = titleOf(name);
  const picture = readImage(name === '-' ? STANDARD_INPUT : name, { name: title, budget: currentBudget() });
  return takesDigits(network) ? digitsOf(picture, title, split) : [wholePicture(picture, title, network)];
}

function digitsOf(picture: RasterImage, name: string, split: boolean): PreparedPicture[] {
  const digits = split ? segmentDigits(picture, { name }) : [prepareDigit(picture, { name })];
  // Several digits squeezed into one image give a confident but meaningless prediction; the user has to know.
  const { length } = digits[0].row;
  if (!split && length > 1) note(name, `looks like ${length} digits side by side; predict --split classifies each`);
  return digits.map(({ image, box, darkOnLight }) => ({
    image: { pixels: image, height: 28, width: 28, channels: 1 },
    box,
    darkOnLight,
  }));
}

function wholePicture(picture: RasterImage, name: string, { inputShape }: PictureOptions['network']): PreparedPicture {
  const [height, width, channels] = inputShape;
  const size = { height, width, channels };
  const isGray = picture.channels < 3;
  if (isGray && channels === 3) note(name, 'is gray, and the model takes colors: red, green and blue are the same');
  if (!isGray && channels === 1) note(name, 'is in color, and the model takes gray: its lightness is taken');
  return { image: { pixels: fitImage(picture, size), ...size }, box: middleOf(picture, size) };
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
