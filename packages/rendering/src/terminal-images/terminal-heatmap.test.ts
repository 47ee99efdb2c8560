import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import { heatmapKey, terminalHeatmap } from './terminal-heatmap';

describe('a picture of numbers of both signs', () => {
  test('in signs: two columns each, seven steps', () => {
    const values = [-1, -0.6, -0.3, 0, 0.3, 0.6, 1, 0.1];
    expect(terminalHeatmap({ values, height: 2, width: 4, largest: 1, color: false })).toBe('==~~--··\n++**##··');
  });

  test('what is larger than the largest is drawn like it, and zeros alone are zeros', () => {
    expect(terminalHeatmap({ values: [-7, 7], height: 1, width: 2, largest: 1, color: false })).toBe('==##');
    expect(terminalHeatmap({ values: [0, 0], height: 1, width: 2, largest: 0, color: false })).toBe('····');
  });

  test('more than sixteen columns: a column each, two rows to a line, the last one alone', () => {
    const values = Array.from({ length: 3 * 17 }, (_, at) => (at < 17 ? 1 : at < 34 ? 0.2 : -1));
    const picture = terminalHeatmap({ values, height: 3, width: 17, largest: 1, color: false });
    expect(picture).toBe(`${'*'.repeat(17)}\n${'='.repeat(17)}`);
  });

  test.each([4, 17])('in color it has the same extents, in %i columns', (width) => {
    const values = Array.from({ length: 5 * width }, (_, at) => Math.sin(at));
    const picture = (color: boolean): number[] =>
      terminalHeatmap({ values, height: 5, width, largest: 1, color }).split('\n').map(visibleWidth);
    expect(picture(true)).toEqual(picture(false));
  });

  test('in color blue is above zero, orange below, as on the pages', () => {
    const picture = terminalHeatmap({ values: [-1, 0, 1], height: 1, width: 3, largest: 1, color: true });
    expect(picture).toBe('\u001b[48;5;215m  \u001b[48;5;16m  \u001b[48;5;117m  \u001b[39;49m');
  });

  test('other numbers of numbers are refused', () => {
    expect(() => terminalHeatmap({ values: [1], height: 1, width: 2, largest: 1, color: false })).toThrow(
      'terminalHeatmap: expected 1×2 = 2 numbers, got 1',
    );
  });
});

test('the scale names its ends', () => {
  expect(heatmapKey({ largest: 0.51234, color: false })).toBe('−0.512 == ~~ -- ·· ++ ** ## 0.512');
  expect(visibleWidth(heatmapKey({ largest: 2, color: true }))).toBe('−2  2'.length + 26);
});
