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
      'rows: true class; columns: predicted class',
      'true │     0     1     2 │  correct',
      '─────┼───────────────────┼─────────',
      '0    │     9     1     · │  90.00 %',
      '1    │     · 1,000     · │ 100.00 %',
      '2    │     3     ·     · │   0.00 %',
    ]);
  });

  test('correct counts are bold green, a small other count yellow, the largest bold red, zeros dim', () => {
    const { bold, dim, green, red, yellow } = styles({ color: true });
    const lines = confusionMatrix({ confusion, classes, color: true }).split('\n');
    expect(lines[3]).toContain(bold(green('     9')) + yellow('     1') + dim('     ·'));
    expect(lines[5]).toContain(bold(red('     3')) + dim('     ·') + dim('     ·'));
  });

  test('names make their own room; a class without images has no recall', () => {
    const counts = [
      [1, 0],
      [0, 0],
    ];
    expect(confusionMatrix({ confusion: counts, classes: ['ankle boot', 'bag'], color: false }).split('\n')).toEqual([
      'rows: true class; columns: predicted class',
      'true       │ ankle boot        bag │  correct',
      '───────────┼───────────────────────┼─────────',
      'ankle boot │          1          · │ 100.00 %',
      'bag        │          ·          · │        –',
    ]);
  });

  test('ten digits with their counts fit in eighty columns', () => {
    const counts = digits.map(() => digits.map(() => 1135));
    expect(widest(confusionMatrix({ confusion: counts, classes: digits, color: true }))).toBe(77);
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
    const counts = names.map((_, row) => names.map((_, column) => (row === column ? 1000 : 0)));
    const lines = confusionMatrix({ confusion: counts, classes: names, color: false }).split('\n');
    expect(lines[1]).toBe('true    │ T-sh… Trou… Pull… Dress  Coat Sand… Shirt Snea…   Bag Ankl… │  correct');
    expect(lines[12]).toBe('Ankle … │     ·     ·     ·     ·     ·     ·     ·     ·     · 1,000 │ 100.00 %');
  });

  test('on a narrow terminal, the classes predicted instead, whole entries only', () => {
    expect(confusionMatrix({ confusion, classes: ['0', '1', '2'], width: 30, color: false }).split('\n')).toEqual([
      'predicted: the wrong classes,…',
      'true │  correct │ predicted',
      '─────┼──────────┼─────────────',
      '0    │  90.00 % │ 1 ×1',
      '1    │ 100.00 % │',
      '2    │   0.00 % │ 0 ×3',
    ]);
    const counts = [
      [90, 1, 2, 3],
      [12, 90, 0, 0],
      [0, 0, 0, 0],
      [1000, 0, 1000, 0],
    ];
    const names = ['sandal', 'sneaker', 'bag', 'ankle boot'];
    expect(confusionMatrix({ confusion: counts, classes: names, width: 38, color: false }).split('\n')).toEqual([
      'predicted: the wrong classes, how oft…',
      'true       │  correct │ predicted',
      '───────────┼──────────┼───────────────',
      'sandal     │  93.75 % │ ankle b… ×3  …',
      'sneaker    │  88.24 % │ sandal ×12',
      'bag        │        – │',
      'ankle boot │   0.00 % │ san… ×1,000  …',
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
