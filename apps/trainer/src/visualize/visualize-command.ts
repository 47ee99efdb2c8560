/** `longhand visualize`: feature maps of every layer, an occlusion map and the input gradient of an image. */
import { resolve } from 'node:path';
import type { RasterImage } from '@longhand/datasets';
import { encodePng } from '@longhand/datasets/node';
import {
  columnsOf,
  featureMapsPage,
  figureText,
  heatmapImage,
  heatmapKey,
  imageGrid,
  type Matrix,
  outlined,
  type PageImage,
  percentText,
  probabilityBars,
  sideBySide,
  styles,
  terminalHeatmap,
  terminalImage,
  textImage,
  wantsColor,
} from '@longhand/rendering';
import { classifier } from '@longhand/training';
import { preparedDigits, titleOf } from '../command/digit-source';
import { closestName, refusal } from '../command/failure';
import { pictureModel } from '../command/model-source';
import { checkNewFile, writeAtomically } from '../command/output-files';
import { type MapRow, mapRows } from './map-rows';

/** The options of `longhand visualize`, parsed. */
export interface VisualizeOptions {
  readonly model?: string;
  readonly class?: string;
  readonly png?: string;
  readonly html?: string;
  readonly force?: boolean;
}

/** @throws CommandError or DatasetError, with a message of one line */
export function visualizeCommand(name: string, options: VisualizeOptions): void {
  const model = pictureModel(options.model);
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
  const reading = `${titleOf(name)}: predicted ${classes[most]}, ${percentText(probabilities[most], 1)}`;
  if (png !== undefined) writeAtomically(png, visualizeSheet(rows));
  if (html !== undefined) {
    const page = visualizePage({ title: reading, rows, classes, probabilities });
    writeAtomically(html, new TextEncoder().encode(page));
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
      if (signed) return terminalHeatmap({ values, height, width: extent, largest, color });
      const pixels = Uint8Array.from(values, (value) => (largest > 0 ? (255 * value) / largest : 0));
      return terminalImage({ pixels, height, width: extent, color });
    });
    const scale = signed ? `${heatmapKey({ largest, color })}\n` : '';
    return `${bold(title)}  ${dim(note)}\n${scale}${sideBySide(pictures, { width })}`;
  });
  return `${bold(reading)}\n\n${parts.join('\n\n')}\n\n${probabilityBars({ ...bars, width: Math.min(width, 60), color })}\n`;
}

/** Pixels of the page to a number of a map that is laid over the digit. */
const PAGE_SCALE = 16;

interface VisualizePageOptions {
  readonly title: string;
  /** The first is the input. */
  readonly rows: readonly MapRow[];
  readonly classes: readonly string[];
  readonly probabilities: ArrayLike<number>;
}

function visualizePage({ title, rows, classes, probabilities }: VisualizePageOptions): string {
  const [input, ...layers] = rows;
  const [digit] = input.maps;
  const about =
    'All maps of a layer have one scale, shown by its color bar: from black at zero to white; with values of both signs from dark, below zero, over gray at zero to light, above it.';
  return featureMapsPage({
    title,
    about,
    image: pagePicture('the input of the network', heatmapImage(digit, { scale: 1 })),
    probabilities: classes.map((name, at) => [name, probabilities[at]] as const),
    sections: layers.map((row) => sectionOf(row, digit, classes)),
  });
}

function sectionOf(
  row: MapRow,
  digit: Matrix,
  classes: readonly string[],
): Parameters<typeof featureMapsPage>[0]['sections'][number] {
  const { title, detail, maps, ofClasses, overDigit, low, high, largest, signed } = row;
  const note = [row.note, detail].filter((text) => text !== undefined).join('. ');
  if (ofClasses) {
    const scores = Array.from(maps[0].values, (score, at) => [classes[at], score] as const);
    return { title, note: `${note}. Softmax turns them into the class probabilities.`, images: [], scores };
  }
  const images = maps.map((map, at) => {
    const name = maps.length === 1 ? title : `${title}, map ${at}`;
    if (!overDigit) return pagePicture(name, heatmapImage(map, { ...row, scale: 1 }));
    return pagePicture(name, outlined(heatmapImage(map, { ...row, scale: PAGE_SCALE }), digit, PAGE_SCALE));
  });
  return { title, note, images, scale: { low, high, largest, signed } };
}

function pagePicture(title: string, picture: RasterImage): PageImage {
  const source = `data:image/png;base64,${Buffer.from(encodePng(picture)).toString('base64')}`;
  return { title, source, width: picture.width, height: picture.height };
}

/** Pixels of the sheet to a number of a map that is laid over the digit. */
const SHEET_SCALE = 10;

/** All pictures on one sheet, each row under its name and the range of its numbers. */
function visualizeSheet(rows: readonly MapRow[]): Uint8Array {
  const [digit] = rows[0].maps;
  const pictures = rows.map((row) => row.maps.map((map) => sheetPicture(map, row, digit)));
  const labels = rows.map(({ label, low, high }) =>
    textImage(`${label}  from ${figureText(low)} to ${figureText(high)}`, { scale: 2 }),
  );
  return encodePng(imageGrid(pictures, { width: 960, gap: 6, labels }));
}

function sheetPicture(map: Matrix, row: MapRow, digit: Matrix): ReturnType<typeof heatmapImage> {
  if (row.overDigit) return outlined(heatmapImage(map, { ...row, scale: SHEET_SCALE }), digit, SHEET_SCALE);
  // Small maps are enlarged more, so that all can be seen.
  return heatmapImage(map, {
    ...row,
    scale: Math.max(3, Math.round(112 / Math.max(map.width, row.ofClasses ? 4 : 8))),
  });
}
