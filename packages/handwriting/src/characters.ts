/**
 * What stands in a picture: digits in rows, with points, commas and minus signs between them. Digits that touch are cut apart by a
 * classifier, and pages of text are refused.
 */
import { checkRasterImage, type RasterImage } from '@longhand/datasets';
import { alreadyPrepared } from './already-prepared';
import { groupStrokes, rowsOf, specksOf } from './components';
import type { Box } from './gray-image';
import { type FoundMark, type Mark, marksOf } from './marks';
import type { Piece } from './pieces';
import { asItIs, type DigitOptions, digitOf, type PreparedDigit, strokesPiece } from './prepare-digit';
import { boundingBox, inPicture, type Segmentation, segmentForeground } from './segmentation';
import { drawn, photographed } from './surroundings';
import { refuseLetters, refuseText } from './text-page';
import { type Classify, cutTouching } from './touching';

/** The options of {@link segmentCharacters}, {@link segmentDigits} and {@link soleDigit}. */
export interface CharacterOptions extends DigitOptions {
  /** The classifier, by which digits that touch are cut apart. Default: they stay together. */
  readonly classify?: Classify | undefined;
  /**
   * Whether it is a drawing, whose paper is plain and fills the picture: nothing is searched for a table around a sheet, or for printed
   * lines. Default: false.
   */
  readonly isDrawing?: boolean;
}

/** A point, a comma or a minus sign in a row of digits. */
export interface PreparedMark {
  /** Which one it is. */
  readonly mark: Mark;
  /** Its bounding box, in the given image's pixels. */
  readonly box: Box;
  /** The number of the row that it stands in, from 0 at the top. */
  readonly line: number;
  /** The polarity: whether the image shows dark ink on a light background. */
  readonly darkOnLight: boolean;
}

/** What stands in a row. */
export type Character = ({ readonly kind: 'digit' } & PreparedDigit) | ({ readonly kind: 'mark' } & PreparedMark);

/** The one digit of a picture, and what stands beside it. */
export interface SoleDigit extends PreparedDigit {
  /** The marks beside it, which are no part of it. */
  readonly marks: readonly PreparedMark[];
}

/**
 * Prepares the one digit of an image: all its strokes together, without points, commas and minus signs beside it. Its row has more boxes
 * than one where the image shows several digits, touching or not.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, no ink stands out in it, or it shows a page of text
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * soleDigit(picture).row.length; // 1
 */
export function soleDigit(
  picture: RasterImage,
  { name = 'picture', classify, isDrawing = false }: CharacterOptions = {},
): SoleDigit {
  checkRasterImage(picture, name);
  const prepared = alreadyPrepared(picture);
  if (prepared !== undefined) return { ...asItIs(prepared), marks: [] };
  const segmentation = segmentForeground(picture, name, isDrawing ? drawn : photographed);
  const rows = rowsIn(segmentation);
  refuseText(rows, name);
  const strokes = rows.flatMap((row) => row.strokes);
  const piece = strokesPiece(segmentation, strokes);
  const pieces = digitsIn(segmentation, strokes, classify);
  const isDoubtful = pieces.some((each) => each.isDoubtful === true);
  return {
    ...digitOf(segmentation, { ...piece, isDoubtful }, picture),
    row: pieces.map(({ box }) => inPicture(box, segmentation, picture)),
    marks: rows.flatMap(({ marks }, line) => marks.map((mark) => markOf(segmentation, mark, picture, line))),
  };
}

/**
 * Prepares each digit of an image that shows rows of them, from left to right and from top to bottom, with the points, commas and minus
 * signs between them. Digits that touch are cut apart if there is a classifier.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, no ink stands out in it, or it shows a page of text
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * segmentCharacters(picture).map(({ kind }) => kind); // [ 'digit' ]
 */
export function segmentCharacters(
  picture: RasterImage,
  { name = 'picture', classify, isDrawing = false }: CharacterOptions = {},
): Character[] {
  checkRasterImage(picture, name);
  const prepared = alreadyPrepared(picture);
  if (prepared !== undefined) return [{ kind: 'digit', ...asItIs(prepared) }];
  const segmentation = segmentForeground(picture, name, isDrawing ? drawn : photographed);
  const rows = rowsIn(segmentation);
  const characters = rows.flatMap(({ strokes, marks }, line) => {
    const digits = digitsIn(segmentation, strokes, classify).map(
      (piece): Character => ({ kind: 'digit', ...digitOf(segmentation, piece, picture), line }),
    );
    const others = marks.map((mark): Character => ({ kind: 'mark', ...markOf(segmentation, mark, picture, line) }));
    return [...digits, ...others].sort((a, b) => a.box.left + a.box.right - (b.box.left + b.box.right));
  });
  if (classify !== undefined) {
    const images = characters.flatMap((character) => (character.kind === 'digit' ? [character.image] : []));
    const probabilities = classify(images).map((each) => Math.max(...Array.from(each)));
    refuseLetters(probabilities, rows.length, name);
  }
  return characters;
}

/**
 * The digits among the characters of an image, as {@link segmentCharacters} finds them.
 *
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * segmentDigits(picture).map(({ line }) => line); // [ 0 ]
 */
export function segmentDigits(picture: RasterImage, options: CharacterOptions = {}): PreparedDigit[] {
  return segmentCharacters(picture, options).filter((character) => character.kind === 'digit');
}

/** A row of strokes. */
interface Row {
  /** The labels of the strokes of its digits. */
  readonly strokes: readonly number[];
  readonly marks: readonly FoundMark[];
}

function rowsIn({ components, strokes, kept, onSheet, gray }: Segmentation): Row[] {
  const specks = specksOf(components.list, { kept, onSheet: onSheet(), strokes }, gray);
  const rows = rowsOf(components.list, strokes);
  const [taken, found] = [new Set<number>(), [] as FoundMark[][]];
  for (const ofRow of rows) {
    const free = specks.filter((label) => !taken.has(label));
    const marks = marksOf({ components, width: gray.width, strokes: ofRow, specks: free });
    for (const { label } of marks) taken.add(label);
    found.push(marks);
  }
  return rows.map((ofRow, line) => ({ strokes: ofRow.filter((label) => !taken.has(label)), marks: found[line] }));
}

/** Two groups that are together as wide as this beside their height may be one digit that is broken. */
const BROKEN = [0.75, 1.2] as const;

/** The digits of a row, from left to right: groups of strokes, cut where digits touch. */
function digitsIn(segmentation: Segmentation, strokes: readonly number[], classify: Classify | undefined): Piece[] {
  const groups = groupStrokes(segmentation.components.list, strokes).map((labels) =>
    strokesPiece(segmentation, labels),
  );
  if (classify === undefined) return groups;
  if (groups.length === 2) {
    const all = strokesPiece(segmentation, strokes);
    const aspect = (all.box.right - all.box.left) / (all.box.bottom - all.box.top);
    if (aspect >= BROKEN[0] && aspect <= BROKEN[1]) return cutTouching(all, classify);
  }
  return groups.flatMap((group) => cutTouching(group, classify));
}

function markOf(
  segmentation: Segmentation,
  { mark, label }: FoundMark,
  picture: RasterImage,
  line: number,
): PreparedMark {
  const box = inPicture(boundingBox(segmentation, [label]), segmentation, picture);
  return { mark, box, line, darkOnLight: segmentation.darkOnLight };
}
