/** Normalization against values worked out by hand, and its refusals. */
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { normalizedBytes, normalizeGeometry } from './normalize';
import { floatsOfBytes } from './normalize.simd';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test('images one after another come to lie side by side, shifted and divided', () => {
    const geometry = normalizeGeometry('test', { batch: 2, pixels: 3, channels: [{ mean: 0.5, std: 0.25 }] });
    const [x, y] = [kernels.allocateBytes(6), kernels.allocate('float32', 6)];
    x.set([0, 51, 255, 255, 102, 0]);
    kernels.prepare('normalize', geometry, { x, y })();
    expect([...y]).toEqual([-2, 2, -1.2, -0.4, 2, -2].map(Math.fround));
  });

  test('each channel has its own mean and standard deviation', () => {
    const channels = [
      { mean: 0, std: 1 },
      { mean: 0.5, std: 0.25 },
      { mean: 1, std: 2 },
    ];
    const geometry = normalizeGeometry('test', { batch: 2, pixels: 2, channels });
    const [x, y] = [kernels.allocateBytes(12), kernels.allocate('float32', 12)];
    // Two images of two pixels, each red, green and blue.
    x.set([0, 0, 0, 255, 255, 255, 51, 102, 153, 204, 51, 102]);
    kernels.prepare('normalize', geometry, { x, y })();
    const [red, green, blue] = channels.map(
      ({ mean, std }) =>
        (byte: number) =>
          Math.fround((byte / 255 - mean) / std),
    );
    expect([...y]).toEqual([
      ...[red(0), red(51), green(0), green(102), blue(0), blue(153)],
      ...[red(255), red(204), green(255), green(51), blue(255), blue(102)],
    ]);
  });

  test('every byte becomes the same float32: the quotient in float64, rounded once', () => {
    const geometry = normalizeGeometry('test', { batch: 16, pixels: 16, channels: [{ mean: 0.1307, std: 0.3081 }] });
    const [x, y] = [kernels.allocateBytes(256), kernels.allocate('float32', 256)];
    for (let byte = 0; byte < 256; byte++) x[byte] = byte;
    kernels.prepare('normalize', geometry, { x, y })();
    for (let byte = 0; byte < 256; byte++) {
      const [n, k] = [Math.floor(byte / 16), byte % 16];
      expect(y[k * 16 + n]).toBe(Math.fround((byte / 255 - 0.1307) / 0.3081));
    }
  });

  test('floats in place of bytes are refused, and bytes in place of floats', () => {
    const geometry = normalizeGeometry('test', { batch: 1, pixels: 4, channels: [{ mean: 0, std: 1 }] });
    const [bytes, floats] = [kernels.allocateBytes(4), kernels.allocate('float32', 4)];
    expect(() => kernels.prepare('normalize', geometry, { x: floats as never, y: floats })).toThrow(
      "normalize: expected bytes in 'x', got floats",
    );
    expect(() => kernels.prepare('normalize', geometry, { x: bytes, y: bytes as never })).toThrow(
      "normalize: expected floats in 'y', got bytes",
    );
  });
});

test('the arithmetic of vectors gives the float of every byte, or is not taken', () => {
  const isTaken = (mean: number, std: number): boolean => floatsOfBytes({ mean, std }) !== undefined;
  expect([isTaken(0.1307, 0.3081), isTaken(0.5, 0.5), isTaken(0, 1)]).toEqual([true, true, true]);
  // With a mean of 51 / 255 that byte becomes 0 but for the rounding of 51 / 255.
  expect(isTaken(0.2, 0.17)).toBe(false);
  const random = seededRandom('normalization');
  const kernels = simdKernels('strict');
  const looked: boolean[] = [];
  for (let k = 0; k < 40; k++) {
    const channels = Array.from({ length: 1 + random.integer(3) }, () => ({
      mean: random.integer(4) === 0 ? 0.2 : random.uniform(-0.5, 1.5),
      std: random.uniform(0.01, 1.5),
    }));
    looked.push(channels.some((channel) => floatsOfBytes(channel) === undefined));
    // 256 bytes and some, so that the last tile overlaps.
    const geometry = normalizeGeometry('test', { batch: 16, pixels: 257 + random.integer(20), channels });
    const length = 16 * geometry.pixels * channels.length;
    const [x, y] = [kernels.allocateBytes(length), kernels.allocate('float32', length)];
    for (let at = 0; at < length; at++) x[at] = random.integer(256);
    const expected = new Float32Array(length);
    kernels.prepare('normalize', geometry, { x, y })();
    referenceKernels.prepare('normalize', geometry, { x, y: expected })();
    expect(y.findIndex((value, at) => !Object.is(value, expected[at]))).toBe(-1);
    kernels.reset();
  }
  // Both ways were tried.
  expect(new Set(looked).size).toBe(2);
});

test('the values of all bytes', () => {
  const values = normalizedBytes({ mean: 0.5, std: 0.5 });
  expect([values.length, values[0], values[255]]).toEqual([256, -1, 1]);
});

test.each([
  [0, 0],
  [0, -1],
  [Number.NaN, 1],
  [0, Number.POSITIVE_INFINITY],
])('mean %d with std %d is refused', (mean, std) => {
  expect(() =>
    normalizeGeometry('input', {
      batch: 1,
      pixels: 1,
      channels: [
        { mean: 0, std: 1 },
        { mean, std },
      ],
    }),
  ).toThrow(`input: expected a finite mean and a std above 0 to divide by, got ${mean} and ${std}`);
});
