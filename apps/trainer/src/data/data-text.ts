/** Data in a terminal: what they are, their classes, an image of each, and what is wrong with them. */
import { imageAt } from '@longhand/datasets';
import {
  columnsOf,
  countText,
  percentText,
  styles,
  table,
  terminalGallery,
  truncate,
  wantsColor,
} from '@longhand/rendering';
import { shownName } from '../command/failure';
import { countsText, type DataSummary, duplicateLines, samplesOf, statisticsText } from './data-summary';

/** More classes than these are shown by the largest and the smallest. */
const MOST_ROWS = 40;
const MOST_SUSPICIOUS = 12;

/** The summary as text. */
export function summaryText(summary: DataSummary, stream: NodeJS.WriteStream): string {
  const { source, layout, imbalance } = summary;
  const { train } = source;
  const [width, color] = [columnsOf(stream), wantsColor(stream, process.env)];
  const { bold } = styles({ color });
  const size = `${train.height} × ${train.width}${train.channels === 1 ? '' : ` in ${train.channels} channels`}`;
  const lines = [
    bold(shownName(source.name)),
    `images   ${countsText(source)}, ${size}`,
    `layout   ${layout}`,
    `pixels   ${statisticsText(summary)}`,
    `classes  ${countText(train.classes)}; the largest has ${imbalance.toFixed(1)} times the images of the smallest`,
  ].map((line) => truncate(line, width));
  const duplicates = duplicateLines(summary).map((line) => truncate(line, width));
  const parts = [lines.join('\n'), classTable(summary, width, color), sampleSheet(summary, width, color)];
  parts.push(duplicates.length === 0 ? 'no image is there twice\n' : `${duplicates.join('\n')}\n`);
  if (summary.suspicious !== undefined) parts.push(suspiciousGallery(summary, width, color));
  return parts.join('\n');
}

function classTable({ classes, source }: DataSummary, width: number, color: boolean): string {
  const right = { align: 'right' as const };
  const rows = classes
    .slice(0, MOST_ROWS)
    .map(({ name, train, test }) => [
      shownName(name),
      countText(train),
      percentText(train / source.train.count, 1),
      countText(test),
      percentText(test / source.test.count, 1),
    ]);
  const drawn = table({
    columns: [
      { title: 'class' },
      { title: 'training', ...right },
      { title: 'share', ...right, spare: 2 },
      { title: 'test', ...right },
      { title: 'share', ...right, spare: 1 },
    ],
    rows,
    width,
    color,
  });
  const others = classes.length > MOST_ROWS ? `and ${classes.length - MOST_ROWS} more; all of them: --json\n` : '';
  return `\n${drawn}\n${others}`;
}

function sampleSheet({ source, classes }: DataSummary, columns: number, color: boolean): string {
  const { train } = source;
  const entries = classes
    .slice(0, MOST_ROWS)
    .flatMap(({ name }, label) =>
      samplesOf(train, label, 1).map((index) => ({ pixels: imageAt(train, index), captions: [shownName(name)] })),
    );
  const { height, width, channels } = train;
  return `${terminalGallery({ entries, height, width, channels, columns, color })}\n`;
}

function suspiciousGallery({ source, suspicious = [] }: DataSummary, columns: number, color: boolean): string {
  if (suspicious.length === 0) return 'the model agrees with all labels\n';
  const chosen = suspicious.slice(0, MOST_SUSPICIOUS);
  const entries = chosen.map(({ split, index, label, predicted, probability }) => ({
    pixels: imageAt(source[split], index),
    captions: [
      `label ${shownName(label)}`,
      `rather ${shownName(predicted)}`,
      `p = ${percentText(probability)}`,
      `${split} ${index}`,
    ],
  }));
  const { height, width, channels } = source.train;
  const title = `labels that the model does not agree with: ${countText(chosen.length)} of ${countText(suspicious.length)}, the most confident first`;
  return `${truncate(title, columns)}\n\n${terminalGallery({ entries, height, width, channels, columns, color })}\n`;
}
