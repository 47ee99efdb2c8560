import type { RasterImage } from '@longhand/datasets';
import { DatasetError } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageOf, written } from '../fixtures/digit-images';
import { segmentDigits } from './characters';
import { prepareDigit, prepareDrawing } from './prepare-digit';

const digits = loadMnist({ split: 'test' });
const random = seededRandom(1);

describe('digits of MNIST, written large', () => {
  test.each([
    ['dark on light', { background: 215, ink: 40, noise: 12 }, 6],
    ['light on dark', { background: 35, ink: 190, noise: 12 }, 6],
    ['without noise', { background: 255, ink: 0 }, 5],
  ])('come back nearly as they were: %s', (_, paper, tolerance) => {
    const distances = Array.from({ length: 30 }, (__, index) => {
      const { image, darkOnLight } = prepareDigit(written([imageOf(digits, index)], 8, paper, random));
      expect(darkOnLight).toBe(paper.background > paper.ink);
      return distance(image, imageOf(digits, index));
    });
    // The mean difference of a pixel, of 255.
    expect(distances.reduce((sum, each) => sum + each) / distances.length).toBeLessThan(tolerance);
  });

  test('give the box where they were', () => {
    const { box, steps } = prepareDigit(written([imageOf(digits, 0)], 60, { background: 255, ink: 0 }, random));
    // A 7, whose box is (6, 7) to (22, 27), at 60 pixels for one.
    const { left, top, right, bottom } = box;
    expect([left, top, right, bottom].map((edge) => Math.round(edge / 60))).toEqual([6, 7, 22, 27]);
    expect(steps.gray).toMatchObject({ width: 1000, height: 1000 });
    expect(Math.max(steps.fitted.width, steps.fitted.height)).toBe(20);
  });
});

test('drawings on plain paper give the same without a search for sheets and printed lines', () => {
  for (let index = 0; index < 30; index++) {
    const drawing = written([imageOf(digits, index)], 3 + (index % 5), { background: 255, ink: 0 }, random);
    const { image, box, darkOnLight } = prepareDigit(drawing);
    expect(prepareDrawing(drawing)).toMatchObject({ image, box, darkOnLight });
    if (index >= 3) continue;
    const [one, other] = [false, true].map((isDrawing) => segmentDigits(drawing, { isDrawing }));
    expect(other.map((digit) => digit.image)).toEqual(one.map((digit) => digit.image));
  }
  const digit = { width: 28, height: 28, channels: 1, pixels: imageOf(digits, 0) } as const;
  expect(prepareDrawing(digit).image).toEqual(imageOf(digits, 0));
});

test('all channels give the same', () => {
  const gray = written([imageOf(digits, 3)], 5, { background: 200, ink: 30, noise: 5 }, random);
  const { image } = prepareDigit(gray);
  for (const channels of [2, 3, 4] as const) {
    const pixels = Uint8ClampedArray.from({ length: gray.pixels.length * channels }, (_, k) =>
      channels % 2 === 0 && k % channels === channels - 1 ? 255 : gray.pixels[Math.floor(k / channels)],
    );
    expect(prepareDigit({ ...gray, channels, pixels }).image).toEqual(image);
  }
});

test('any image gives 784 bytes or an error of one line', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const anyImage = fc
    .tuple(size, size, fc.constantFrom(1, 2, 3, 4), fc.nat(255), fc.nat(255), fc.nat())
    .map(([width, height, channels, low, high, seed]): RasterImage => {
      const noise = seededRandom(seed);
      const pixels = Uint8Array.from({ length: width * height * channels }, () =>
        noise.uniform() < 0.2 ? low : Math.min(high + noise.integer(8), 255),
      );
      return { width, height, channels: channels as RasterImage['channels'], pixels };
    });
  fc.assert(
    fc.property(anyImage, (picture) => {
      try {
        expect(prepareDigit(picture, { name: 'a.png' }).image.length).toBe(784);
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message).toMatch(/^a\.png: [^\n]+$/);
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('the picture stays as it is', () => {
  const picture = written([imageOf(digits, 3)], 5, { background: 200, ink: 30, noise: 5 }, random);
  const before = picture.pixels.slice();
  prepareDigit(picture);
  expect(picture.pixels).toEqual(before);
});

describe('what cannot be a digit', () => {
  const page = (side: number, noise: number): RasterImage => ({
    width: side,
    height: side,
    channels: 1,
    pixels: Uint8Array.from({ length: side * side }, () => Math.round(random.normal(180, noise))),
  });

  test('a blank page', () => {
    expect(() => prepareDigit(page(50, 0), { name: 'a.png' })).toThrow(
      new DatasetError('a.png: expected a digit, got a blank picture; write one, or write darker'),
    );
  });

  test.each([20, 60, 200, 1000])('noise, %i pixels wide', (side) => {
    for (const noise of [2, 5, 10, 20]) {
      for (let time = 0; time < (side < 100 ? 10 : side < 1000 ? 3 : 1); time++) {
        expect(() => prepareDigit(page(side, noise), { name: 'a.png' })).toThrow(DatasetError);
        expect(() => segmentDigits(page(side, noise), { name: 'a.png' })).toThrow(/^a.png: expected .* got .*; .*$/);
      }
    }
  });

  test('a stroke that lies all along the border is taken for the edge of a table', () => {
    const side = 100;
    const isSeven = (x: number, y: number): boolean => y < 14 || Math.abs(x - 93 + 0.6 * y) < 7;
    const pixels = Uint8Array.from({ length: side * side }, (_, k) =>
      isSeven(k % side, Math.floor(k / side)) ? 20 : 240,
    );
    const { box, darkOnLight } = prepareDigit({ width: side, height: side, channels: 1, pixels });
    expect([darkOnLight, box.bottom]).toEqual([true, 100]);
    expect(box.top).toBeGreaterThan(10);
  });

  test('no picture', () => {
    const none = { width: 0, height: 3, channels: 1, pixels: new Uint8Array() } as const;
    expect(() => prepareDigit(none)).toThrow('picture: expected a width and a height of at least 1 pixel, got 0 × 3');
    expect(() => prepareDigit({ ...none, width: 2 })).toThrow(
      'picture: expected 6 numbers for 2 × 3 pixels of 1 channels, got 0',
    );
    expect(() => prepareDigit({ ...none, width: 2, channels: 5 as 4 })).toThrow(/channels, got 5$/);
  });
});

describe('several digits', () => {
  test('come from left to right', () => {
    // 7 2 1 0 4 1: each in one piece.
    const row = [0, 1, 2, 3, 4, 5].map((index) => imageOf(digits, index));
    const picture = written(row, 8, { background: 220, ink: 60, noise: 8 }, random);
    const prepared = segmentDigits(picture);
    expect(prepared.length).toBe(6);
    // Read as one, it still tells that there are several.
    expect(prepareDigit(picture).row).toEqual(prepared.map(({ box }) => box));
    prepared.forEach(({ image, box }, position) => {
      expect(distance(image, row[position])).toBeLessThan(13);
      expect(Math.floor((box.left + box.right) / 2 / (28 * 8))).toBe(position);
    });
  });

  test('rows come from top to bottom', () => {
    const above = written(
      [0, 1, 2].map((index) => imageOf(digits, index)),
      8,
      { background: 220, ink: 60 },
      random,
    );
    const below = written(
      [3, 4, 5].map((index) => imageOf(digits, index)),
      8,
      { background: 220, ink: 60 },
      random,
    );
    const pixels = new Uint8Array([...above.pixels, ...below.pixels]);
    const prepared = segmentDigits({ ...above, height: 2 * above.height, pixels });
    expect(prepared.map(({ line }) => line)).toEqual([0, 0, 0, 1, 1, 1]);
    for (const [index, { image }] of prepared.entries())
      expect(distance(image, imageOf(digits, index))).toBeLessThan(13);
  });

  test('a 5 whose bar stands apart is one digit, and specks are none', () => {
    const five = new Uint8Array(784);
    const draw = (left: number, top: number, right: number, bottom: number): void => {
      for (let y = top; y < bottom; y++) five.fill(255, y * 28 + left, y * 28 + right);
    };
    draw(8, 9, 10, 16);
    draw(8, 14, 18, 16);
    draw(16, 14, 18, 24);
    draw(7, 22, 18, 24);
    draw(10, 5, 20, 7);
    draw(24, 12, 25, 13);
    const found = segmentDigits(written([five, imageOf(digits, 0)], 6, { background: 240, ink: 20 }, random));
    expect(found.length).toBe(2);
    expect(found[0].box).toEqual({ left: 42, top: 30, right: 120, bottom: 144 });
    const alone = prepareDigit(written([five], 6, { background: 240, ink: 20 }, random));
    expect(distance(found[0].image, alone.image)).toBeLessThan(1);
    expect(alone.row).toEqual([alone.box]);
  });
});

/** The mean difference of two images' pixels. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / a.length;
}
