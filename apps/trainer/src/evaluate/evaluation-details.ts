/** What `longhand evaluate` tells beyond the accuracy: each class in figures, misread images, and all of it as JSON. */
import type { ImageDataset } from '@longhand/datasets';
import {
  columnsOf,
  countText,
  digitGallery,
  percentText,
  table,
  truncate,
  visibleWidth,
  wantsColor,
} from '@longhand/rendering';
import { type ClassScores, classScores, type Evaluation, mistakesOf } from '@longhand/training';

/** An evaluation, of what, and what the classes are called. */
export interface Found {
  readonly dataset: ImageDataset;
  readonly evaluation: Evaluation;
  readonly classes: readonly string[];
}

/** A column of the table: its title, and what it says of a class. */
type Column = readonly [title: string, text: (scores: ClassScores) => string];

const share = (part: number | undefined): string => (part === undefined ? '–' : percentText(part));
const columns: readonly Column[] = [
  ['shown', ({ shown }) => countText(shown)],
  ['read', ({ read }) => countText(read)],
  ['precision', ({ precision }) => share(precision)],
  ['recall', ({ recall }) => share(recall)],
  ['F1', ({ f1 }) => share(f1)],
];

/** A row for each class: how often it was shown and read, and how much of either was right. Narrow terminals get less of it. */
export function classTable({ evaluation, classes }: Found, stream: NodeJS.WriteStream): string {
  const color = wantsColor(stream, process.env);
  const scores = classScores(evaluation.confusion);
  const width = columnsOf(stream);
  const drawn = (shown: readonly Column[], nameWidth: number): string =>
    table({
      columns: [{ title: 'class' }, ...shown.map(([title]) => ({ title, align: 'right' as const }))],
      rows: scores.map((of, at) => [truncate(classes[at], nameWidth), ...shown.map(([, text]) => text(of))]),
      color,
    });
  const narrowest = 'class'.length;
  const widthOf = (shown: readonly Column[]): number => visibleWidth(drawn(shown, narrowest).split('\n', 1)[0]);
  // Counts go first, then F1, which the other two tell.
  const shown = [columns, columns.slice(2)].find((some) => widthOf(some) <= width) ?? columns.slice(2, 4);
  return `${drawn(shown, Math.max(narrowest, narrowest + width - widthOf(shown)))}\n`;
}

/** The surest mistakes as pictures, with what they are, what they were read as, and how sure the network was. */
export function misreadGallery(found: Found, count: number, stream: NodeJS.WriteStream): string {
  const { dataset, evaluation, classes } = found;
  const mistakes = mistakesOf(evaluation, dataset);
  const chosen = mistakes.slice(0, count);
  if (chosen.length === 0) return 'no image was misread\n';
  const { height, width } = dataset;
  const entries = chosen.map(({ index, shown, read, probability }) => ({
    pixels: dataset.images.subarray(index * height * width, (index + 1) * height * width),
    captions: [
      `shown   ${classes[shown]}`,
      `read as ${classes[read]}`,
      `sure    ${percentText(probability)}`,
      `image   ${index}`,
    ],
  }));
  const columns = columnsOf(stream);
  const all = mistakes.length;
  const head = all === chosen.length ? 'all' : `the ${countText(chosen.length)} surest`;
  return [
    truncate(`misread: ${head} of ${countText(all)}`, columns),
    '',
    digitGallery({ entries, height, width, columns, color: wantsColor(stream, process.env) }),
    '',
  ].join('\n');
}

/** The evaluation as plain data; shares of nothing are null. */
export function evaluationJson({ dataset, evaluation, classes }: Found, misread: number | undefined): object {
  const { count, correct, accuracy, standardError, loss, confusion } = evaluation;
  const scores = classScores(confusion).map((of, label) => ({
    name: classes[label],
    ...of,
    ...{ precision: of.precision ?? null, recall: of.recall ?? null, f1: of.f1 ?? null },
  }));
  return {
    ...{ data: dataset.name, images: count, correct, accuracy, standardError, loss, classes: scores, confusion },
    ...(misread === undefined ? {} : { misread: mistakesOf(evaluation, dataset).slice(0, misread) }),
  };
}
