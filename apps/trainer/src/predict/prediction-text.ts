/** What `longhand predict` shows of a picture: one line, and alone the images that the model saw with bars beside them. */
import {
  columnsOf,
  percentText,
  probabilityBars,
  styles,
  terminalImage,
  terminalThumbnail,
  visibleWidth,
  wantsColor,
} from '@longhand/rendering';
import { printable } from '@longhand/schema';
import type { Model } from '@longhand/training';
import { shownName } from '../command/failure';
import { isImage, isSure, type Reading, rowsText } from './classified-image';

/** Paths are long, and a cut one names no file. */
const longestPath = 300;

/**
 * One line: `7.png: 7  (99.8 %)`, `a.png: not sure, perhaps 7  (41.0 %)`, of an output as of no 7
 * `(97.0 %, but unlike other 7)`, or several digits as `12? / 3.1`.
 */
export function predictionLine(readings: readonly Reading[], model: Pick<Model, 'classes'>): string {
  const classes = model.classes.map(shownName);
  const { bold } = styles({ color: wantsColor(process.stdout, process.env) });
  const results = readings.filter(isImage);
  const [{ picture, predictedClass, doubt, label }] = results;
  const reading =
    readings.length === 1 && !isSure(results[0])
      ? `not sure, perhaps ${classes[predictedClass]}`
      : rowsText(readings, (image) => `${classes[image.predictedClass]}${isSure(image) ? '' : '?'}`);
  const confidence = results.map((result) => percentText(result.probabilities[result.predictedClass], 1)).join(', ');
  const unlike = readings.length === 1 && doubt === 'similarity' ? `, but unlike other ${classes[predictedClass]}` : '';
  const isWrong = label !== undefined && label !== model.classes[predictedClass];
  return `${printable(picture, longestPath)}: ${bold(reading)}  (${confidence}${unlike})${isWrong ? `, labeled ${shownName(label)}` : ''}\n`;
}

/** The line, what the model saw, and bars of the probabilities. */
export function predictionReport(readings: readonly Reading[], model: Pick<Model, 'classes'>): string {
  const classes = model.classes.map(shownName);
  const color = wantsColor(process.stdout, process.env);
  const width = columnsOf(process.stdout);
  const blocks = readings.filter(isImage).map(({ prepared, probabilities }) => {
    const { image } = prepared;
    const seen =
      image.width <= width
        ? terminalImage({ ...image, color })
        : terminalThumbnail({ ...image, columns: width, color });
    // Bars stand beside the image where they fit, else below it.
    const column = image.width + 2;
    const beside = width - column >= 30;
    const bars = probabilityBars({
      probabilities,
      classes,
      width: Math.min(beside ? width - column : width, 60),
      color,
    });
    return beside ? joined(seen.split('\n'), ['', '', ...bars.split('\n')], column) : `${seen}\n\n${bars}`;
  });
  return `${predictionLine(readings, model)}\n${blocks.join('\n\n')}\n\n`;
}

/** Lines with others beside them, from a column on. */
function joined(left: readonly string[], right: readonly string[], column: number): string {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const text = left[at] ?? '';
    return `${text}${' '.repeat(Math.max(0, column - visibleWidth(text)))}${right[at] ?? ''}`.trimEnd();
  }).join('\n');
}
