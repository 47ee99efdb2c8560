/** Points, commas and minus signs: what is far smaller than the digits of its row, by its shape and where it stands beside them. */
import type { Component, Components } from './components';
import type { Box } from './gray-image';

/** A point, a comma or a minus sign. */
export type Mark = '.' | ',' | '-';

/** A component that is a mark. */
export interface FoundMark {
  readonly mark: Mark;
  readonly label: number;
}

// All of these are fractions of the height of the row's digits.
const POINT_SIZE = 0.3;
const COMMA_HEIGHT = 0.5;
/** A point stands no higher above the baseline, and no lower below. */
const ABOVE_BASELINE = 0.3;
const BELOW_BASELINE = 0.3;
/** A comma reaches this far below the baseline, or is longer than a point. */
const BELOW = 0.06;
const MINUS_LENGTH = [0.15, 1.3] as const;
/** The middle of a minus sign, from the top of the digits. */
const MINUS_MIDDLE = [0.2, 0.8] as const;
/** A mark is no farther from the nearest digit, nor nearer than a gap. */
const FARTHEST = 1.5;
const GAP = 0.03;

/** A minus sign is this many times as long as it is high. */
const MINUS_ASPECT = 1.8;
/** What is narrower than this part of the digits' strokes is dust. */
const LEAST_STROKE = 0.4;
/** A component that is lower than this fraction of the highest is no digit. */
const LOW = 0.45;
/** A mark shares no more of its columns with a digit that stands as high as it does. */
const SHARED = 0.3;

interface MarkOptions {
  readonly components: Components;
  /** The image's width in pixels. */
  readonly width: number;
  /** The labels of the strokes of the row. */
  readonly strokes: readonly number[];
  /** The labels of what may be dust. */
  readonly specks: readonly number[];
}

/** The marks of a row, from left to right. */
export function marksOf({ components, width, strokes, specks }: MarkOptions): FoundMark[] {
  const box = (label: number): Box => components.list[label - 1].box;
  const highest = Math.max(...strokes.map((label) => heightOf(box(label))));
  const digits = strokes.filter((label) => heightOf(box(label)) >= LOW * highest);
  const heights = digits.map((label) => heightOf(box(label))).sort((a, b) => a - b);
  const height = heights[heights.length >> 1];
  const stroke = strokeWidthIn(components, digits, width);
  const low = strokes.filter((label) => !digits.includes(label));
  return [...low, ...specks]
    .flatMap((label) => {
      const component = components.list[label - 1];
      const near = digits
        .map((digit) => ({ digit, away: columnsApart(box(digit), component.box) }))
        .sort((a, b) => a.away - b.away);
      if (near[0].away > FARTHEST * height) return [];
      const isApart = near
        .filter(({ away }) => away < GAP * height)
        .every(({ digit }) =>
          isApartFrom({ components, width, label, digit, gap: Math.max(1, Math.round(GAP * height)) }),
        );
      const { top, bottom } = box(near[0].digit);
      const mark = isApart ? markOf(component, { top, bottom, height, stroke }) : undefined;
      if (mark === undefined || (mark === '-' && digits.some((digit) => sharesColumns(box(digit), component.box))))
        return [];
      return [{ mark, label }];
    })
    .sort((a, b) => box(a.label).left - box(b.label).left);
}

interface RowMeasures {
  /** The rows of the nearest digit, whose bottom is the baseline. */
  readonly top: number;
  readonly bottom: number;
  /** The height of the row's digits. */
  readonly height: number;
  /** The width of their strokes. */
  readonly stroke: number;
}

function markOf({ box, area }: Component, { top, bottom, height, stroke }: RowMeasures): Mark | undefined {
  const [wide, high] = [box.right - box.left, heightOf(box)];
  if (Math.min(wide, high) < LEAST_STROKE * stroke || area < 0.3 * stroke * stroke) return undefined;
  const middle = (box.top + box.bottom) / 2;
  const from = (middle - top) / height;
  const isLong = wide >= MINUS_LENGTH[0] * height && wide <= MINUS_LENGTH[1] * height && wide >= MINUS_ASPECT * high;
  if (isLong && from >= MINUS_MIDDLE[0] && from <= MINUS_MIDDLE[1]) return '-';
  const isAtBaseline = middle >= bottom - ABOVE_BASELINE * height && box.top <= bottom + BELOW_BASELINE * height;
  if (!isAtBaseline || isLong || wide > COMMA_HEIGHT * height || high > COMMA_HEIGHT * height) return undefined;
  const isBelow = box.bottom >= bottom + BELOW * height;
  // A comma is a short line, upright or slanting: longer than a point is wide, or thinner than its box.
  const isLine = high >= 1.5 * wide || (area < 0.55 * wide * high && high >= 2 * stroke);
  if (isLine && (isBelow || high > POINT_SIZE * height)) return ',';
  return Math.max(wide, high) <= Math.max(POINT_SIZE * height, 1.6 * stroke) ? '.' : undefined;
}

function heightOf({ top, bottom }: Box): number {
  return bottom - top;
}

/** How many columns are between two boxes; negative where they share some. */
function columnsApart(a: Box, b: Box): number {
  return Math.max(a.left, b.left) - Math.min(a.right, b.right);
}

function sharesColumns(digit: Box, mark: Box): boolean {
  return -columnsApart(digit, mark) > SHARED * (mark.right - mark.left);
}

/** The width of strokes in pixels: twice their area, divided by the length of their edges. */
function strokeWidthIn({ list, labels }: Components, digits: readonly number[], width: number): number {
  const [area, edge] = [new Set(digits), { count: 0 }];
  let total = 0;
  for (const label of digits) {
    const { box } = list[label - 1];
    total += list[label - 1].area;
    for (let row = box.top; row < box.bottom; row++) {
      for (let column = box.left; column < box.right; column++) {
        const at = row * width + column;
        if (labels[at] !== label) continue;
        const isInner = [at - 1, at + 1, at - width, at + width].every((other) => area.has(labels[other]));
        if (!isInner) edge.count++;
      }
    }
  }
  return (2 * total) / Math.max(1, edge.count);
}

interface ApartOptions {
  readonly components: Components;
  readonly width: number;
  readonly label: number;
  readonly digit: number;
  /** In pixels. */
  readonly gap: number;
}

/** Whether no pixel of a digit is within the gap of a component's. */
function isApartFrom({ components: { list, labels }, width, label, digit, gap }: ApartOptions): boolean {
  const { box } = list[label - 1];
  const rows = labels.length / width;
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++) {
      if (labels[row * width + column] !== label) continue;
      const [left, right] = [Math.max(0, column - gap), Math.min(width, column + gap + 1)];
      for (let y = Math.max(0, row - gap); y < Math.min(rows, row + gap + 1); y++) {
        if (labels.subarray(y * width + left, y * width + right).includes(digit)) return false;
      }
    }
  }
  return true;
}
