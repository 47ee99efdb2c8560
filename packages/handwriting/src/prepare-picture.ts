/**
 * A picture of any kind made into what a model was trained on. One that is an image of that kind already is taken as it is. Of others,
 * digits are cut out of a photograph for a model of ink on a plain background, and laid out as its training images are; for any other
 * model it is the middle of the picture, resized.
 */
import {
  type DataLayout,
  fitImage,
  framedImage,
  type ImageSize,
  imageInLayout,
  middleOf,
  type PictureBox,
  type RasterImage,
} from '@longhand/datasets';
import { type PreparedMark, segmentCharacters, soleDigit } from './characters';
import type { PreparedDigit } from './prepare-digit';
import type { Classify } from './touching';

/** What the model takes. */
export interface PicturePlan {
  /** The size of its images. */
  readonly size: ImageSize;
  /** How its training images lie. */
  readonly layout: DataLayout;
  /** Whether the picture may show several digits, from left to right. Default: false. */
  readonly split?: boolean;
  /** Whether the picture is prepared already, in the layout of the training images, and only resized. Default: false. */
  readonly asIs?: boolean;
  /** Whether digits are cut out of a drawing, whose paper is plain and fills the picture. Default: false, of a photograph. */
  readonly isDrawing?: boolean;
  /** The picture's name in messages. Default: `picture`. */
  readonly name?: string;
  /** The model's classifier, by which digits that touch are cut apart. Default: they stay together. */
  readonly classify?: Classify | undefined;
}

/** An image as the model takes it. */
export interface PreparedImage {
  /** The image, `[height, width, channels]` bytes. */
  readonly image: ImageSize & { readonly pixels: Uint8Array };
  /** Where in the picture it is from, in its pixels. */
  readonly box: PictureBox;
  /** How it was cut out, for an image of a digit that was. */
  readonly digit?: PreparedDigit;
}

/** What stands in a picture: an image for the model, or a point, a comma or a minus sign. */
export type PreparedCharacter =
  | ({ readonly kind: 'image' } & PreparedImage)
  | ({ readonly kind: 'mark' } & PreparedMark);

/** The images in a picture, and what had to be left out of it. */
export interface PreparedPictures {
  /** One, or with `split` one for each digit, from left to right and from top to bottom. */
  readonly images: readonly PreparedImage[];
  /** With `split` the images and the marks between them; else the images. */
  readonly characters: readonly PreparedCharacter[];
  /** The marks beside the one digit, which are left out of its image. */
  readonly marks?: readonly PreparedMark[];
  /** The number of digits that were taken as one image, if they are several side by side. */
  readonly sideBySide?: number;
  /** The color that was left out of a picture for a model of gray, or made up for one of colors. */
  readonly color?: 'dropped' | 'made up';
}

/**
 * Whether pictures are searched for ink: what a model has learned from that takes digits or letters.
 *
 * @example
 * import { mnistLayout } from '@longhand/datasets';
 * takesInk({ size: { height: 28, width: 28, channels: 1 }, layout: mnistLayout }); // true
 */
export function takesInk({ size, layout }: Pick<PicturePlan, 'size' | 'layout'>): boolean {
  return size.channels === 1 && layout.framing.kind !== 'whole';
}

/**
 * The images in a picture, as `longhand predict` takes them.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, or no ink stands out in it
 * @example
 * import { mnistLayout } from '@longhand/datasets';
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * preparePicture(picture, { size: { height: 28, width: 28, channels: 1 }, layout: mnistLayout }).images.length; // 1
 */
export function preparePicture(picture: RasterImage, plan: PicturePlan): PreparedPictures {
  const { size, layout, split = false, asIs = false, isDrawing = false, name = 'picture' } = plan;
  if (asIs || !takesInk(plan)) return wholePicture(picture, size);
  const framed = split ? undefined : framedImage(picture, size, layout);
  if (framed !== undefined) return alone({ image: { pixels: framed, ...size }, box: middleOf(picture, size) });
  const inLayout = (image: Uint8Array): Uint8Array =>
    imageInLayout({ pixels: image, height: 28, width: 28 }, size, layout);
  const classify: Classify | undefined = plan.classify && ((images) => plan.classify?.(images.map(inLayout)) ?? []);
  const imageOf = (digit: PreparedDigit): PreparedImage => ({
    image: { pixels: inLayout(digit.image), ...size },
    box: digit.box,
    digit,
  });
  if (!split) {
    const { marks, ...digit } = soleDigit(picture, { name, classify, isDrawing });
    const { length } = digit.row;
    return {
      ...alone(imageOf(digit)),
      ...(length > 1 ? { sideBySide: length } : {}),
      ...(marks.length > 0 ? { marks } : {}),
    };
  }
  const characters = segmentCharacters(picture, { name, classify, isDrawing }).map(
    (character): PreparedCharacter =>
      character.kind === 'mark' ? character : { kind: 'image', ...imageOf(character) },
  );
  return { images: characters.filter((character) => character.kind === 'image'), characters };
}

function alone(image: PreparedImage): PreparedPictures {
  return { images: [image], characters: [{ kind: 'image', ...image }] };
}

function wholePicture(picture: RasterImage, size: ImageSize): PreparedPictures {
  const isGray = picture.channels < 3;
  const color = isGray ? 'made up' : 'dropped';
  return {
    ...alone({ image: { pixels: fitImage(picture, size), ...size }, box: middleOf(picture, size) }),
    ...(isGray === (size.channels === 1) ? {} : { color }),
  };
}
