/** Distorted images: exact where they can be, within their bounds where chance decides. MNIST's digits: see packages/mnist. */
import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backgroundBytes } from '../layout';
import { augmentation } from './augmentation';
import type { AugmentationOptions, AugmentedSize } from './distortion';

const [height, width] = [28, 28];
const images = Array.from({ length: 20 }, (_, seed) => {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: height * width }, () => random.integer(256));
});

/** A generator whose every uniform number lies so far between its bounds. */
function drawing(...parts: number[]): ReturnType<typeof seededRandom> {
  const random = seededRandom(1);
  let at = 0;
  random.uniform = (low = 0, high = 1) => low + (high - low) * (parts[at++] ?? 0.5);
  return random;
}

/** A copy of the image from index `at`. */
function changed(
  options: AugmentationOptions,
  image: Uint8Array,
  random: ReturnType<typeof seededRandom>,
  size: AugmentedSize = { height, width },
): Uint8Array {
  const into = new Uint8Array(image.length);
  augmentation(options).prepare(size)(image, 0, into, 0, random);
  return into;
}

describe('exact transformations', () => {
  test('nothing asked for, nothing changed', () => {
    expect(augmentation().isIdle).toBe(true);
    expect(augmentation({ shear: 0.1 }).isIdle).toBe(false);
    for (const image of images) expect(changed({}, image, seededRandom(1))).toEqual(image);
  });

  test('a translation by whole pixels moves whole pixels; pixels that leave are lost, pixels that enter are zero', () => {
    // Uniform numbers are drawn for rotation, shear, two scales and two translations, in this order.
    const translated = changed({ shift: 2 }, images[0], drawing(0.5, 0.5, 0.5, 0.5, 1, 0));
    const expected = Uint8Array.from({ length: 784 }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / width) - 2, (pixel % width) + 2];
      return row >= 0 && column < width ? images[0][row * width + column] : 0;
    });
    expect(translated).toEqual(expected);
  });

  test('half a pixel lies between two', () => {
    const row = Uint8Array.of(0, 100, 200, 255, 0);
    expect([...changed({ shift: 1 }, row, drawing(0.5, 0.5, 0.5, 0.5, 0.75), { height: 1, width: 5 })]).toEqual([
      50, 150, 228, 128, 0,
    ]);
  });

  test('a quarter turn', () => {
    const square = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const rotated = changed({ rotation: 90 }, square, drawing(1), { height: 3, width: 3 });
    expect([...rotated]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });
});

describe('images in color', () => {
  const all = { shift: 3, rotation: 20, scale: 0.2, shear: 0.2, elastic: 2, flip: 0.5 };

  test('every channel is changed as a gray image is', () => {
    for (let seed = 0; seed < 8; seed++) {
      const gray = [images[0], images[1], images[2]];
      const colored = Uint8Array.from({ length: 3 * 784 }, (_, k) => gray[k % 3][Math.floor(k / 3)]);
      const result = changed(all, colored, seededRandom(seed), { height, width, channels: 3 });
      for (const [channel, image] of gray.entries()) {
        const own = Uint8Array.from({ length: 784 }, (_, pixel) => result[3 * pixel + channel]);
        expect(own).toEqual(changed(all, image, seededRandom(seed)));
      }
    }
  });

  test('are mirrored left to right, half of them', () => {
    const size = { height: 2, width: 3, channels: 3 };
    const image = Uint8Array.from({ length: 18 }, (_, k) => k);
    const mirrored = Uint8Array.of(6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11);
    const seen = Array.from({ length: 200 }, (_, seed) =>
      changed({ flip: 0.5 }, image, seededRandom(seed), size).join(),
    );
    expect(new Set(seen)).toEqual(new Set([image.join(), mirrored.join()]));
    const share = seen.filter((each) => each === mirrored.join()).length / seen.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.12);
    expect(changed({ flip: 1 }, image, seededRandom(1), size)).toEqual(mirrored);
  });
});

describe('the background', () => {
  test('of light images enters where pixels leave, and a blank image stays blank', () => {
    const moved = (background: readonly number[]): number[] => {
      const into = new Uint8Array(5);
      const size = { height: 1, width: 5, background };
      augmentation({ shift: 2 }).prepare(size)(
        Uint8Array.of(255, 255, 9, 255, 255),
        0,
        into,
        0,
        drawing(0.5, 0.5, 0.5, 0.5, 1),
      );
      return [...into];
    };
    expect(moved([255])).toEqual([9, 255, 255, 255, 255]);
    expect(moved([])).toEqual([9, 255, 255, 0, 0]);
    const blank = Uint8Array.from({ length: 3 * 784 }, (_, k) => [250, 240, 255][k % 3]);
    const size = { height, width, channels: 3, background: [250, 240, 255] };
    for (let seed = 0; seed < 5; seed++) {
      const into = new Uint8Array(blank.length);
      const all = { shift: 5, rotation: 40, scale: 0.4, shear: 0.3, elastic: 3 };
      augmentation(all).prepare(size)(blank, 0, into, 0, seededRandom(seed));
      expect(into).toEqual(blank);
    }
  });

  test.each([
    ['dark', (value: number) => value, [0]],
    ['light', (value: number) => 255 - value, [255]],
    ['gray at the border', (value: number) => 128 + value / 4, [0]],
  ])('that is %s is what the images are padded with, if it is light', (_, level, expected) => {
    const pixels = Uint8Array.from({ length: 20 * 64 }, (__, k) => level((k * 7) % 64 === 28 ? 200 : 0));
    const dataset = { name: 'dots', images: pixels, labels: new Uint8Array(20), count: 20, height: 8, width: 8 };
    expect(backgroundBytes({ ...dataset, channels: 1, classes: 1 })).toEqual(expected);
  });
});

describe('random transformations', () => {
  test('an elastic deformation displaces no pixel farther than its option', () => {
    // The value of a ramp is the position that it was sampled from: 8 levels a pixel.
    const ramp = Uint8Array.from({ length: 784 }, (_, pixel) => 8 * (pixel % width));
    for (let seed = 0; seed < 20; seed++) {
      const deformed = changed({ elastic: 2 }, ramp, seededRandom(seed));
      let farthest = 0;
      for (let pixel = 0; pixel < 784; pixel++) {
        const column = pixel % width;
        if (column < 3 || column > 24 || pixel < 3 * width || pixel >= 25 * width) continue;
        farthest = Math.max(farthest, Math.abs(deformed[pixel] / 8 - column));
      }
      expect(farthest).toBeLessThanOrEqual(2.07);
      expect(farthest).toBeGreaterThan(0.3);
    }
  });

  test('any size, any offset in the arrays, and nothing beside it is touched', () => {
    const sizes = fc.record({
      height: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 40 }),
      channels: fc.integer({ min: 1, max: 4 }),
    });
    const choice = fc.record({
      shift: fc.double({ min: 0, max: 50, noNaN: true }),
      rotation: fc.double({ min: 0, max: 179.9, noNaN: true }),
      scale: fc.double({ min: 0, max: 0.9, noNaN: true }),
      shear: fc.double({ min: 0, max: 0.9, noNaN: true }),
      elastic: fc.double({ min: 0, max: 90, noNaN: true }),
      flip: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, choice, fc.nat(5), fc.nat(5), fc.nat(), (size, given, at, intoAt, seed) => {
        const pixels = size.height * size.width * size.channels;
        const from = new Uint8Array(at + pixels).fill(200);
        const into = new Uint8Array(intoAt + pixels + 3).fill(7);
        augmentation(given).prepare(size)(from, at, into, intoAt, seededRandom(seed));
        expect([...into.subarray(0, intoAt), ...into.subarray(intoAt + pixels)]).toEqual(Array(intoAt + 3).fill(7));
        expect(Math.max(...into.subarray(intoAt, intoAt + pixels))).toBeLessThanOrEqual(200);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

test.each<[AugmentationOptions, string]>([
  [{ shift: -1 }, 'from 0 to below 1000 as shift, got -1'],
  [{ scale: 1 }, 'from 0 to below 1 as scale, got 1'],
  [{ rotation: Number.NaN }, 'from 0 to below 180 as rotation, got NaN'],
  [{ elastic: Number.POSITIVE_INFINITY }, 'from 0 to below 100 as elastic, got Infinity'],
])('%o is refused', (options, message) => {
  expect(() => augmentation(options)).toThrow(`augmentation: expected a number ${message}`);
});

test.each([-0.1, 1.1, Number.NaN])('a flip with probability %d is refused', (flip) => {
  expect(() => augmentation({ flip })).toThrow(`augmentation: expected a probability from 0 to 1 as flip, got ${flip}`);
});

test('an unknown option is refused', () => {
  expect(() => augmentation({ rotations: 8 } as object)).toThrow(
    "augmentation: expected one of the options shift, rotation, scale, shear, elastic, flip, got 'rotations'; did you mean 'rotation'?",
  );
});
