/** Few classes are all shown; of many the ones that matter. */
import { expect, test } from 'vitest';
import { probabilityBars } from './bar';
import { confusionMatrix } from './confusion-matrix';
import { barsToShow, classesToShow } from './many-classes';

/** A matrix in which class k of the first `wrong` is predicted k + 1 times as the next one, and all else correctly. */
function confusionOf(classes: number, wrong: number): number[][] {
  return Array.from({ length: classes }, (_, at) => {
    const row = new Array<number>(classes).fill(0);
    row[at] = 2;
    if (at < wrong) row[(at + 1) % classes] = at + 1;
    return row;
  });
}

const names = (classes: number): string[] => Array.from({ length: classes }, (_, at) => `class ${at}`);

test('thirty classes are all shown, of more the worst', () => {
  expect(classesToShow(confusionOf(30, 3))).toEqual({ indices: [...Array(30).keys()], note: undefined });
  expect(classesToShow(confusionOf(1200, 3))).toEqual({
    indices: [2, 1, 0],
    note: 'the 3 of 1,200 classes with misclassified images',
  });
  const { indices, note } = classesToShow(confusionOf(100, 50));
  expect(note).toBe('the 30 of 100 classes with the most misclassified images');
  expect(indices).toEqual(Array.from({ length: 30 }, (_, at) => 49 - at));
  expect(classesToShow(confusionOf(40, 0))).toEqual({
    indices: [],
    note: 'no image of the 40 classes was misclassified',
  });
});

test('a confusion matrix of many classes is a list of the worst, on any width', () => {
  for (const width of [80, 400]) {
    const lines = confusionMatrix({ confusion: confusionOf(100, 50), classes: names(100), width, color: false }).split(
      '\n',
    );
    expect(lines).toHaveLength(34);
    expect(lines[0]).toBe('the 30 of 100 classes with the most misclassified images');
    expect(lines[4]).toMatch(/^class 49 │ {3}3\.85.% │ class 50 ×50$/);
  }
  expect(confusionMatrix({ confusion: confusionOf(40, 0), classes: names(40), color: false })).toBe(
    'no image of the 40 classes was misclassified',
  );
});

test('of many probabilities the ten largest are drawn', () => {
  expect(barsToShow(new Float32Array(30)).note).toBeUndefined();
  const probabilities = Float32Array.from({ length: 300 }, (_, at) => (at === 299 ? 0.5 : at / 100_000));
  const lines = probabilityBars({ probabilities, classes: names(300), width: 60, color: false }).split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toMatch(/^class 299 {2}█+ +50\.0 %$/);
  expect(lines[1]).toMatch(/^class 298/);
  expect(lines[10]).toBe('the 10 most probable of 300 classes');
});
