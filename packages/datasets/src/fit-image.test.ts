/** Pictures resized as Pillow resizes them, and what becomes of channels and of the edges. */
import { describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { fitImage, middleOf } from './fit-image';
import type { RasterImage } from './image';

/** The picture that the figures of Pillow below are of. */
function picture(height: number, width: number): RasterImage {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, at) => {
    const [y, x, c] = [Math.floor(at / (3 * width)), Math.floor(at / 3) % width, at % 3];
    return 37 * y + 11 * x * x + 80 * c + 5 * x * y;
  });
  return { height, width, channels: 3, pixels };
}

describe('resizing', () => {
  // Pillow's figures for resize(size, Image.BILINEAR), which rounds once more, between the axes.
  test.each<[string, RasterImage, number, readonly number[]]>([
    [
      'smaller',
      picture(8, 8),
      3,
      [
        ...[70, 138, 176, 133, 124, 127, 117, 132, 122, 147, 118, 106, 135, 119, 138, 126, 139, 143, 106, 97, 141],
        ...[111, 130, 123, 113, 118, 117],
      ],
    ],
    [
      'larger',
      picture(8, 8),
      11,
      [
        ...[0, 80, 160, 6, 86, 166, 21, 101, 181, 46, 126, 195, 86, 166, 49, 138, 90, 42, 140, 23, 103, 26, 95, 175],
        ...[102, 182, 87, 94, 174, 103, 27, 107, 187, 22, 102, 182, 30, 110, 190, 47, 127, 207, 74, 154, 223, 116],
        ...[196, 79, 170, 122, 74, 174, 57, 137, 63, 131, 211, 140, 117, 125, 135, 126, 82, 70, 150, 78],
      ],
    ],
    [
      'cropped in the middle first',
      picture(10, 16),
      4,
      [
        ...[139, 114, 117, 111, 131, 123, 123, 127, 125, 137, 156, 132, 131, 126, 149, 131, 142, 146, 142, 141, 131],
        ...[149, 134, 154, 111, 131, 117, 120, 125, 121, 131, 128, 123, 143, 127, 142, 96, 107, 131, 120, 146, 126],
        ...[90, 129, 155, 97, 132, 135],
      ],
    ],
  ])('%s, as Pillow does it', (_, given, side, expected) => {
    const image = fitImage(given, { height: side, width: side, channels: 3 });
    expect(image.length).toBe(side * side * 3);
    expected.forEach((value, at) => {
      expect(Math.abs(image[at] - value), `at ${at}`).toBeLessThanOrEqual(1);
    });
  });

  test('to its own size changes nothing', () => {
    const given = picture(9, 7);
    expect(fitImage(given, { height: 9, width: 7, channels: 3 })).toEqual(given.pixels);
  });
});

test('the middle has the shape of the images', () => {
  const square = { height: 32, width: 32 };
  expect(middleOf({ width: 640, height: 480 }, square)).toEqual({ left: 80, top: 0, right: 560, bottom: 480 });
  expect(middleOf({ width: 3, height: 100 }, square)).toEqual({ left: 0, top: 48, right: 3, bottom: 51 });
  expect(middleOf({ width: 100, height: 100 }, { height: 10, width: 20 })).toEqual({
    left: 0,
    top: 25,
    right: 100,
    bottom: 75,
  });
  expect(middleOf({ width: 1, height: 1 }, { height: 1, width: 1000 })).toEqual({
    left: 0,
    top: 0,
    right: 1,
    bottom: 1,
  });
});

describe('channels', () => {
  const one = { height: 1, width: 1 };
  const of = (channels: RasterImage['channels'], ...pixels: number[]): RasterImage => ({
    ...one,
    channels,
    pixels: Uint8Array.from(pixels),
  });

  test.each<[RasterImage, number, readonly number[]]>([
    [of(1, 90), 3, [90, 90, 90]],
    [of(3, 10, 20, 30), 3, [10, 20, 30]],
    [of(3, 100, 200, 50), 1, [153]],
    // Transparent is white: all of it, and a fifth.
    [of(4, 10, 20, 30, 0), 3, [255, 255, 255]],
    [of(4, 10, 20, 30, 204), 3, [59, 67, 75]],
    [of(2, 0, 51), 1, [204]],
  ])('%o as %d', (given, channels, expected) => {
    expect([...fitImage(given, { ...one, channels })]).toEqual(expected);
  });

  test('other numbers than a picture has are refused', () => {
    expect(() => fitImage(of(1, 5), { ...one, channels: 2 })).toThrow(
      new DatasetError('fitImage: expected images of 1 or 3 channels, which pictures have, got 2'),
    );
  });
});
