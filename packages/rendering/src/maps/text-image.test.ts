/** Labels of pixels: letters, and a box for what has none. */
import { expect, test } from 'vitest';
import { textImage } from './text-image';

function rowsOf(text: string, scale: number): string[] {
  const { width, height, pixels } = textImage(text, { scale });
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (pixels[3 * (y * width + x)] === 0 ? '#' : '.')).join(''),
  );
}

test('letters of three by five pixels, a pixel apart', () => {
  expect(rowsOf('C1', 1)).toEqual(['.##..#.', '#...##.', '#....#.', '#....#.', '.##.###']);
  expect(rowsOf('l', 2).slice(6)).toEqual(['##....', '##....', '######', '######']);
});

test('what is not known is a box; nothing is a picture all the same', () => {
  expect(rowsOf('\u732b', 1)).toEqual(['###', '#.#', '#.#', '#.#', '###']);
  expect(textImage('', { scale: 2 })).toMatchObject({ width: 2, height: 10 });
});
