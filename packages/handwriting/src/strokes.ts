/** Which of the pieces of ink are strokes of digits: specks are not, nor is the edge of the sheet. */
import { DatasetError } from '@longhand/datasets';
import type { Component } from './components';

/** A digit is no smaller than this many pixels, nor than this part of the picture. */
const LEAST_PIXELS = 6;
const LEAST_PART = 1 / 60;
/** Compared with the largest piece, a speck is shorter than the first, or shorter than the second and small in area. */
const SPECK_LENGTH = 0.08;
const STROKE_LENGTH = 0.2;
const SPECK_AREA = 0.03;
/** What touches the border and runs along it for this part of the side is the edge of the sheet, or the table behind it. */
const EDGE_RUN = 0.5;

export interface StrokeOptions {
  readonly components: readonly Component[];
  /** The picture's size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/**
 * The labels of the strokes. A speck is told by the largest piece, since nothing else says how large a digit is here; a
 * stroke that is broken into short bits keeps all but the tiniest.
 *
 * @throws DatasetError when there are only specks
 */
export function strokesOf({ components, width, height, name }: StrokeOptions): number[] {
  const least = Math.max(LEAST_PIXELS, LEAST_PART * Math.max(width, height));
  const large = components.filter((component) => lengthOf(component) >= least);
  if (large.length === 0) {
    throw new DatasetError(
      `${name}: expected a digit of at least ${Math.ceil(least)} of ${Math.max(width, height)} pixels, got only specks; write one, or come closer`,
    );
  }
  // A digit that fills its picture touches the border as well: then there is nothing else.
  const within = large.filter((component) => !isEdge(component, width, height));
  const measure = within.length > 0 ? within : large;
  const length = Math.max(...measure.map(lengthOf));
  const area = Math.max(...measure.map((component) => component.area));
  return components.flatMap((component, index) => {
    if (within.length > 0 && isEdge(component, width, height)) return [];
    const part = lengthOf(component) / length;
    const isStroke = part >= STROKE_LENGTH || (part >= SPECK_LENGTH && component.area >= SPECK_AREA * area);
    return isStroke ? [index + 1] : [];
  });
}

function isEdge({ box }: Component, width: number, height: number): boolean {
  const atSide = box.left === 0 || box.right === width;
  const atEnd = box.top === 0 || box.bottom === height;
  return (atSide && box.bottom - box.top >= EDGE_RUN * height) || (atEnd && box.right - box.left >= EDGE_RUN * width);
}

function lengthOf({ box }: Component): number {
  return Math.max(box.right - box.left, box.bottom - box.top);
}
