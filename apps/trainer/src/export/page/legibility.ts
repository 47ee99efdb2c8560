/** What is on the paper that no network should answer for: it has only ever seen single digits, and would be sure of anything. */
import type { Box, PreparedDigit } from '@longhand/handwriting';

/** A drawing smaller than this part of the paper is mostly the pen's width. */
const LEAST_PART = 0.2;
/** A digit other than a 1 is at least this wide beside its height; half of a broken 0 is not. */
const WIDE = 0.4;

export interface PaperMeasures {
  /** In pixels of the picture, as are the boxes of what was found there. */
  readonly side: number;
  /** How thick strokes are. */
  readonly pen: number;
}

/** Whether what was drawn is too small to be told. */
export function isTiny({ box }: Pick<PreparedDigit, 'box'>, { side }: PaperMeasures): boolean {
  return Math.max(widthOf(box), heightOf(box)) < LEAST_PART * side;
}

/**
 * Whether several digits were drawn side by side: two that are wide, or that have a stroke's width of paper between them. The hat
 * of a 5 stands above its bow and is no digit of a row; the bar of a 4 that misses its angle is narrow and close.
 */
export function areSeveral({ row }: Pick<PreparedDigit, 'row'>, { pen }: PaperMeasures): boolean {
  return row.slice(1).some((right, at) => {
    const left = row[at];
    return right.left - left.right >= pen || (isWide(left) && isWide(right));
  });
}

function isWide(box: Box): boolean {
  return widthOf(box) >= WIDE * heightOf(box);
}

function widthOf({ left, right }: Box): number {
  return right - left;
}

function heightOf({ top, bottom }: Box): number {
  return bottom - top;
}
