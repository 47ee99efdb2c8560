/** Pictures brought into the layout of a data set: those that are images of it already, and images like MNIST's made into others. */
import { fitImage, type ImageSize } from './fit-image';
import type { RasterImage } from './image';
import { borderOf, type DataLayout, inkBox } from './layout';

/** How far the ink of an image may lie from what the layout says, as shares of the frame. */
const tolerance = { extent: 0.15, middle: 0.1 };

/**
 * The bytes of a picture that is an image of the data set already: of its size, background and framing. Undefined for any other,
 * which is a photograph or drawing still to be prepared.
 *
 * @param layout that of the model's file. Default for models that have none: {@link mnistLayout}
 * @example
 * const picture = { width: 640, height: 480, channels: 1, pixels: new Uint8Array(640 * 480) } as const;
 * framedImage(picture, { height: 28, width: 28, channels: 1 }, mnistLayout); // undefined (a photograph)
 */
export function framedImage(
  picture: RasterImage,
  size: ImageSize,
  layout: DataLayout,
): Uint8Array<ArrayBuffer> | undefined {
  const { height, width, channels } = size;
  if (picture.height !== height || picture.width !== width) return undefined;
  if (channels !== 1 || layout.framing.kind === 'whole') return fitImage(picture, size);
  const image = fitImage(picture, size);
  // A character that fills its frame may be most of the border and of the image: neither says what the background is.
  const hasBackground = layout.framing.kind === 'stretched' || borderOf(image, size) === layout.background;
  return hasBackground && isFramed(image, size, layout) ? image : undefined;
}

function isFramed(image: Uint8Array, { height, width }: ImageSize, { background, framing }: DataLayout): boolean {
  const ink = inkBox(image, { height, width }, background);
  if (ink === undefined) return false;
  if (framing.kind === 'stretched' || framing.kind === 'whole') return true;
  const { left, right, top, bottom, massX, massY } = ink;
  const frame = Math.min(height, width);
  const extent = Math.max(right - left, bottom - top) / frame;
  const [x, y] = framing.kind === 'mass' ? [massX, massY] : [(left + right) / 2, (top + bottom) / 2];
  const distance = Math.max(Math.abs(x - width / 2), Math.abs(y - height / 2)) / frame;
  return Math.abs(extent - framing.extent) <= tolerance.extent && distance <= tolerance.middle;
}

/**
 * An image of light ink on black in any frame, such as a prepared digit, in the layout of a data set: its ink scaled and moved to where
 * objects lie there, on a background of that kind.
 *
 * @param ink `[height, width]`, 0 background and 255 ink
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * const pixels = imageAt(loadMnist({ split: 'test' }), 0);
 * const size = { height: 28, width: 28 };
 * imageInLayout({ pixels, ...size }, size, { ...mnistLayout, background: 'light' })[0]; // 255
 */
export function imageInLayout(
  ink: { readonly pixels: Uint8Array; readonly height: number; readonly width: number },
  size: Pick<ImageSize, 'height' | 'width'>,
  { background, framing }: DataLayout,
): Uint8Array<ArrayBuffer> {
  const box = inkBox(ink.pixels, ink, 'dark');
  const isAsMnist = framing.kind === 'mass' && Math.abs(framing.extent - 20 / 28) < 0.04;
  const keeps = box === undefined || framing.kind === 'whole' || (isAsMnist && sameSize(ink, size));
  const framed = keeps ? scaled(ink, size) : placed(ink, box, size, framing);
  return background === 'light' ? framed.map((value) => 255 - value) : framed;
}

function sameSize(one: Pick<ImageSize, 'height' | 'width'>, other: Pick<ImageSize, 'height' | 'width'>): boolean {
  return one.height === other.height && one.width === other.width;
}

/** The image resized as a whole. */
function scaled(
  { pixels, height, width }: { readonly pixels: Uint8Array; readonly height: number; readonly width: number },
  size: Pick<ImageSize, 'height' | 'width'>,
): Uint8Array<ArrayBuffer> {
  return fitImage({ pixels, height, width, channels: 1 }, { ...size, channels: 1 });
}

/** Where the ink goes: its position in the source for a pixel of the frame is `from + (pixel − to) · step` along each axis. */
function placed(
  ink: { readonly pixels: Uint8Array; readonly height: number; readonly width: number },
  box: NonNullable<ReturnType<typeof inkBox>>,
  { height, width }: Pick<ImageSize, 'height' | 'width'>,
  framing: DataLayout['framing'],
): Uint8Array<ArrayBuffer> {
  const [boxWidth, boxHeight] = [box.right - box.left, box.bottom - box.top];
  const isStretched = framing.kind === 'stretched';
  const extent = 'extent' in framing ? framing.extent * Math.min(height, width) : 0;
  const scale = extent / Math.max(boxWidth, boxHeight);
  const stepX = isStretched ? boxWidth / width : 1 / scale;
  const stepY = isStretched ? boxHeight / height : 1 / scale;
  const byMass = framing.kind === 'mass';
  const fromX = byMass ? box.massX : (box.left + box.right) / 2;
  const fromY = byMass ? box.massY : (box.top + box.bottom) / 2;
  const image = new Uint8Array(height * width);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const sourceX = fromX + (x + 0.5 - width / 2) * stepX - 0.5;
      const sourceY = fromY + (y + 0.5 - height / 2) * stepY - 0.5;
      image[at] = Math.round(sampleAt(ink, sourceX, sourceY));
    }
  }
  return image;
}

/** Bilinear; black beyond the edges. */
function sampleAt(
  { pixels, height, width }: { readonly pixels: Uint8Array; readonly height: number; readonly width: number },
  x: number,
  y: number,
): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - left, y - top];
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width ? 0 : pixels[row * width + column];
  const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
  const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
  return upper * (1 - below) + lower * below;
}
