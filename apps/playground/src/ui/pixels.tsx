/** Pixels on a canvas, as they are: digits, and signed values such as weights. */
import { inkColor, signedColor } from '@longhand/rendering';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface PixelsProps {
  readonly width: number;
  readonly height: number;
  /** The size of a pixel on the page. */
  readonly zoom: number;
  /** Fills RGBA bytes, row by row. */
  readonly paint: (into: Uint8ClampedArray) => void;
  /** What is to be seen, for those who do not see it. */
  readonly label: string;
}

/** A small picture, painted again whenever it is rendered. */
export function Pixels({ width, height, zoom, paint, label }: PixelsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const image = context.createImageData(width, height);
    paint(image.data);
    context.putImageData(image, 0, 0);
  });
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={width}
      height={height}
      style={{ width: `${width * zoom}px`, height: `${height * zoom}px` }}
      role="img"
      aria-label={label}
    />
  );
}

/**
 * Paints gray pixels as a digit is shown everywhere on this page: ink on paper, whatever the colors of the page are.
 *
 * @param pixels 0 background, 255 ink
 */
export function paintDigit(pixels: ArrayLike<number>, into: Uint8ClampedArray): void {
  for (let at = 0; at < pixels.length; at++) paintPixel(into, at, inkColor((pixels[at] as number) / 255));
}

/**
 * Paints an image of a data set: a digit as {@link paintDigit} does, one in colors as it is.
 *
 * @param pixels `[height, width, channels]`
 */
export function paintImage(pixels: Uint8Array, channels: number, into: Uint8ClampedArray): void {
  if (channels < 3) {
    paintDigit(
      pixels.filter((_, at) => at % channels === 0),
      into,
    );
    return;
  }
  for (let at = 0; at * channels < pixels.length; at++) {
    into.set([...pixels.subarray(at * channels, at * channels + 3), 255], at * 4);
  }
}

/**
 * Images of a data set one below the other, as the address of one picture: with a canvas for each, the browser would have a layer for each
 * to put together in every frame. Whoever forgets the picture revokes the address.
 *
 * @param images `[height, width, channels]` each
 */
export async function imageColumn(
  images: readonly Uint8Array[],
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): Promise<string> {
  const size = height * width * 4;
  const column = new ImageData(width, height * Math.max(images.length, 1));
  for (const [at, pixels] of images.entries()) {
    paintImage(pixels, channels, column.data.subarray(at * size, (at + 1) * size));
  }
  const canvas = new OffscreenCanvas(column.width, column.height);
  canvas.getContext('2d')?.putImageData(column, 0, 0);
  return URL.createObjectURL(await canvas.convertToBlob());
}

/**
 * Paints signed values: positive ones blue, negative ones orange, zero white.
 *
 * @param largest the magnitude of the full color
 */
export function paintSigned(values: ArrayLike<number>, largest: number, into: Uint8ClampedArray): void {
  for (let at = 0; at < values.length; at++) paintPixel(into, at, signedColor(values[at] as number, largest));
}

function paintPixel(into: Uint8ClampedArray, at: number, [red, green, blue]: readonly [number, number, number]): void {
  into[4 * at] = red;
  into[4 * at + 1] = green;
  into[4 * at + 2] = blue;
  into[4 * at + 3] = 255;
}
