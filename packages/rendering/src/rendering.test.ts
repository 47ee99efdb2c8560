/** What is printed, to the character; and that lines keep to their widths whatever the numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confusionMatrix } from './confusion-matrix';
import { accuracyText, countText, durationText, lossText, rateText } from './number-text';
import { bar, progressLine } from './progress-line';
import { align, styles, visibleWidth } from './styles';
import { table } from './table';

describe('numbers', () => {
  test.each([
    [countText(0), '0'],
    [countText(999), '999'],
    [countText(1000), '1,000'],
    [countText(1234567), '1,234,567'],
    [accuracyText(1), '100.00 %'],
    [accuracyText(0.98873, 0.00106), '98.87 % ± 0.11'],
    [lossText(2.30251), '2.303'],
    [lossText(0.042131), '0.04213'],
    [lossText(0.000012345), '1.23e-5'],
    [lossText(0), '0.000'],
    [lossText(Number.NaN), 'NaN'],
    [durationText(0.04), '0.0 s'],
    [durationText(9.94), '9.9 s'],
    [durationText(9.96), '10 s'],
    [durationText(59.6), '1 min 00 s'],
    [durationText(123), '2 min 03 s'],
    [durationText(3599.7), '1 h 00 min'],
    [durationText(Number.POSITIVE_INFINITY), '–'],
    [rateText(28412), '28,400 images/s'],
    [rateText(866.4), '866 images/s'],
  ])('%s', (got, expected) => expect(got).toBe(expected));
});

describe('styles', () => {
  test('dress text, and count for nothing', () => {
    const { bold } = styles({ color: true });
    expect(bold('7')).toBe('\u001b[1m7\u001b[22m');
    expect(visibleWidth(bold('7'))).toBe(1);
    expect(styles({ color: false }).bold('7')).toBe('7');
  });

  test('wide characters take two columns, combining marks none', () => {
    expect([visibleWidth('線性'), visibleWidth('é'), visibleWidth('σ′'), visibleWidth('🙂')]).toEqual([4, 1, 2, 2]);
    expect([align('線', 4, 'left'), align('線', 4, 'right'), align('toolong', 3, 'left')]).toEqual([
      '線  ',
      '  線',
      'toolong',
    ]);
  });
});

describe('table', () => {
  test('aligns, rules off the head and the total', () => {
    const columns = [{ title: 'layer' }, { title: 'parameters', align: 'right' as const }];
    const rows = [
      ['conv1', '156'],
      ['fc', '1,930'],
    ];
    expect(table({ columns, rows, total: ['total', '2,086'], color: false })).toBe(
      [
        'layer  parameters', //
        '─────────────────',
        'conv1         156',
        'fc          1,930',
        '─────────────────',
        'total       2,086',
      ].join('\n'),
    );
  });

  test('styled cells align like plain ones', () => {
    const { red } = styles({ color: true });
    const options = { columns: [{ title: 'a' }, { title: 'b' }], color: false };
    expect(
      table({
        ...options,
        rows: [
          ['long', 'x'],
          [red('s'), 'y'],
        ],
      }).split('\n')[3],
    ).toBe(`${red('s')}     y`);
  });

  test('a row of another length is refused', () => {
    const columns = [{ title: 'a' }, { title: 'b' }];
    expect(() => table({ columns, rows: [['1']], color: false })).toThrow('table: expected 2 cells in each row, got 1');
  });
});

describe('progress', () => {
  const state = {
    epoch: 1,
    epochs: 3,
    step: 469,
    steps: 938,
    loss: 0.3123,
    accuracy: 0.9,
    imagesPerSecond: 912,
    secondsLeft: 165,
    color: false,
  };

  test('wide and narrow', () => {
    expect(progressLine({ ...state, width: 100 })).toBe(
      'epoch 1/3  ██████████████▌                 50 %  loss 0.3123  2 min 45 s left  90.00 %  912 images/s',
    );
    expect(progressLine({ ...state, width: 60 })).toBe('epoch 1/3  ██████         50 %  loss 0.3123  2 min 45 s left');
    expect(progressLine({ ...state, width: 20 })).toBe('epoch 1/3  50 %');
  });

  test('never wider than it may be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 1, max: 9999 }),
        fc.double({ min: 0, max: 1e12 }),
        fc.double({ min: 0, max: 1e7 }),
        fc.boolean(),
        (width, epoch, step, loss, secondsLeft, color) => {
          const line = progressLine({
            ...state,
            epoch,
            epochs: 9999,
            step,
            steps: 9999,
            loss,
            secondsLeft,
            width,
            color,
          });
          expect(visibleWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  test('bars grow by eighths and keep their width', () => {
    expect([bar(0, 2), bar(1 / 16, 2), bar(0.5, 2), bar(1, 2), bar(7, 2)]).toEqual(['  ', '▏ ', '█ ', '██', '██']);
    fc.assert(
      fc.property(fc.double({ min: -1, max: 2, noNaN: true }), fc.integer({ min: 1, max: 60 }), (part, width) => {
        expect(bar(part, width)).toHaveLength(width);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('confusion matrix', () => {
  const confusion = [
    [9, 1, 0],
    [0, 1000, 0],
    [3, 0, 0],
  ];

  test('to the character', () => {
    expect(confusionMatrix({ confusion, classes: ['0', '1', '2'], color: false }).split('\n')).toEqual([
      'rows: the class shown; columns: the class read',
      'shown │     0     1     2 │ read right',
      '──────┼───────────────────┼───────────',
      '0     │     9     1     · │    90.00 %',
      '1     │     · 1,000     · │   100.00 %',
      '2     │     3     ·     · │     0.00 %',
    ]);
  });

  test('ten digits fit eighty columns; names make their own room; an absent class is said', () => {
    const ten = Array.from({ length: 10 }, () => Array<number>(10).fill(1135));
    const digits = confusionMatrix({ confusion: ten, classes: [...'0123456789'], color: true });
    expect(Math.max(...digits.split('\n').map(visibleWidth))).toBeLessThanOrEqual(80);
    const named = confusionMatrix({
      confusion: [
        [1, 0],
        [0, 0],
      ],
      classes: ['ankle boot', 'bag'],
      color: false,
    });
    expect(named).toContain('ankle boot │          1          · │   100.00 %');
    expect(named).toContain('bag        │          ·          · │ none shown');
  });
});
