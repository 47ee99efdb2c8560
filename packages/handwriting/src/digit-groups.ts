/** Which strokes make a digit together, when there are several digits side by side. */
import type { Component } from './components';

/** Two strokes belong together when they share this part of the narrower one's columns … */
const SHARED_COLUMNS = 0.4;
/** … and what stays lower than this part of the highest digit is a comma, a dot or a dash. */
const LEAST_HEIGHT = 0.4;

/**
 * The labels of each digit's strokes, from left to right. The bar of a 5 stands above its bow, the bars of a 4 cross: strokes of
 * one digit lie over each other, digits of a row beside each other. Leaning neighbours may reach into each other's columns a
 * little.
 */
export function digitGroupsOf(components: readonly Component[], strokes: readonly number[]): number[][] {
  const span = (label: number): Span => {
    const { left, right, top, bottom } = components[label - 1].box;
    return { left, right, top, bottom, labels: [label] };
  };
  // The widest first, so that it is settled what is wide enough to hold others.
  const waiting = strokes.map(span).sort((a, b) => b.right - b.left - (a.right - a.left));
  const digits: Span[] = [];
  for (const stroke of waiting) {
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

function sharedColumns(a: Span, b: Span): number {
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
