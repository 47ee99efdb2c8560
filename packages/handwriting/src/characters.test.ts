import type { RasterImage } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { imageOf, written } from '../fixtures/digit-images';
import { segmentCharacters, segmentDigits, soleDigit } from './characters';
import { prepareDigit } from './prepare-digit';

const digits = loadMnist({ split: 'test' });
const ofDigit = (digit: number): Uint8Array => imageOf(digits, digits.labels.indexOf(digit));

/** A mark in a field as MNIST's: the box that it fills. */
function markImage([left, top, right, bottom]: readonly number[]): Uint8Array {
  const image = new Uint8Array(784);
  for (let y = top; y < bottom; y++) image.fill(255, y * 28 + left, y * 28 + right);
  return image;
}

const marks: Readonly<Record<string, Uint8Array>> = {
  '.': markImage([12, 21, 15, 24]),
  ',': markImage([12, 21, 15, 27]),
  '-': markImage([8, 13, 20, 16]),
};

/** A text of MNIST's digits, and marks drawn between them. */
function textPicture(text: string): RasterImage {
  const images = [...text].map((character) => marks[character] ?? ofDigit(Number(character)));
  return written(images, 8, { background: 220, ink: 50, noise: 6 }, seededRandom(1));
}

/** What stands in a picture, digits as 0. */
function pattern(picture: RasterImage): string {
  return segmentCharacters(picture)
    .map((character) => (character.kind === 'mark' ? character.mark : '0'))
    .join('');
}

describe('points, commas and minus signs', () => {
  test.each(['3.14', '27,5', '-42', '-1.5', '7'])('%s', (text) => {
    expect(pattern(textPicture(text))).toBe(text.replaceAll(/\d/g, '0'));
  });

  test('stand beside the digit of a picture, and are no part of it', () => {
    const picture = textPicture('-7');
    const { image, marks: found, row } = soleDigit(picture);
    expect([found.map(({ mark }) => mark), row.length]).toEqual([['-'], 1]);
    expect(image).toEqual(segmentDigits(picture)[0].image);
    expect(image).not.toEqual(prepareDigit(picture).image);
  });
});

test('a digit alone is what prepareDigit makes of it', () => {
  const picture = written([ofDigit(4)], 8, { background: 220, ink: 50, noise: 6 }, seededRandom(1));
  const { marks: found, ...digit } = soleDigit(picture);
  expect(found).toEqual([]);
  expect(digit).toEqual(prepareDigit(picture));
});

test('a page of text is refused in one line', () => {
  const [width, height] = [900, 700];
  const pixels = new Uint8Array(width * height).fill(235);
  // Eight lines of short strokes, as of letters.
  for (let line = 0; line < 8; line++) {
    for (let letter = 0; letter < 30; letter++) {
      const [left, top] = [40 + letter * 27 + (letter % 5), 50 + line * 75];
      for (let y = 0; y < 30; y++) pixels.fill(40, (top + y) * width + left, (top + y) * width + left + 5);
      if (letter % 3 > 0)
        for (let y = 12; y < 17; y++) pixels.fill(40, (top + y) * width + left, (top + y) * width + left + 16);
    }
  }
  const page = { width, height, channels: 1, pixels } as const;
  const message = 'a.png: expected a digit, got 240 strokes in 8 rows, as on a page of text; cut the digit out';
  expect(() => soleDigit(page, { name: 'a.png' })).toThrow(message);
  // Rows may be of digits: the classifier says whether they are.
  const sure = (images: readonly Uint8Array[]): number[][] => images.map(() => [0.99, 0.01]);
  expect(segmentCharacters(page, { classify: sure }).length).toBe(240);
  const unsure = (images: readonly Uint8Array[]): number[][] => images.map(() => [0.6, 0.4]);
  expect(() => segmentCharacters(page, { name: 'a.png', classify: unsure })).toThrow(
    'a.png: expected rows of digits, got 240 characters in 8 rows, 240 of them unlike digits, as on a page of text; cut the digits out',
  );
});
