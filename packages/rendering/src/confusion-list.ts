/** The confusion matrix as a list, for terminals that are too narrow for a matrix, and for many classes. */
import { type Confusion, countStyles, recallText, recallTitle, recallWidth, trueTitle } from './confusion-text';
import { classesToShow } from './many-classes';
import { countText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

const predictedTitle = 'predicted';

export interface ConfusionListOptions {
  readonly confusion: Confusion;
  readonly classes: readonly string[];
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

/**
 * A line for each true class: its recall, and the classes that were predicted instead, the most frequent first. Of many classes
 * only those with the most misclassified images have one.
 */
export function confusionList({ confusion, classes, width, color }: ConfusionListOptions): string {
  const { dim } = styles({ color });
  const beside = ' │  │ '.length + recallWidth;
  const { indices, note } = classesToShow(confusion);
  if (note !== undefined && indices.length === 0) return dim(truncate(note, width));
  const longestName = Math.max(...indices.map((at) => visibleWidth(classes[at])));
  const nameWidth = Math.max(trueTitle.length, Math.min(longestName, Math.floor((width - beside) / 2)));
  const listWidth = Math.max(predictedTitle.length, width - nameWidth - beside);
  const style = countStyles(confusion, color);
  const lines = indices.map((at) => {
    const counts = confusion[at];
    const entries = counts
      .map((count, predicted) => ({ count, predicted }))
      .filter(({ count, predicted }) => count > 0 && predicted !== at)
      .sort((one, other) => other.count - one.count)
      .map(({ count, predicted }) => {
        const times = `×${countText(count)}`;
        // Names are cut so that at least one entry fits, with the sign that there are others.
        const name = truncate(classes[predicted], Math.max(1, listWidth - times.length - ' '.length - '  …'.length));
        return `${name} ${style(count)(times)}`;
      });
    const name = padEnd(truncate(classes[at], nameWidth), nameWidth);
    const recall = padStart(recallText(counts, at), recallWidth);
    return `${name} ${dim('│')} ${recall} ${dim('│')} ${wholeEntries(entries, listWidth)}`;
  });
  return [
    ...(note === undefined ? [] : [dim(note)]),
    dim('predicted: the wrong classes, how often'),
    dim(`${padEnd(trueTitle, nameWidth)} │ ${padStart(recallTitle, recallWidth)} │ ${predictedTitle}`),
    dim(`${'─'.repeat(nameWidth)}─┼─${'─'.repeat(recallWidth)}─┼─${'─'.repeat(listWidth)}`),
    ...lines,
  ]
    .map((line) => truncate(line.trimEnd(), width))
    .join('\n');
}

/** Entries are left out whole: half a count would be another count. */
function wholeEntries(entries: readonly string[], width: number): string {
  for (let kept = entries.length; kept > 0; kept--) {
    const list = [...entries.slice(0, kept), ...(kept < entries.length ? ['…'] : [])].join('  ');
    if (visibleWidth(list) <= width) return list;
  }
  return entries.length > 0 ? '…' : '';
}
