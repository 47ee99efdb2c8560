/** Pictures that are reduced while they are decoded, and the memory that large ones take. */
import { expect, test } from 'vitest';
import { fixture, flatJpeg, flatPng } from '../../fixtures/image-files';
import type { RasterImage } from '../image';
import { decodeImage } from './decode-image';
import { encodePng } from './encode-png';

const [width, height] = [37, 26];

function picture(channels: RasterImage['channels']): RasterImage {
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, k) => (k * k * 7 + 31 * k) % 256);
  return { width, height, channels, pixels };
}

/** The mean of each square; colors count as much as their pixels are opaque. */
function means({ channels, pixels }: RasterImage, reduction: 2 | 4 | 8): RasterImage {
  const small = { width: Math.floor(width / reduction), height: Math.floor(height / reduction) };
  const hasAlpha = channels % 2 === 0;
  const result = new Uint8Array(small.width * small.height * channels);
  for (let at = 0; at < result.length; at++) {
    const [channel, pixel] = [at % channels, Math.floor(at / channels)];
    const [x, y] = [pixel % small.width, Math.floor(pixel / small.width)];
    const isColor = hasAlpha && channel < channels - 1;
    let [sum, weights] = [0, 0];
    for (let dy = 0; dy < reduction; dy++) {
      for (let dx = 0; dx < reduction; dx++) {
        const from = ((y * reduction + dy) * width + x * reduction + dx) * channels;
        const weight = isColor ? pixels[from + channels - 1] : 1;
        sum += weight * pixels[from + channel];
        weights += weight;
      }
    }
    result[at] = Math.round(sum / Math.max(1, weights));
  }
  return { ...small, channels, pixels: result, reduction };
}

test.each([1, 2, 3, 4] as const)('a PNG of %i channels becomes the means of its squares', (channels) => {
  const original = picture(channels);
  const png = encodePng(original);
  expect(decodeImage(png, { reduceAbove: width * height })).toEqual(original);
  for (const reduction of [2, 4, 8] as const) {
    const reduceAbove = Math.ceil((width * height) / (reduction * reduction));
    expect(decodeImage(png, { reduceAbove })).toEqual(means(original, reduction));
  }
});

test('an interlaced PNG becomes the first pixel of each square', () => {
  const whole = decodeImage(fixture('gray-8-interlaced.png'));
  const half = decodeImage(fixture('gray-8-interlaced.png'), { reduceAbove: 100 });
  const expected = Array.from(
    { length: 9 * 6 },
    (_, k) => whole.pixels[2 * Math.floor(k / 9) * whole.width + 2 * (k % 9)],
  );
  expect(half).toEqual({ width: 9, height: 6, channels: 1, pixels: Uint8Array.from(expected), reduction: 2 });
});

// Where chroma is subsampled, neighbors share it in either size.
test.each([
  ['baseline.jpg', 16],
  ['progressive.jpg', 16],
  ['subsampled.jpg', 32],
  ['gray.jpg', 16],
  ['cmyk.jpg', 16],
] as const)('%s, a half, a quarter and an eighth', (name, tolerance) => {
  const whole = decodeImage(fixture(name));
  for (const reduction of [2, 4, 8] as const) {
    const small = decodeImage(fixture(name), { reduceAbove: Math.ceil((19 * 13) / (reduction * reduction)) });
    const [columns, rows] = [Math.floor(19 / reduction), Math.floor(13 / reduction)];
    expect(small).toMatchObject({ width: columns, height: rows, channels: 3, reduction });
    for (let k = 0; k < small.pixels.length; k++) {
      const [channel, x, y] = [k % 3, Math.floor(k / 3) % columns, Math.floor(k / 3 / columns)];
      let sum = 0;
      for (let dy = 0; dy < reduction; dy++) {
        for (let dx = 0; dx < reduction; dx++) {
          sum += whole.pixels[((y * reduction + dy) * 19 + x * reduction + dx) * 3 + channel];
        }
      }
      expect(Math.abs(small.pixels[k] - sum / (reduction * reduction)), `${reduction} ${k}`).toBeLessThan(tolerance);
    }
  }
});

test('a JPEG without one of its colors is damaged', () => {
  const jpeg = Uint8Array.from(flatJpeg({ width: 16, height: 16, components: 3, progressive: false }));
  const scan = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
  // The scan of three components becomes one of the first alone.
  const first = Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
  const cut = Buffer.concat([jpeg.subarray(0, scan), first, jpeg.subarray(scan + 14)]);
  expect(() => decodeImage(cut)).toThrow('picture: expected all of its colors, got some: the file is damaged');
});

// 1.4 GB and 11 s with a decoder of whole pictures.
test.each([
  ['gray', 1, false],
  ['gray and progressive', 1, true],
  ['in color', 3, false],
  ['in color and progressive', 3, true],
  ['of ink and progressive', 4, true],
] as const)('a JPEG of 50 megapixels, %s, takes less than 256 MB', (_, components, progressive) => {
  const before = process.resourceUsage().maxRSS;
  const jpeg = flatJpeg({ width: 8192, height: 6100, components, progressive });
  expect(decodeImage(jpeg)).toMatchObject({ width: 4096, height: 3050, channels: 3, reduction: 2 });
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(256);
});

test('a PNG of 50 megapixels takes less than 256 MB', () => {
  const before = process.resourceUsage().maxRSS;
  const png = flatPng(8192, 6100);
  expect(decodeImage(png)).toMatchObject({ width: 4096, height: 3050, channels: 4, reduction: 2 });
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(256);
});
