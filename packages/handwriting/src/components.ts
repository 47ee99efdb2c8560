/** Connected components: which pixels are connected, which components are strokes, which strokes make a digit. */
import { DatasetError } from '@longhand/datasets';
import type { Box, GrayImage } from './gray-image';

/** A digit is at least this many pixels long, and at least this fraction of the image. */
const LEAST_PIXELS = 6;
const LEAST_PART = 1 / 80;
/** Compared with the longest component, a speck is shorter than the first, or shorter than the second and small in area. */
const SPECK_LENGTH = 0.08;
const STROKE_LENGTH = 0.2;
const SPECK_AREA = 0.03;
/** A component that touches the border and runs along this fraction of it is the edge of the sheet, or the table behind it. */
const EDGE_RUN = 0.5;
/** What is at least this high beside the highest stroke says where a row is. */
const ROW_HEIGHT = 0.6;
/** Pieces of one digit are this close above each other, beside the highest stroke. */
const CLOSE = 0.1;
/** Two strokes stand in one row when they share this fraction of one's height. */
const SHARED_ROWS = 0.25;
/** A component that touches the border is no digit, if another is this fraction of its length and does not. */
const CUT_OFF = 0.4;
/** Two strokes belong to one digit when they share this fraction of the narrower one's columns. */
const SHARED_COLUMNS = 0.4;
/** What is lower than this fraction of the highest digit is a comma, a dot or a dash. */
const LEAST_HEIGHT = 0.4;

/** One connected component of an image. */
export interface Component {
  readonly box: Box;
  /** In pixels. */
  readonly area: number;
}

export interface Components {
  /** Component `label` is `list[label − 1]`. */
  readonly list: readonly Component[];
  /** For each pixel the label of its component, 0 outside all of them. */
  readonly labels: Int32Array;
}

/**
 * The connected components of an image after a hysteresis threshold, with 8-connectivity, in the order of their first
 * pixels. One threshold alone either loses the faint ends of strokes or finds noise: a component has at least one pixel of
 * level `high`, and all pixels of level `low` that are connected to it.
 *
 * Source: Canny, "A computational approach to edge detection", 1986, for the two thresholds.
 */
export function connectedComponents(
  { width, height, pixels }: GrayImage,
  { low, high }: { readonly low: number; readonly high: number },
): Components {
  const labels = new Int32Array(width * height);
  const queue = new Int32Array(width * height);
  const list: Component[] = [];
  for (let start = 0; start < pixels.length; start++) {
    if (labels[start] !== 0 || pixels[start] < high) continue;
    const label = list.length + 1;
    const box = { left: width, top: height, right: 0, bottom: 0 };
    let count = 1;
    queue[0] = start;
    labels[start] = label;
    // A flood fill, breadth first: the queue grows while it is read, and ends with all pixels of the component in it.
    for (let next = 0; next < count; next++) {
      const column = queue[next] % width;
      const row = (queue[next] - column) / width;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
      for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
        for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
          const neighbor = y * width + x;
          if (labels[neighbor] === 0 && pixels[neighbor] >= low) {
            labels[neighbor] = label;
            queue[count++] = neighbor;
          }
        }
      }
    }
    list.push({ box, area: count });
  }
  return { list, labels };
}

interface PlausibleOptions {
  readonly components: Components;
  /** 1 where the sheet is, and where a printed line was. */
  readonly isSheet: Uint8Array;
  readonly isRule: Uint8Array;
}

/** A component lies on the sheet if this part of its pixels does. */
const ON_SHEET = 0.25;
/** What lies on a printed line to this part is what is left of the line. */
const ON_RULE = 0.7;
/** A frame is this many times as long as what it encloses, at most. */
const FRAME = 3.5;

/** The labels of the components that may be strokes: on the sheet, and not left over from a printed line. */
export function plausibleComponents({ components, isSheet, isRule }: PlausibleOptions): number[] {
  const { list, labels } = components;
  const onSheet = new Uint32Array(list.length + 1);
  const onRule = new Uint32Array(list.length + 1);
  for (let k = 0; k < labels.length; k++) {
    onSheet[labels[k]] += isSheet[k];
    onRule[labels[k]] += isRule[k];
  }
  return list.flatMap(({ area }, index) =>
    onSheet[index + 1] >= ON_SHEET * area && onRule[index + 1] < ON_RULE * area ? [index + 1] : [],
  );
}

/** The labels of frames: components with nothing in their middle but others, such as printed boxes and circles around a digit. */
export function framesOf(components: Components, width: number): number[] {
  const { list } = components;
  const longest = Math.max(0, ...list.map(lengthOf));
  const large = list.flatMap((component, index) => (lengthOf(component) >= longest / 12 ? [index + 1] : []));
  const box = (label: number): Box => list[label - 1].box;
  return large.filter((label) => {
    const length = lengthOf(list[label - 1]);
    const holds = large.some(
      (other) => other !== label && lengthOf(list[other - 1]) * FRAME >= length && encloses(box(label), box(other)),
    );
    return holds && isHollow(label, components, width);
  });
}

function encloses(outer: Box, inner: Box): boolean {
  return inner.left > outer.left && inner.right < outer.right && inner.top > outer.top && inner.bottom < outer.bottom;
}

/** Whether a component has nothing in the middle of its box: three fifths of its width and height. */
function isHollow(label: number, { list, labels }: Components, width: number): boolean {
  const { left, top, right, bottom } = list[label - 1].box;
  const [x, y] = [Math.ceil((right - left) / 5), Math.ceil((bottom - top) / 5)];
  for (let row = top + y; row < bottom - y; row++) {
    for (let column = left + x; column < right - x; column++) {
      if (labels[row * width + column] === label) return false;
    }
  }
  return true;
}

export interface StrokeOptions {
  readonly components: readonly Component[];
  /** The labels of those that may be strokes. */
  readonly labels: readonly number[];
  /** The image's size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The image's name, for messages. */
  readonly name: string;
}

/**
 * The labels of the components that are strokes: neither specks nor the edge of the sheet. Specks are found by comparison
 * with the largest component, since nothing else says how large a digit is here. A stroke that is broken into short pieces
 * keeps all but the tiniest.
 *
 * @throws DatasetError when there are only specks
 */
export function strokesOf({ components, labels, width, height, name }: StrokeOptions): number[] {
  const least = Math.max(LEAST_PIXELS, LEAST_PART * Math.max(width, height));
  const large = labels.map((label) => components[label - 1]).filter((component) => lengthOf(component) >= least);
  if (large.length === 0) {
    throw new DatasetError(
      `${name}: expected a digit of at least ${Math.ceil(least)} of ${Math.max(width, height)} pixels, got only specks; write one, or come closer`,
    );
  }
  // A digit that fills the image touches the border as well: then there is nothing else.
  const inner = large.filter((component) => !touchesBorder(component, width, height));
  const longestInner = Math.max(0, ...inner.map(lengthOf));
  const isCutOff = (component: Component): boolean =>
    touchesBorder(component, width, height) &&
    (lengthOf(component) * CUT_OFF <= longestInner || isEdge(component, width, height));
  const within = large.filter((component) => !isCutOff(component));
  const measure = within.length > 0 ? within : large;
  const length = Math.max(...measure.map(lengthOf));
  const area = Math.max(...measure.map((component) => component.area));
  return labels.flatMap((label) => {
    const component = components[label - 1];
    if (within.length > 0 && isCutOff(component)) return [];
    const part = lengthOf(component) / length;
    const isStroke = part >= STROKE_LENGTH || (part >= SPECK_LENGTH && component.area >= SPECK_AREA * area);
    return isStroke ? [label] : [];
  });
}

/** The sides of what may be a point on a printed line are alike to this factor: what is left of the line is longer. */
const ROUND = 1.6;

interface SpeckOptions {
  /** Those that may be strokes, and those that may but for a printed line that they lie on. */
  readonly kept: readonly number[];
  readonly onSheet: readonly number[];
  readonly strokes: readonly number[];
}

/** The labels of those that are no strokes and lie within the image, shorter than a fifth of the longest stroke. */
export function specksOf(
  components: readonly Component[],
  { kept, onSheet, strokes }: SpeckOptions,
  { width, height }: Pick<GrayImage, 'width' | 'height'>,
): number[] {
  const longest = Math.max(...strokes.map((label) => lengthOf(components[label - 1])));
  const [isStroke, isKept] = [new Set(strokes), new Set(kept)];
  return onSheet.filter((label) => {
    const component = components[label - 1];
    const { box } = component;
    const aspect = (box.right - box.left) / (box.bottom - box.top);
    const isRound = aspect <= ROUND && aspect >= 1 / ROUND;
    const isShort = lengthOf(component) <= STROKE_LENGTH * longest;
    return (
      !isStroke.has(label) && isShort && (isKept.has(label) || isRound) && !touchesBorder(component, width, height)
    );
  });
}

function touchesBorder({ box }: Component, width: number, height: number): boolean {
  return box.left === 0 || box.top === 0 || box.right === width || box.bottom === height;
}

function isEdge({ box }: Component, width: number, height: number): boolean {
  const atSide = box.left === 0 || box.right === width;
  const atEnd = box.top === 0 || box.bottom === height;
  return (atSide && box.bottom - box.top >= EDGE_RUN * height) || (atEnd && box.right - box.left >= EDGE_RUN * width);
}

function lengthOf({ box }: Component): number {
  return Math.max(box.right - box.left, box.bottom - box.top);
}

/**
 * The labels of the strokes of each row, from top to bottom. Strokes that are nearly as high as the highest say where rows are: they
 * share a part of their height with others of their row. All others belong to the nearest row.
 */
export function rowsOf(components: readonly Component[], strokes: readonly number[]): number[][] {
  const box = (label: number): Box => components[label - 1].box;
  const height = (label: number): number => box(label).bottom - box(label).top;
  const middle = (label: number): number => (box(label).top + box(label).bottom) / 2;
  const highest = Math.max(...strokes.map(height));
  const rows: { top: number; bottom: number; labels: number[] }[] = [];
  for (const label of strokes
    .filter((each) => height(each) >= ROW_HEIGHT * highest)
    .sort((a, b) => middle(a) - middle(b))) {
    const { top, bottom } = box(label);
    const isBroken = (other: number): boolean => sharedColumns(box(label), box(other)) > 0;
    const row = rows.find((each) => {
      const shared = Math.min(each.bottom, bottom) - Math.max(each.top, top);
      // The loops of an 8 that do not meet stand close above each other.
      return shared > SHARED_ROWS * (bottom - top) || (shared > -CLOSE * highest && each.labels.some(isBroken));
    });
    if (row === undefined) rows.push({ top, bottom, labels: [label] });
    else {
      row.labels.push(label);
      [row.top, row.bottom] = [Math.min(row.top, top), Math.max(row.bottom, bottom)];
    }
  }
  for (const label of strokes.filter((each) => height(each) < ROW_HEIGHT * highest)) {
    const away = (row: { top: number; bottom: number }): number => Math.abs(middle(label) - (row.top + row.bottom) / 2);
    rows.toSorted((a, b) => away(a) - away(b))[0].labels.push(label);
  }
  return rows.sort((a, b) => a.top - b.top).map(({ labels }) => labels);
}

/**
 * The labels of each digit's strokes, from left to right. Strokes of one digit overlap in their columns (the bar of a 5
 * stands above its bowl, the bars of a 4 cross); digits of a row lie beside each other. Slanted neighbors may overlap by a
 * few columns.
 */
export function groupStrokes(components: readonly Component[], strokes: readonly number[]): number[][] {
  const span = (label: number): Span => {
    const { left, right, top, bottom } = components[label - 1].box;
    return { left, right, top, bottom, labels: [label] };
  };
  // The widest first: a narrow stroke then joins a digit that is wide enough to hold it.
  const widestFirst = strokes.map(span).sort((a, b) => b.right - b.left - (a.right - a.left));
  const digits: Span[] = [];
  for (const stroke of widestFirst) {
    const index = digits.findIndex(
      (digit) => sharedColumns(digit, stroke) >= SHARED_COLUMNS * (stroke.right - stroke.left),
    );
    if (index === -1) digits.push(stroke);
    else digits[index] = union(digits[index], stroke);
  }
  const highest = Math.max(...digits.map(({ top, bottom }) => bottom - top));
  return digits
    .filter(({ top, bottom }) => bottom - top >= LEAST_HEIGHT * highest)
    .sort((a, b) => a.left + a.right - (b.left + b.right))
    .map(({ labels }) => labels);
}

interface Span {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly labels: number[];
}

function sharedColumns(a: Pick<Span, 'left' | 'right'>, b: Pick<Span, 'left' | 'right'>): number {
  return Math.min(a.right, b.right) - Math.max(a.left, b.left);
}

function union(a: Span, b: Span): Span {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    labels: [...a.labels, ...b.labels],
  };
}
