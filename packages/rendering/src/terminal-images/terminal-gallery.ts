/** Several images side by side, each with a caption. */

import { checkPixels, croppedTo } from '../image';
import { sideBySide } from '../side-by-side';
import { truncate } from '../text-width';
import { terminalImage } from './terminal-image';

/** An image, `[height, width, channels]` from 0 to 255, and the lines under it. */
export interface GalleryEntry {
  /** `[height, width, channels]` numbers from 0 to 255. */
  readonly pixels: ArrayLike<number>;
  /** The lines under the image. */
  readonly captions: readonly string[];
}

/** The options of {@link terminalGallery}. */
export interface TerminalGalleryOptions {
  /** The images, from left to right. */
  readonly entries: readonly GalleryEntry[];
  /** The size of every image, in pixels. */
  readonly height: number;
  /** The width of every image, in pixels. */
  readonly width: number;
  /** Default: 1. */
  readonly channels?: number;
  /** Columns of the terminal. Default: 80. */
  readonly columns?: number;
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/** Captions in fewer columns would be cut to nothing. */
const narrowestCaption = 16;

/**
 * The images in rows. Rows and columns of pixels at the edge that are empty in all of them are left out, so that more fit
 * next to each other. Captions are cut to the width of an image.
 *
 * @throws RangeError when an image has not height × width pixels
 * @example
 * const entries = [{ pixels: Uint8Array.of(255, 0, 0, 255), captions: ['a 4, predicted 9'] }];
 * terminalGallery({ entries, height: 2, width: 2, color: false }).includes('a 4, predicted 9'); // true
 */
export function terminalGallery(options: TerminalGalleryOptions): string {
  const { entries, height, width, channels = 1, columns = 80, ascii = false, color } = options;
  const size = { height, width, channels };
  for (const { pixels } of entries) checkPixels('terminalGallery', { pixels, ...size });
  const stride = width * channels;
  const [top, bottom] = inked(height, (row) => hasInk(entries, [row * stride], stride, 1));
  // The same column of every channel.
  const starts = (column: number): number[] => Array.from({ length: channels }, (_, c) => column * channels + c);
  const [left, right] = inked(width, (column) => hasInk(entries, starts(column), height, stride));
  const blocks = entries.map(({ pixels, captions }) => {
    const cut = croppedTo({ pixels, ...size }, { top, left, height: bottom - top, width: right - left });
    const image = terminalImage({ ...cut, ascii, color });
    const room = Math.min(columns, Math.max(cut.width, narrowestCaption));
    return [image, ...captions.map((caption) => truncate(caption, room))].join('\n');
  });
  return sideBySide(blocks, { width: columns, gap: 3 });
}

/** Whether any of the images has ink in one of its rows or columns: `length` values from one of `starts`, `stride` apart. */
function hasInk(entries: readonly GalleryEntry[], starts: readonly number[], length: number, stride: number): boolean {
  return entries.some(({ pixels }) =>
    starts.some((start) => {
      for (let k = 0; k < length; k++) if (pixels[start + k * stride] > 0) return true;
      return false;
    }),
  );
}

/** From the first to behind the last of `count` rows or columns with ink; all of them, if none has. */
function inked(count: number, has: (at: number) => boolean): readonly [from: number, to: number] {
  const numbers = [...Array(count).keys()].filter(has);
  return [numbers.at(0) ?? 0, (numbers.at(-1) ?? count - 1) + 1];
}
