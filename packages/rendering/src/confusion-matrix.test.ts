import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confusionMatrix } from './confusion-matrix';
import { styles } from './styles';
import { visibleWidth } from './text-width';

const digits = [...'0123456789'];
const widest = (drawn: string): number => Math.max(...drawn.split('\n').map(visibleWidth));

describe('confusion matrix', () => {
  const confusion = [
    [9, 1, 0],
    [0, 1000, 0],
    [3, 0, 0],
  ];
  const classes = ['0', '1', '2'];

  test('to the character', () => {
    expect(confusionMatrix({ confusion, classes, color: false }).split('\n')).toEqual([
      'rows: the class shown; columns: the class read',
      'shown │     0     1     2 │ read right',
      '──────┼───────────────────┼───────────',
      '0     │     9     1     · │    90.00 %',
      '1     │     · 1,000     · │   100.00 %',
      '2     │     3     ·     · │     0.00 %',
    ]);
  });

  test('right is bold green, a rare mistake yellow, the most frequent bold red, nothing dim', () => {
    const { bold, dim, green, red, yellow } = styles({ color: true });
    const lines = confusionMatrix({ confusion, classes, color: true }).split('\n');
    expect(lines[3]).toContain(bold(green('     9')) + yellow('     1') + dim('     ·'));
    expect(lines[5]).toContain(bold(red('     3')) + dim('     ·') + dim('     ·'));
  });

  test('names make their own room; a class of which there was none is said', () => {
    const counts = [
      [1, 0],
      [0, 0],
    ];
    expect(confusionMatrix({ confusion: counts, classes: ['ankle boot', 'bag'], color: false }).split('\n')).toEqual([
      'rows: the class shown; columns: the class read',
      'shown      │ ankle boot        bag │ read right',
      '───────────┼───────────────────────┼───────────',
      'ankle boot │          1          · │   100.00 %',
      'bag        │          ·          · │ none shown',
    ]);
  });

  test('ten digits with their counts take eighty columns', () => {
    const counts = digits.map(() => digits.map(() => 1135));
    expect(widest(confusionMatrix({ confusion: counts, classes: digits, color: true }))).toBe(80);
  });

  test('long names are cut, counts never', () => {
    const names = [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ];
    const counts = names.map((_, shown) => names.map((_, read) => (shown === read ? 1000 : 0)));
    const lines = confusionMatrix({ confusion: counts, classes: names, color: false }).split('\n');
    expect(lines[1]).toBe('shown │ T-sh… Trou… Pull… Dress  Coat Sand… Shirt Snea…   Bag Ankl… │ read right');
    expect(lines[12]).toBe('Ankl… │     ·     ·     ·     ·     ·     ·     ·     ·     · 1,000 │   100.00 %');
  });

  test('on a narrow terminal, what was misread as what, whole entries only', () => {
    expect(confusionMatrix({ confusion, classes: ['0', '1', '2'], width: 30, color: false }).split('\n')).toEqual([
      'misread as: the class read, h…',
      'shown │ read right │ misread …',
      '──────┼────────────┼─────────…',
      '0     │    90.00 % │ 1 ×1',
      '1     │   100.00 % │',
      '2     │     0.00 % │ 0 ×3',
    ]);
    const counts = [
      [90, 1, 2, 3],
      [12, 90, 0, 0],
      [0, 0, 0, 0],
      [1000, 0, 1000, 0],
    ];
    const names = ['sandal', 'sneaker', 'bag', 'ankle boot'];
    expect(confusionMatrix({ confusion: counts, classes: names, width: 40, color: false }).split('\n')).toEqual([
      'misread as: the class read, how often',
      'shown      │ read right │ misread as',
      '───────────┼────────────┼───────────────',
      'sandal     │    93.75 % │ ankle b… ×3  …',
      'sneaker    │    88.24 % │ sandal ×12',
      'bag        │ none shown │',
      'ankle boot │     0.00 % │ san… ×1,000  …',
    ]);
  });

  test('fits, whatever the names, counts and width', () => {
    const square = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.tuple(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: size, maxLength: size }),
        fc.array(fc.array(fc.nat({ max: 99999 }), { minLength: size, maxLength: size }), {
          minLength: size,
          maxLength: size,
        }),
      ),
    );
    fc.assert(
      fc.property(square, fc.integer({ min: 20, max: 160 }), fc.boolean(), ([names, counts], width, color) => {
        const drawn = confusionMatrix({
          confusion: counts,
          classes: names.map((name) => name.replaceAll('\n', '')),
          width,
          color,
        });
        expect(widest(drawn)).toBeLessThanOrEqual(width);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('counts that do not fit the classes are refused', () => {
    expect(() => confusionMatrix({ confusion: [[1, 0]], classes: ['0', '1'], color: false })).toThrow(
      'confusionMatrix: expected 2×2 counts for 2 classes, got 1',
    );
    expect(() => confusionMatrix({ confusion: [[1, 0], [1]], classes: ['0', '1'], color: false })).toThrow(RangeError);
  });
});
