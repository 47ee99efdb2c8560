import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import type { Scale } from './scale';
import { type Point, terminalCurves } from './terminal-curves';

/** From 0 to 1, with both ends written. */
const scale: Scale = {
  at: (value) => value,
  ticks: [0, 1].map((value) => ({ value, label: String(value) })),
};
const falling: Point[] = [
  [0, 1],
  [2, 0],
];
const x = { from: 0, to: 2 };

describe('curves', () => {
  test('in braille', () => {
    const series = [{ points: falling, sign: '*' }];
    expect(terminalCurves({ series, x, y: scale, width: 11, height: 5 })).toBe(
      ['1 ┤⠑⢄', '  │  ⠑⢄', '  │    ⠑⢄', '0 ┤      ⠑⢄', '  └0───1──2'].join('\n'),
    );
  });

  test('in ASCII, each with its sign, the later one on top', () => {
    const rising = falling.map(([at, value]): Point => [at, 1 - value]);
    const series = [
      { points: falling, sign: '*' },
      { points: rising, sign: 'o' },
    ];
    expect(terminalCurves({ series, x, y: scale, width: 8, height: 6, ascii: true })).toBe(
      ['1 +*   o', '  | * o', '  |  o', '  | o *', '0 +o   *', '  +0---2'].join('\n'),
    );
  });

  test('dashed ones have gaps, and what is no number interrupts', () => {
    const flat = (values: readonly number[]): Point[] => values.map((value, at) => [at / 3, value]);
    const drawn = (points: Point[], dashed: boolean): string =>
      terminalCurves({
        series: [{ points, dashed, sign: '*' }],
        x: { from: 0, to: 1 },
        y: scale,
        width: 11,
        height: 2,
      });
    expect(drawn(flat([0, 0, 0, 0]), false)).toContain('⣀⣀⣀⣀⣀⣀⣀⣀');
    expect(drawn(flat([0, 0, 0, 0]), true)).toContain('⣀⡀⢀⡀⢀⡀⢀⡀');
    expect(drawn(flat([0, Number.NaN, 0, 0]), false)).toMatch(/┤⡀ +⣀+$/m);
  });

  test('show the mean of points that share a column of dots', () => {
    const points = Array.from({ length: 400 }, (_, at): Point => [at / 399, at % 2]);
    const drawn = terminalCurves({
      series: [{ points, sign: '*' }],
      x: { from: 0, to: 1 },
      y: scale,
      width: 7,
      height: 4,
    });
    expect(drawn).toBe(['1 ┤', '  │⠔⠔⠔⠔', '0 ┤', '  └0──1'].join('\n'));
  });

  test('have the labels below that are given, as many as have room', () => {
    const ticks = [0, 1, 1.1, 2].map((value) => ({ value, label: `10^${value}` }));
    const drawn = terminalCurves({
      series: [{ points: falling, sign: '*' }],
      x: { ...x, ticks },
      y: scale,
      width: 24,
      height: 3,
    });
    expect(drawn.split('\n').at(-1)).toBe('  └10^0─────10^1────10^2');
  });

  test('are exactly as many lines, none wider, whatever is drawn', () => {
    const number = fc.double();
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(number, number), { maxLength: 20 }), { maxLength: 3 }),
        fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 20 })),
        fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 20_000 })),
        fc.boolean(),
        (curves, [width, height], [from, length], ascii) => {
          const series = curves.map((points) => ({ points, sign: '*' }));
          const drawn = terminalCurves({ series, x: { from, to: from + length }, y: scale, width, height, ascii });
          const lines = drawn.split('\n');
          expect(lines).toHaveLength(Math.max(height, 1));
          expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});
