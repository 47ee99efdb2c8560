/** Decoded pictures made into images of one size: that of all of them, or one that they are resized to. */
import { fitImage, type ImageSize } from '../fit-image';
import type { RasterImage } from '../image';
import { sharedBytes } from '../shared-bytes';

/** The images that pictures become. */
export interface PicturePlan extends ImageSize {
  /** In words what becomes of pictures; empty where nothing does. */
  readonly words: string;
}

/** Larger pictures than this are photographs, which networks of this size do not take. */
const LARGEST = 64;

/**
 * The size for pictures of which these are some: their own if it is one and small, else 28 × 28 in gray and 32 × 32 in color.
 *
 * @param size what is asked for. Default: by the pictures
 * @example planPictures([readImage('0/1.png')]).height // 28
 */
export function planPictures(
  pictures: readonly RasterImage[],
  size?: { readonly height: number; readonly width: number },
): PicturePlan {
  const channels = pictures.every(isGray) ? 1 : 3;
  const [{ height, width }] = pictures;
  const isOne = pictures.every((picture) => picture.height === height && picture.width === width);
  if (size === undefined && isOne && Math.max(height, width) <= LARGEST) return { height, width, channels, words: '' };
  const side = channels === 1 ? 28 : 32;
  const chosen = size ?? { height: side, width: side };
  const from = isOne ? `${height} × ${width}` : 'several sizes';
  if (isOne && chosen.height === height && chosen.width === width) return { ...chosen, channels, words: '' };
  return { ...chosen, channels, words: `pictures of ${from} resized to ${chosen.height} × ${chosen.width}` };
}

/** Whether all pixels of a picture are gray. */
function isGray({ channels, pixels }: RasterImage): boolean {
  if (channels < 3) return true;
  for (let at = 0; at < pixels.length; at += channels) {
    if (pixels[at] !== pixels[at + 1] || pixels[at] !== pixels[at + 2]) return false;
  }
  return true;
}

/** Images of a plan, one after another. */
export class PictureStack {
  readonly images: Uint8Array;
  readonly plan: PicturePlan;
  #count = 0;

  constructor(plan: PicturePlan, most: number) {
    this.plan = plan;
    this.images = sharedBytes(most * plan.height * plan.width * plan.channels);
  }

  get count(): number {
    return this.#count;
  }

  add(picture: RasterImage): void {
    const image = fitImage(picture, this.plan);
    this.images.set(image, this.#count++ * image.length);
  }

  /** The images as a part of a data set, without labels. */
  get part(): { readonly images: Uint8Array; readonly count: number } & ImageSize {
    const { height, width, channels } = this.plan;
    const size = height * width * channels;
    return { images: this.images.subarray(0, this.#count * size), count: this.#count, height, width, channels };
  }
}
