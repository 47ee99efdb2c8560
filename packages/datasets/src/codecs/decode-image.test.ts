/** Every kind of file that fixtures/make-images.sh writes: the same 19 × 13 pixels, whose values are known. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, withChunk, withPixels } from '../../fixtures/image-files';
import { DatasetError } from '../dataset-error';
import type { RasterImage } from '../image';
import { decodeImage, readImage } from './decode-image';

const [width, height] = [19, 13];

function colorAt(x: number, y: number): number[] {
  return [12 * x, 18 * y, 255 - 6 * (x + y)];
}

function alphaAt(x: number): number {
  return 255 - 13 * x;
}

function rounded(value: number, levels: number): number {
  return Math.round((value / 255) * (levels - 1)) * (255 / (levels - 1));
}

/** The image of these pixels, each a list of its channels. */
function imageOf(pixelAt: (x: number, y: number) => number[]): RasterImage {
  const pixels = Array.from({ length: width * height }, (_, k) => pixelAt(k % width, Math.floor(k / width)));
  return { width, height, channels: pixels[0].length as 1, pixels: Uint8Array.from(pixels.flat()) };
}

describe('PNG', () => {
  test.each([1, 2, 4, 8, 16])('gray of %i bits, plain and interlaced', (depth) => {
    const expected = imageOf((x) => [rounded(alphaAt(x), 2 ** Math.min(depth, 8))]);
    expect(decodeImage(fixture(`gray-${depth}.png`))).toEqual(expected);
    expect(decodeImage(fixture(`gray-${depth}-interlaced.png`))).toEqual(expected);
  });

  test('colors', () => {
    expect(decodeImage(fixture('color-8.png'))).toEqual(imageOf(colorAt));
    expect(decodeImage(fixture('color-16-interlaced.png'))).toEqual(imageOf(colorAt));
    expect(decodeImage(fixture('palette-8.png'))).toEqual(
      imageOf((x, y) => colorAt(x, y).map((value) => rounded(value, 4))),
    );
  });

  test('alpha', () => {
    const expected = imageOf((x, y) => [...colorAt(x, y), alphaAt(x)]);
    expect(decodeImage(fixture('alpha-8.png'))).toEqual(expected);
    expect(decodeImage(fixture('alpha-16-interlaced.png'))).toEqual(expected);
    expect(decodeImage(fixture('gray-alpha-8.png'))).toEqual(imageOf((x) => [alphaAt(x), alphaAt(x)]));
  });

  test('the one transparent color of an image without alpha', () => {
    const gray = withChunk(fixture('gray-8.png'), 'tRNS', Uint8Array.of(0, alphaAt(3)));
    expect(decodeImage(gray)).toEqual(imageOf((x) => [alphaAt(x), x === 3 ? 0 : 255]));
    const color = withChunk(fixture('color-16-interlaced.png'), 'tRNS', Uint8Array.of(24, 24, 36, 36, 231, 231));
    expect(decodeImage(color)).toEqual(imageOf((x, y) => [...colorAt(x, y), x === 2 && y === 2 ? 0 : 255]));
  });

  test('the alpha of the first colors of a palette', () => {
    const plain = decodeImage(fixture('palette-8.png')).pixels;
    const { channels, pixels } = decodeImage(withChunk(fixture('palette-8.png'), 'tRNS', Uint8Array.of(7)));
    expect(channels).toBe(4);
    const alphas = pixels.filter((_, k) => k % 4 === 3);
    expect(pixels.filter((_, k) => k % 4 !== 3)).toEqual(plain);
    expect([...new Set(alphas)].sort()).toEqual([255, 7]);
  });

  test('numbers as they stand in the file, whatever it says of its color space', () => {
    const gamma = Uint8Array.of(0, 0, 0xb1, 0x8f);
    expect(decodeImage(withChunk(fixture('color-8.png'), 'sRGB', Uint8Array.of(0)))).toEqual(imageOf(colorAt));
    expect(decodeImage(withChunk(fixture('color-8.png'), 'gAMA', gamma))).toEqual(imageOf(colorAt));
  });

  test('an orientation in its Exif chunk', () => {
    const turned = decodeImage(withChunk(fixture('gray-8.png'), 'eXIf', exif(6)));
    expect([turned.width, turned.height]).toEqual([height, width]);
  });
});

describe('JPEG', () => {
  test.each([
    ['baseline.jpg', 4],
    ['progressive.jpg', 4],
    ['subsampled.jpg', 24],
    ['cmyk.jpg', 6],
  ])('%s', (name, tolerance) => {
    expect(distance(decodeImage(fixture(name)), imageOf(colorAt))).toBeLessThanOrEqual(tolerance);
  });

  test('gray', () => {
    // ImageMagick's gray: BT.709's luma.
    const expected = imageOf((x, y) => {
      const [red, green, blue] = colorAt(x, y);
      return Array<number>(3).fill(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    });
    expect(distance(decodeImage(fixture('gray.jpg')), expected)).toBeLessThanOrEqual(3);
  });

  test.each(['little', 'big'] as const)('an orientation, %s end first', (order) => {
    const plain = decodeImage(fixture('baseline.jpg'));
    const turned = decodeImage(withSegment(fixture('baseline.jpg'), exifSegment(exif(6, order))));
    expect([turned.width, turned.height]).toEqual([height, width]);
    // The first column, from below, has become the first row.
    for (let x = 0; x < height; x++) {
      const stored = (height - 1 - x) * width * 3;
      expect(turned.pixels.slice(3 * x, 3 * x + 3)).toEqual(plain.pixels.slice(stored, stored + 3));
    }
  });

  test('Exif data that make no sense leave the image as it is', () => {
    const plain = decodeImage(fixture('baseline.jpg'));
    for (const data of [exif(9), exif(6).subarray(0, 20), Uint8Array.of(0x49, 0x49, 1), exif(6).with(0, 7)]) {
      expect(decodeImage(withSegment(fixture('baseline.jpg'), exifSegment(data)))).toEqual(plain);
    }
  });

  test('red, green and blue stored as they are', () => {
    const adobe = [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0];
    const asColors = decodeImage(fixture('baseline.jpg'));
    const asStored = decodeImage(withSegment(fixture('baseline.jpg'), adobe));
    // The image's top left corner is blue: of little luma, much blue chroma.
    expect([...asColors.pixels.subarray(0, 3)].map(tens)).toEqual([0, 0, 25]);
    expect([...asStored.pixels.subarray(0, 3)].map(tens)).toEqual([3, 26, 11]);
  });
});

describe('formats that libraries decode', () => {
  test.each([
    ['lossless.webp', 0],
    ['lossy.webp', 40],
    ['color-24.bmp', 0],
    ['palette-8.bmp', 60],
    ['palette.gif', 30],
  ])('%s', (name, tolerance) => {
    const { channels, pixels, ...size } = decodeImage(fixture(name));
    const colors = Uint8Array.from(
      { length: 3 * width * height },
      (_, at) => pixels[channels * Math.floor(at / 3) + (at % 3)],
    );
    expect(distance({ ...size, channels: 3, pixels: colors }, imageOf(colorAt))).toBeLessThanOrEqual(tolerance);
  });

  test.each(['lossless.webp', 'color-24.bmp', 'palette.gif'])('%s, larger than allowed', (name) => {
    expect(() => decodeImage(fixture(name), { name, budget: { pixels: 100 } })).toThrow(
      /expected at most 0 megapixels, got 19 × 13/,
    );
  });
});

describe('what is not decoded is named', () => {
  const refusal = (bytes: Uint8Array, options = {}): string => {
    try {
      decodeImage(bytes, { name: 'a.png', ...options });
    } catch (error) {
      expect(error).toBeInstanceOf(DatasetError);
      return (error as Error).message;
    }
    return 'nothing was refused';
  };

  test.each([
    ['', 'an empty file; save the picture again'],
    ['\0\0\0\x18ftypheic', 'a HEIC file; save it as PNG or JPEG'],
    ['\0\0\0\x18ftypmif1', 'a HEIC file; save it as PNG or JPEG'],
    ['\0\0\0\x18ftypavif', 'an AVIF file; save it as PNG or JPEG'],
    ['%PDF-1.7', 'a PDF file; save it as PNG or JPEG'],
    ['seven\nand eight', 'a file that begins with "seven\\nand ei"; save the picture as PNG or JPEG'],
    ['\0\x01\x80\xff\0', 'a file that begins with 00 01 80 ff; save the picture as PNG or JPEG'],
  ])('%j', (start, got) => {
    expect(refusal(Buffer.from(start, 'latin1'))).toBe(
      `a.png: expected a PNG, JPEG, WebP, BMP or GIF picture, got ${got}`,
    );
  });

  test('images that are too large, by their headers alone', () => {
    const png = fixture('gray-8.png');
    const huge = withChunk(png.subarray(0, 8), 'IHDR', Uint8Array.of(0, 0, 100, 0, 0, 0, 100, 0, 8, 0, 0, 0, 0));
    expect(refusal(huge)).toBe(
      'a.png: expected at most 50 megapixels, got 25600 × 25600 = 655.36 megapixels; make the picture smaller',
    );
    expect(refusal(png, { budget: { pixels: 246 } })).toMatch(/got 19 × 13 = 0 megapixels/);
    expect(refusal(fixture('baseline.jpg'), { budget: { pixels: 246 } })).toMatch(
      /^a.png: expected at most .* got 19 × 13/,
    );
  });

  test('files cut short', () => {
    expect(refusal(fixture('color-8.png').subarray(0, 60))).toMatch(/the file is damaged; save or fetch it again$/);
    const jpeg = fixture('baseline.jpg');
    expect(refusal(jpeg.subarray(0, jpeg.length - 40))).toMatch(/the file is damaged; save or fetch it again$/);
  });

  test('a PNG whose rows have filters that do not exist', () => {
    const png = withPixels(fixture('gray-8.png'), (rows) => Uint8Array.from(rows).fill(5, 0, 1));
    expect(refusal(png)).toBe(
      'a.png: expected row filters from 0 to 4, got 5: the file is damaged; save or fetch it again',
    );
  });

  test('a small PNG that unpacks to much, before it does', () => {
    const png = withPixels(fixture('gray-8.png'), () => new Uint8Array(50_000_000));
    expect(png.length).toBeLessThan(100_000);
    expect(refusal(png)).toMatch(/expected 260 bytes of pixels, got more: the file is damaged/);
  });

  test('a small JPEG that says it is large, by its length', () => {
    const jpeg = Uint8Array.from(fixture('baseline.jpg'));
    // Height and width stand five bytes after the marker of the frame.
    jpeg.set([0x10, 0, 0x10, 0], Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0)) + 5);
    expect(refusal(jpeg)).toMatch(
      /expected 196608 bytes at least for 4096 × 4096 pixels, got \d+: the file is damaged/,
    );
  });

  test('a JPEG with a scan after a scan after a scan', () => {
    const jpeg = fixture('progressive.jpg');
    const scans = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
    const many = Array.from({ length: 41 }, () => jpeg.subarray(scans, -2));
    const end = jpeg.subarray(-2);
    expect(refusal(Buffer.concat([jpeg.subarray(0, scans), ...many, end]))).toMatch(
      /expected at most 40 scans, got more/,
    );
  });

  test('a JPEG with arithmetic coding', () => {
    const jpeg = Uint8Array.from(fixture('baseline.jpg'));
    jpeg[Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0)) + 1] = 0xc9;
    expect(refusal(jpeg)).toMatch(/^a.png: expected a JPEG of the usual kind.*got 8 bits and frame c9; save it again/);
  });
});

test('files on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhand-images-'));
  try {
    const path = join(folder, 'a.png');
    writeFileSync(path, fixture('gray-8.png'));
    expect(readImage(path)).toEqual(decodeImage(fixture('gray-8.png')));
    truncateSync(path, 500_000_000);
    expect(() => readImage(path)).toThrow(
      `${path}: expected at most 400,000,000 bytes, got 500,000,000; make the picture smaller`,
    );
    expect(() => readImage(join(folder, 'b.png'))).toThrow('b.png: expected a picture, but there is no such file');
    expect(() => readImage(folder, { name: 'folder' })).toThrow('folder: expected a picture, but it is a folder');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function exifSegment(data: Uint8Array): number[] {
  return [0xff, 0xe1, 0, 8 + data.length, ...Buffer.from('Exif\0\0'), ...data];
}

/** Exif data with an orientation and nothing else. */
function exif(orientation: number, order: 'little' | 'big' = 'big'): Uint8Array {
  const words = [0x2a, 0, 8, 1, 0x0112, 3, 0, 1, orientation, 0, 0, 0];
  const isLittle = order === 'little';
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  words.forEach((word, k) => {
    view.setUint16(2 + 2 * k, word, isLittle);
  });
  // Two of the numbers have four bytes: where the directory begins, and how many orientations there are.
  view.setUint32(4, 8, isLittle);
  view.setUint32(14, 1, isLittle);
  return new Uint8Array(view.buffer);
}

/** The JPEG with a segment more, at its start. */
function withSegment(jpeg: Uint8Array, segment: readonly number[]): Uint8Array {
  return Uint8Array.of(...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2));
}

function distance(a: RasterImage, b: RasterImage): number {
  expect({ ...a, pixels: [] }).toEqual({ ...b, pixels: [] });
  return Math.max(...Array.from(a.pixels, (value, k) => Math.abs(value - b.pixels[k])));
}

function tens(value: number): number {
  return Math.round(value / 10);
}

test('a file as a buffer is refused', () => {
  expect(() => decodeImage(new ArrayBuffer(8) as never, { name: 'seven.png' })).toThrow(
    new DatasetError('seven.png: expected bytes in a Uint8Array, got an ArrayBuffer; give new Uint8Array(bytes)'),
  );
});
