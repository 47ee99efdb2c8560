/** What each class was misread as, for terminals that are too narrow for a confusion matrix. */
import { type Confusion, mistakeStyles, recallText } from './confusion-text';
import { countText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

const [shown, readRight, misreadAs] = ['shown', 'read right', 'misread as'];

export interface MisreadingsOptions {
  readonly confusion: Confusion;
  readonly classes: readonly string[];
  /** Columns there are. */
  readonly width: number;
  readonly color: boolean;
}

/** A line for each class: how much of it was read right, and what the rest was read as, most often first. */
export function misreadings({ confusion, classes, width, color }: MisreadingsOptions): string {
  const { dim } = styles({ color });
  const beside = ` │ ${readRight} │ `.length;
  const longestName = Math.max(...classes.map(visibleWidth));
  const nameWidth = Math.max(shown.length, Math.min(longestName, Math.floor((width - beside) / 2)));
  const listWidth = Math.max(misreadAs.length, width - nameWidth - beside);
  const style = mistakeStyles(confusion, color);
  const lines = confusion.map((counts, at) => {
    const entries = counts
      .map((count, read) => ({ count, read }))
      .filter(({ count, read }) => count > 0 && read !== at)
      .sort((one, other) => other.count - one.count)
      .map(({ count, read }) => {
        const times = `×${countText(count)}`;
        // So much of the name that at least one entry fits, with the sign that there are others.
        const name = truncate(classes[read], Math.max(1, listWidth - times.length - ' '.length - '  …'.length));
        return `${name} ${style(count)(times)}`;
      });
    const name = padEnd(truncate(classes[at], nameWidth), nameWidth);
    const recall = padStart(recallText(counts, at), readRight.length);
    return `${name} ${dim('│')} ${recall} ${dim('│')} ${asManyAsFit(entries, listWidth)}`;
  });
  return [
    dim('misread as: the class read, how often'),
    dim(`${padEnd(shown, nameWidth)} │ ${readRight} │ ${misreadAs}`),
    dim(`${'─'.repeat(nameWidth)}─┼─${'─'.repeat(readRight.length)}─┼─${'─'.repeat(listWidth)}`),
    ...lines,
  ]
    .map((line) => truncate(line.trimEnd(), width))
    .join('\n');
}

/** Entries are left out whole: half a count would be another count. */
function asManyAsFit(entries: readonly string[], width: number): string {
  for (let kept = entries.length; kept > 0; kept--) {
    const list = [...entries.slice(0, kept), ...(kept < entries.length ? ['…'] : [])].join('  ');
    if (visibleWidth(list) <= width) return list;
  }
  return entries.length > 0 ? '…' : '';
}
