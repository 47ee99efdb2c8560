import { describe, expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-images';
import { connectedComponents } from './components';
import { marksOf } from './marks';

/** A row of digits, 20 high, as boxes; marks are drawn between them. */
function row(draw: (fill: (left: number, top: number, right: number, bottom: number) => void) => void) {
  const cells = Array.from({ length: 40 }, () => Array.from({ length: 80 }, () => '.'));
  const fill = (left: number, top: number, right: number, bottom: number): void => {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) cells[y][x] = '#';
  };
  const ring = (left: number): void => {
    fill(left, 10, left + 12, 13);
    fill(left, 27, left + 12, 30);
    fill(left, 10, left + 3, 30);
    fill(left + 9, 10, left + 12, 30);
  };
  for (const left of [20, 45]) ring(left);
  draw(fill);
  const image = drawn(...cells.map((line) => line.join('')));
  const components = connectedComponents(image, { low: 1, high: 1 });
  const labels = components.list.map((_, k) => k + 1);
  const isLarge = (label: number): boolean => components.list[label - 1].area > 50;
  return {
    components,
    width: image.width,
    strokes: labels.filter(isLarge),
    specks: labels.filter((label) => !isLarge(label)),
  };
}

function marks(draw: Parameters<typeof row>[0]): string {
  return marksOf(row(draw))
    .map(({ mark }) => mark)
    .join('');
}

describe('marks', () => {
  test('a point stands at the baseline', () => {
    expect(marks((fill) => fill(37, 27, 40, 30))).toBe('.');
    // At half the height it is dust, or half of a colon.
    expect(marks((fill) => fill(37, 18, 40, 21))).toBe('');
  });

  test('a comma goes through it', () => {
    expect(marks((fill) => fill(37, 27, 40, 35))).toBe(',');
  });

  test('a minus sign is long and half as high as the digits', () => {
    expect(marks((fill) => fill(4, 19, 14, 22))).toBe('-');
    expect(marks((fill) => fill(4, 34, 14, 37))).toBe('');
  });

  test('come from left to right', () => {
    expect(
      marks((fill) => {
        fill(37, 27, 40, 30);
        fill(4, 19, 14, 22);
      }),
    ).toBe('-.');
  });

  test('what is thinner than half a stroke is dust, and what lies in a digit is its own', () => {
    expect(marks((fill) => fill(38, 29, 39, 30))).toBe('');
    expect(marks((fill) => fill(24, 19, 28, 21))).toBe('');
    expect(marks(() => {})).toBe('');
  });
});
