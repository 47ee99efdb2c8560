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

const picture = { columns: 10, lines: 5 };
const gap = 2;

/** At most so many lines: a title, and whole rows of pictures with a caption each; none where there is no room for one. */
export function misreadPanel(digits: readonly MisreadPicture[], options: MisreadPanelOptions): string[] {
  const { columns, lines, color, unicode } = options;
  const { bold, dim } = styles({ color });
  const across = Math.floor((columns + gap) / (picture.columns + gap));
  const down = Math.floor(lines / (1 + picture.lines + 1));
  const few = digits.slice(0, across * down);
  if (few.length === 0) return [];
  const blocks = few.map(({ pixels, height, width, shown, read }) => {
    const drawn = smallPicture({ pixels, height, width, columns: picture.columns, ascii: !unicode, color }).split('\n');
    // All as high and as wide: captions stand in one line, and columns do not jump from one epoch to the next.
    while (drawn.length < picture.lines) drawn.push('');
    const caption = truncate(`${shown} → ${read}`, picture.columns);
    return [...drawn, dim(caption.padEnd(picture.columns))].join('\n');
  });
  return [bold('misread'), ...sideBySide(blocks, { width: columns, gap }).split('\n')].slice(0, lines);
}
