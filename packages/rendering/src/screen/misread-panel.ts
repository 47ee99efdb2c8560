/** Misread digits on a run's screen, small and side by side. */
import { sideBySide } from '../side-by-side';
import { styles } from '../styles';
import { truncate } from '../text-width';
import { smallPicture } from './small-picture';

/** An image that was read wrong. */
export interface MisreadPicture {
  /** Row by row, from 0 (ground) to 255 (ink). */
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** The class that it is of, and the one that it was read as. */
  readonly shown: string;
  readonly read: string;
}

export interface MisreadPanelOptions {
  readonly columns: number;
  readonly lines: number;
  readonly color: boolean;
  readonly unicode: boolean;
}

/** How wide pictures may be, and half as high: the first of which there is room for a few. An MNIST digit is 20 pixels wide. */
const widths = [20, 14, 10];
const few = 3;
const gap = 2;

/** At most so many lines: a title, and whole rows of pictures with a caption each; none where there is no room for one. */
export function misreadPanel(digits: readonly MisreadPicture[], options: MisreadPanelOptions): string[] {
  const { columns, lines, color, unicode } = options;
  const { bold, dim } = styles({ color });
  const inAll = (picture: number): number =>
    Math.floor((columns + gap) / (picture + gap)) * Math.floor(lines / (1 + picture / 2 + 1));
  const picture = widths.find((width) => inAll(width) >= few) ?? widths[widths.length - 1];
  const shownDigits = digits.slice(0, inAll(picture));
  if (shownDigits.length === 0) return [];
  const blocks = shownDigits.map(({ pixels, height, width, shown, read }) => {
    const drawn = smallPicture({ pixels, height, width, columns: picture, ascii: !unicode, color }).split('\n');
    // All as high and as wide: captions stand in one line, and columns do not jump from one epoch to the next.
    while (drawn.length < picture / 2) drawn.push('');
    const caption = truncate(`${shown} → ${read}`, picture);
    return [...drawn, dim(caption.padEnd(picture))].join('\n');
  });
  return [bold('misread'), ...sideBySide(blocks, { width: columns, gap }).split('\n')].slice(0, lines);
}
