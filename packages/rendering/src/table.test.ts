import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { styles } from './styles';
import { table } from './table';
import { visibleWidth } from './text-width';

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

  test('head and total are bold, rules dim', () => {
    const { bold, dim } = styles({ color: true });
    expect(table({ columns: [{ title: 'n' }], rows: [['1']], total: ['1'], color: true }).split('\n')).toEqual([
      bold('n'),
      dim('─'),
      '1',
      dim('─'),
      bold('1'),
    ]);
  });

  test('every line has the same width, whatever is in the cells', () => {
    const { red } = styles({ color: true });
    const cell = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.boolean())
      .map(([text, styled]) => (styled ? red(text) : text).replaceAll('\n', ''));
    const side = fc.constantFrom('left' as const, 'right' as const);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell)),
        fc.tuple(cell, cell, cell),
        fc.tuple(side, side, side),
        fc.boolean(),
        (rows, titles, sides, color) => {
          const columns = titles.map((title, at) => ({ title, align: sides[at] }));
          const widths = table({ columns, rows, total: titles, color }).split('\n').map(visibleWidth);
          expect(new Set(widths).size).toBe(1);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  describe('in a width', () => {
    const columns = [
      { title: 'parameter' },
      { title: 'shape', spare: 2 },
      { title: 'mean' },
      { title: 'zeros', spare: 1 },
    ];
    const options = { columns, rows: [['conv1.weight', '6×1×5×5', '0.01', '0 %']], total: ['', '', '0.02', ''] };
    const headIn = (width: number): string =>
      table({ ...options, width, color: false })
        .split('\n')[0]
        .trimEnd();

    test('all columns, if they fit', () => {
      expect(headIn(34)).toBe('parameter     shape    mean  zeros');
    });
    test('without spare ones, the highest number first', () => {
      expect(headIn(33)).toBe('parameter     mean  zeros');
      expect(headIn(24)).toBe('parameter     mean');
    });
    test('with the first one cut where nothing else helps', () => {
      const lines = table({ ...options, width: 12, color: false }).split('\n');
      expect(lines).toEqual(['param…  mean', '────────────', 'conv1…  0.01', '────────────', '        0.02']);
      expect(table({ ...options, width: 2, color: false }).split('\n')[0]).toBe('…  mean');
    });
  });

  test('a row of another length is refused', () => {
    const columns = [{ title: 'a' }, { title: 'b' }];
    expect(() => table({ columns, rows: [['1']], color: false })).toThrow('table: expected 2 cells in each row, got 1');
  });
});
