/** `longhand visualize`: what every layer makes of a picture, where the network looks, and what would change its mind. */
import { resolve } from 'node:path';
import {
  columnsOf,
  digitPicture,
  percentText,
  probabilityBars,
  sideBySide,
  signedPicture,
  signedScale,
  styles,
  wantsColor,
} from '@longhand/rendering';
import { classifier } from '@longhand/training';
import { closestName } from '../command/closest-name';
import { refusal } from '../command/failure';
import { checkNewFile } from '../command/new-file';
import { preparedDigits, readingModel, titleOf } from '../command/pictures';
import { writeWhole } from '../command/whole-file';
import { type MapRow, mapRows } from './map-rows';
import { visualizePage } from './visualize-page';
import { visualizeSheet } from './visualize-sheet';

/** The options of `longhand visualize`, parsed. */
export interface VisualizeOptions {
  readonly model?: string;
  readonly class?: string;
  readonly png?: string;
  readonly html?: string;
  readonly force?: boolean;
}

/** @throws CommandError or DatasetError, with the line that tells a person what is wrong */
export function visualizeCommand(name: string, options: VisualizeOptions): void {
  const model = readingModel(options.model);
  const { classes } = model;
  const { png, html, force = false } = options;
  if (png !== undefined) checkNewFile(png, { force, example: 'maps.png', option: '--png' });
  if (html !== undefined) checkNewFile(html, { force, example: 'maps.html', option: '--html' });
  if (png !== undefined && html !== undefined && resolve(png) === resolve(html)) {
    throw refusal(`option '--html' expects another file than --png, got ${html} for both`);
  }
  const chosen = options.class === undefined ? undefined : classNumber(options.class, classes);
  const [{ image }] = preparedDigits(name);
  const prepared = classifier(model);
  const [probabilities] = prepared.classify([image]);
  const most = probabilities.indexOf(Math.max(...probabilities));
  const classIndex = chosen ?? most;
  const rows = mapRows(prepared, { image, height: 28, width: 28, classIndex, className: classes[classIndex] });
  const reading = `${titleOf(name)}: read as ${classes[most]}, ${percentText(probabilities[most], 1)} sure`;
  if (png !== undefined) writeWhole(png, visualizeSheet(rows));
  if (html !== undefined) {
    const page = visualizePage({ title: reading, rows, classes, probabilities });
    writeWhole(html, new TextEncoder().encode(page));
  }
  const written = [png, html].filter((file) => file !== undefined);
  process.stdout.write(
    written.length > 0
      ? `${reading}\nSaved ${written.join(' and ')}\n`
      : textOf(reading, rows, { probabilities, classes }),
  );
}

/** @throws CommandError unless there is a class of that name */
function classNumber(name: string, classes: readonly string[]): number {
  const at = classes.indexOf(name);
  if (at !== -1) return at;
  const near = closestName(name, classes);
  throw refusal(
    `option '--class' expects one of ${classes.join(', ')}, got '${name}'${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
}

function textOf(
  reading: string,
  rows: readonly MapRow[],
  bars: { readonly probabilities: Float32Array; readonly classes: readonly string[] },
): string {
  const color = wantsColor(process.stdout, process.env);
  const width = columnsOf(process.stdout);
  const { bold, dim } = styles({ color });
  const parts = rows.map(({ title, note, maps, largest, signed }) => {
    const pictures = maps.map(({ height, width: extent, values }) => {
      if (signed) return signedPicture({ values, height, width: extent, largest, color });
      const pixels = Uint8Array.from(values, (value) => (largest > 0 ? (255 * value) / largest : 0));
      return digitPicture({ pixels, height, width: extent, color });
    });
    const scale = signed ? `${signedScale({ largest, color })}\n` : '';
    return `${bold(title)}  ${dim(note)}\n${scale}${sideBySide(pictures, { width })}`;
  });
  return `${bold(reading)}\n\n${parts.join('\n\n')}\n\n${probabilityBars({ ...bars, width: Math.min(width, 60), color })}\n`;
}
