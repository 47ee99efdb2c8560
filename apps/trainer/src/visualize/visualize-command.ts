/** `longhand visualize`: feature maps of every layer, an occlusion map and the input gradient of an image. */
import { resolve } from 'node:path';
import type { PictureBox, RasterImage } from '@longhand/datasets';
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
  photograph,
  probabilityBars,
  sideBySide,
  styles,
  terminalHeatmap,
  terminalImage,
  textImage,
  wantsColor,
} from '@longhand/rendering';
import { didYouMean, nearestName } from '@longhand/schema';
import { classifier, mostProbable } from '@longhand/training';
import { refusal, shownName } from '../command/failure';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { pictureModel } from '../command/picture-model';
import { pictureAndImages, titleOf } from '../command/picture-source';
import { type MapRow, mapRows } from './map-rows';

/** The options of `longhand visualize`, parsed. */
export interface VisualizeOptions {
  readonly model?: string;
  readonly class?: string;
  readonly asIs?: boolean;
  readonly png?: string;
  readonly html?: string;
  readonly force?: boolean;
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
}

/** @throws CommandError or DatasetError, with a message of one line */
export async function visualizeCommand(name: string, options: VisualizeOptions): Promise<void> {
  const model = await pictureModel(options.model, options.module);
  const classes = model.classes.map(shownName);
  const { png, html, force = false } = options;
  if (png !== undefined) checkNewFile(png, { force, example: 'maps.png', option: '--png' });
  if (html !== undefined) checkNewFile(html, { force, example: 'maps.html', option: '--html' });
  if (png !== undefined && html !== undefined && resolve(png) === resolve(html)) {
    throw refusal(`option '--html' expects another file than --png, got ${html} for both`);
  }
  const chosen = options.class === undefined ? undefined : classNumber(options.class, model.classes);
  const { picture, images } = pictureAndImages(name, { ...options, model });
  const [{ image, box }] = images;
  const prepared = classifier(model);
  const [probabilities] = prepared.classify([image.pixels]);
  const most = mostProbable(probabilities);
  const classIndex = chosen ?? most;
  const { normalization } = model;
  const rows = mapRows(prepared, { image, normalization, classIndex, className: classes[classIndex] });
  const reading = `${titleOf(name)}: predicted ${classes[most]}, ${percentText(probabilities[most], 1)}`;
  if (png !== undefined) writeOutput(png, visualizeSheet(rows));
  if (html !== undefined) {
    const page = visualizePage({ title: reading, rows, classes, probabilities, picture, box });
    writeOutput(html, new TextEncoder().encode(page));
  }
  const written = [png, html].filter((file) => file !== undefined);
  reportStream(written).write(
    written.length > 0
      ? `${reading}\nSaved ${written.join(' and ')}\n`
      : textOf(reading, rows, { probabilities, classes }),
  );
}

/** @throws CommandError unless there is a class of that name */
function classNumber(name: string, classes: readonly string[]): number {
  const at = classes.indexOf(name);
  if (at !== -1) return at;
  const meant = didYouMean(nearestName(name, classes));
  throw refusal(`option '--class' expects one of ${classes.join(', ')}, got '${name}'${meant}`);
}

function textOf(
  reading: string,
  rows: readonly MapRow[],
  bars: { readonly probabilities: Float32Array; readonly classes: readonly string[] },
): string {
  const color = wantsColor(process.stdout, process.env);
  const width = columnsOf(process.stdout);
  const { bold, dim } = styles({ color });
  const parts = rows.map(({ title, note, maps, colored, largest, signed }) => {
    if (colored !== undefined) return `${bold(title)}  ${dim(note)}\n${terminalImage({ ...colored, color })}`;
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
  /** The picture of the user, and what of it was classified, in pixels of the file. */
  readonly picture: RasterImage;
  readonly box: PictureBox;
}

/** The longest side of the picture on the page, in pixels. */
const PHOTOGRAPH = 480;

function visualizePage({ title, rows, classes, probabilities, picture, box }: VisualizePageOptions): string {
  const [input, ...layers] = rows;
  const digit = digitOf(input);
  const about =
    'All maps of a layer have one scale, shown by its color bar: white at zero, blue above it, orange below. The number under the pointer is said.';
  return featureMapsPage({
    title,
    about,
    image: pagePicture('the input of the network', inputPicture(input, 1), input.colored ? undefined : input.maps[0]),
    photograph: photographOf(picture, box),
    probabilities: classes.map((name, at) => [name, probabilities[at]] as const),
    sections: layers.map((row) => sectionOf(row, digit, classes)),
  });
}

/** The input as a digit, whose edge is drawn over maps; undefined for an image in color. */
function digitOf({ maps, colored }: MapRow): Matrix | undefined {
  return colored === undefined ? maps[0] : undefined;
}

/** The input in its colors, or in gray. */
function inputPicture({ maps, colored }: MapRow, scale: number): RasterImage {
  if (colored === undefined) return heatmapImage(maps[0], { scale, largest: 1, isInk: true });
  return enlarged(colored, scale);
}

/** The image with squares of `scale` × `scale` pixels for each of its own. */
function enlarged({ pixels, height, width }: NonNullable<MapRow['colored']>, scale: number): RasterImage {
  const larger = new Uint8Array(height * scale * width * scale * 3);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const from = 3 * (Math.floor(y / scale) * width + Math.floor(x / scale));
      larger.set(pixels.subarray(from, from + 3), 3 * (y * width * scale + x));
    }
  }
  return { height: height * scale, width: width * scale, channels: 3, pixels: larger };
}

function sectionOf(
  row: MapRow,
  digit: Matrix | undefined,
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
    if (!overDigit || digit === undefined) return pagePicture(name, heatmapImage(map, { largest, scale: 1 }), map);
    return pagePicture(name, outlined(heatmapImage(map, { largest, scale: PAGE_SCALE }), digit, PAGE_SCALE), map);
  });
  return { title, note, images, scale: { low, high, largest, signed } };
}

function photographOf(
  picture: RasterImage,
  { left, top, right, bottom }: PictureBox,
): ReturnType<typeof pagePicture> & { readonly box: PictureBox } {
  const { image, factor } = photograph(picture, { most: PHOTOGRAPH });
  const scale = factor * (picture.reduction ?? 1);
  const box = { left: left / scale, top: top / scale, right: right / scale, bottom: bottom / scale };
  return { ...pagePicture('the picture', image), box };
}

function pagePicture(title: string, picture: RasterImage, values?: Matrix): PageImage {
  const source = `data:image/png;base64,${Buffer.from(encodePng(picture)).toString('base64')}`;
  return { title, source, width: picture.width, height: picture.height, ...(values && { values }) };
}

/** Pixels of the sheet to a number of a map that is laid over the digit. */
const SHEET_SCALE = 10;

/** All pictures on one sheet, each row under its name and the range of its numbers. */
function visualizeSheet(rows: readonly MapRow[]): Uint8Array {
  const digit = digitOf(rows[0]);
  const pictures = rows.map((row) => {
    if (row.colored !== undefined) return [inputPicture(row, SHEET_SCALE)];
    return row.maps.map((map) => sheetPicture(map, row, digit));
  });
  const labels = rows.map(({ label, low, high }) =>
    textImage(`${label}  from ${figureText(low)} to ${figureText(high)}`, { scale: 2 }),
  );
  return encodePng(imageGrid(pictures, { width: 960, gap: 6, labels }));
}

function sheetPicture(map: Matrix, row: MapRow, digit: Matrix | undefined): RasterImage {
  if (row.overDigit) {
    const drawn = heatmapImage(map, { largest: row.largest, scale: SHEET_SCALE });
    return digit === undefined ? drawn : outlined(drawn, digit, SHEET_SCALE);
  }
  // Small maps are enlarged more, so that all can be seen.
  return heatmapImage(map, {
    largest: row.largest,
    isInk: row.isInk ?? false,
    scale: Math.max(3, Math.round(112 / Math.max(map.width, row.ofClasses ? 4 : 8))),
  });
}
