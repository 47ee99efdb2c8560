import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar, probabilityBars } from './bar';
import { visibleWidth } from './text-width';

describe('bar', () => {
  test('grows by eighths, in ASCII by columns', () => {
    expect([0, 1 / 16, 0.5, 15 / 16, 1].map((part) => bar(part, 2))).toEqual(['  ', '▏ ', '█ ', '█▉', '██']);
    expect([0, 0.5, 1].map((part) => bar(part, 4, { ascii: true }))).toEqual(['----', '##--', '####']);
  });

  test('what lies outside is the nearer end', () => {
    expect([-1, Number.NaN, 7].map((part) => bar(part, 2))).toEqual(['  ', '  ', '██']);
  });

  const ink = (drawn: string): number =>
    [...drawn].reduce(
      (sum, character) => sum + (character === '#' ? 8 : Math.max(0, ' ▏▎▍▌▋▊▉█'.indexOf(character))),
      0,
    );

  test('keeps its width, and more is never shorter', () => {
    const part = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(part, part, fc.integer({ min: 0, max: 60 }), fc.boolean(), (one, other, width, ascii) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((value) => bar(value, width, { ascii }));
        expect([less.length, more.length]).toEqual([width, width]);
        expect(ink(less)).toBeLessThanOrEqual(ink(more));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('probability bars', () => {
  const probabilities = [0.25, 0, 0.75];

  test('to the character', () => {
    expect(probabilityBars({ probabilities, classes: ['3', '5', '8'], width: 20, color: false }).split('\n')).toEqual([
      '3  ██         25.0 %',
      '5              0.0 %',
      '8  ██████     75.0 %',
    ]);
    expect(
      probabilityBars({ probabilities, classes: ['bag', 'coat', 'dress'], width: 24, ascii: true, color: false }),
    ).toBe(
      [
        'bag    ##------   25.0 %', //
        'coat   --------    0.0 %',
        'dress  ######--   75.0 %',
      ].join('\n'),
    );
  });

  test('the most probable one stands out', () => {
    const lines = probabilityBars({ probabilities, classes: ['3', '5', '8'], width: 20, color: true }).split('\n');
    expect(lines.map((line) => line.startsWith('\u001b[1m'))).toEqual([false, false, true]);
  });

  test('one width for all lines, never more than there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 1,
        }),
        fc.integer({ min: 20, max: 120 }),
        fc.boolean(),
        (entries, width, color) => {
          const classes = entries.map(([name]) => name.replaceAll('\n', ''));
          const drawn = probabilityBars({ probabilities: entries.map(([, part]) => part), classes, width, color });
          for (const line of drawn.split('\n')) expect(visibleWidth(line)).toBe(width);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test('a class without a probability is refused', () => {
    expect(() => probabilityBars({ probabilities: [1], classes: ['3', '5'], width: 40, color: false })).toThrow(
      'probabilityBars: expected 2 probabilities, one for each class, got 1',
    );
  });
});
