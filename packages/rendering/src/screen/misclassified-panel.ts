/** Misclassified images on a run's screen, small and side by side. */
import type { MisclassifiedExample } from '../image';
import { sideBySide } from '../side-by-side';
import { styles } from '../styles';
import { terminalThumbnail } from '../terminal-images/terminal-thumbnail';
import { truncate } from '../text-width';

export interface MisclassifiedPanelOptions {
  readonly columns: number;
  readonly lines: number;
  readonly color: boolean;
  readonly unicode: boolean;
}

/**
 * The columns of a thumbnail, which has half as many lines: the first width of which a few fit is taken. An MNIST digit is 20
 * pixels wide.
 */
const widths = [20, 14, 10];
const few = 3;
const gap = 2;

/** At most `lines` lines: a title, and whole rows of thumbnails with a caption each; none where not even one fits. */
export function misclassifiedPanel(
  examples: readonly MisclassifiedExample[],
  options: MisclassifiedPanelOptions,
): string[] {
  const { columns, lines, color, unicode } = options;
  const { bold, dim } = styles({ color });
  const inAll = (picture: number): number =>
    Math.floor((columns + gap) / (picture + gap)) * Math.floor(lines / (1 + picture / 2 + 1));
  const picture = widths.find((width) => inAll(width) >= few) ?? widths[widths.length - 1];
  const chosen = examples.slice(0, inAll(picture));
  if (chosen.length === 0) return [];
  const blocks = chosen.map(({ trueClass, predictedClass, probability: _, ...image }) => {
    const drawn = terminalThumbnail({ ...image, columns: picture, ascii: !unicode, color }).split('\n');
    // All as high and as wide: captions stand in one line, and columns do not jump from one epoch to the next.
    while (drawn.length < picture / 2) drawn.push('');
    const caption = truncate(`${trueClass} → ${predictedClass}`, picture);
    return [...drawn, dim(caption.padEnd(picture))].join('\n');
  });
  return [bold('misclassified'), ...sideBySide(blocks, { width: columns, gap }).split('\n')].slice(0, lines);
}
