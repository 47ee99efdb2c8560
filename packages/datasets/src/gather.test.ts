import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shuffledIndices } from './batches';
import { DatasetError } from './dataset-error';
import { gatherTargets } from './gather';
import { type ImageDataset, imageDataset } from './image-dataset';

/** Images of random bytes. */
function noise(count: number, height: number, width: number, classes = 3, channels = 1): ImageDataset {
  const random = seededRandom('noise');
  return imageDataset({
    name: 'noise',
    images: Uint8Array.from({ length: count * height * width * channels }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, () => random.integer(classes)),
    height,
    width,
    channels,
    classes,
  });
}

const batchesAndBuffers = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 5 }),
    width: fc.integer({ min: 1, max: 5 }),
    capacity: fc.integer({ min: 1, max: 8 }),
    double: fc.boolean(),
    start: fc.nat(),
  })
  .map(({ start, ...rest }) => {
    const from = start % rest.count;
    return { ...rest, from, to: Math.min(from + rest.capacity, rest.count) };
  });

describe('targets', () => {
  test('are 1 at the label, 0 elsewhere; lanes without an image are zero', () => {
    fc.assert(
      fc.property(
        batchesAndBuffers,
        fc.integer({ min: 3, max: 5 }),
        ({ count, capacity, double, from, to }, outputs) => {
          const dataset = noise(count, 1, 1);
          const indices = shuffledIndices(count, seededRandom(7));
          const into = new (double ? Float64Array : Float32Array)(outputs * capacity).fill(Number.NaN);
          gatherTargets({ dataset, indices, from, to, into, capacity });
          for (let output = 0; output < outputs; output++) {
            for (let lane = 0; lane < capacity; lane++) {
              const hit = lane < to - from && dataset.labels[indices[from + lane]] === output;
              expect(into[output * capacity + lane]).toBe(hit ? 1 : 0);
            }
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });
});

test('smoothed targets: a part of each is spread over all outputs, and they still add up to one', () => {
  const dataset = noise(2, 1, 1);
  const into = new Float64Array(5 * 3).fill(Number.NaN);
  gatherTargets({ dataset, indices: Uint32Array.of(1, 0), from: 0, to: 2, into, capacity: 3, labelSmoothing: 0.1 });
  for (const [lane, label] of [dataset.labels[1], dataset.labels[0]].entries()) {
    for (let output = 0; output < 5; output++) {
      expect(into[output * 3 + lane]).toBeCloseTo(output === label ? 0.92 : 0.02, 15);
    }
  }
  expect([0, 1, 2, 3, 4].map((output) => into[output * 3 + 2])).toEqual([0, 0, 0, 0, 0]);
});

describe('refuses', () => {
  const dataset = noise(4, 2, 3);
  const options = { dataset, indices: Uint32Array.of(3, 1, 2, 0), from: 0, to: 2, capacity: 2 };

  test('a buffer of another size', () => {
    for (const length of [4, 7]) {
      expect(() => gatherTargets({ ...options, into: new Float32Array(length) })).toThrow(
        new DatasetError(
          `gatherTargets: expected a buffer of at least 3 times 2 numbers, one for each class of noise, got ${length}`,
        ),
      );
    }
  });

  test.each([
    [0, 3],
    [3, 5],
    [-1, 1],
    [2, 1],
    [0, Number.NaN],
  ])('a batch from %d to %d', (from, to) => {
    const message = `expected up to 2 of 4 indices, got those from ${from} to ${to}`;
    const into = new Float32Array(12);
    expect(() => gatherTargets({ ...options, from, to, into })).toThrow(`gatherTargets: ${message}`);
  });

  test('an index beyond the data set', () => {
    const indices = Uint32Array.of(0, 4);
    const message = 'expected indices below 4, the images of noise, got 4';
    const into = new Float32Array(12);
    expect(() => gatherTargets({ ...options, indices, into })).toThrow(`gatherTargets: ${message}`);
  });
});
