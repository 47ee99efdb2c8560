/** The gradient over a whole batch is the gradient of one large micro-batch, in whichever pieces it is computed. */
import { type FloatArray, seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { denseGeometry } from '../dense/dense';
import type { Kernels } from '../operations';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { denseBatchGradGeometry, denseTilesGeometry, denseTilesLength } from './dense-batch-grad';

interface Sizes {
  readonly images: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly microBatches: number;
}

/** x or dy of the whole batch, `[features, image]`, image `m · images + n` being the n-th of micro-batch m. */
const drawn = (what: string, features: number, { images, microBatches }: Sizes): number[] => {
  const random = seededRandom(what);
  return Array.from({ length: features * images * microBatches }, () => Math.fround(random.uniform(-1, 1)));
};

/** The part of one micro-batch, `[features, images]`. */
const partOf = (whole: readonly number[], m: number, { images, microBatches }: Sizes): number[] =>
  whole.filter((_, at) => Math.floor((at % (images * microBatches)) / images) === m);

/** The gradient in pieces: outputs up to `cut` and from there on, micro-batches up to `round` and the rest. */
function inPieces(kernels: Kernels, sizes: Sizes, { cut, round }: { cut: number; round: number }): number[] {
  const { images, inFeatures, outFeatures, microBatches } = sizes;
  const [dtype] = kernels.dtypes.slice(-1);
  const array = (numbers: ArrayLike<number>): FloatArray => {
    const result = kernels.allocate(dtype, numbers.length);
    result.set(numbers);
    return result;
  };
  const [allX, allDy] = [drawn('x', inFeatures, sizes), drawn('dy', outFeatures, sizes)];
  const geometry = denseTilesGeometry('test', { images, inFeatures, outFeatures });
  const tiles = denseTilesLength(geometry);
  const xTiles = kernels.allocate(dtype, microBatches * tiles);
  const dy = array(Array.from({ length: microBatches }, (_, m) => partOf(allDy, m, sizes)).flat());
  for (let m = 0; m < microBatches; m++) {
    const into = xTiles.subarray(m * tiles, (m + 1) * tiles);
    kernels.prepare('denseTiles', geometry, { x: array(partOf(allX, m, sizes)), xTiles: into })();
  }
  const dWeight = kernels.allocate(dtype, outFeatures * inFeatures);
  const dyLength = outFeatures * images;
  for (const [from, to] of [
    [0, cut],
    [cut, outFeatures],
  ]) {
    for (const [first, last] of [
      [0, round],
      [round, microBatches],
    ]) {
      if (from === to || first === last) continue;
      const continued = first > 0;
      const rows = dWeight.subarray(from * inFeatures, to * inFeatures);
      const piece = { ...geometry, microBatches: last - first, from, to, continued };
      kernels.prepare('denseBatchWeightGrad', denseBatchGradGeometry('test', piece), {
        xTiles: xTiles.subarray(first * tiles, last * tiles),
        dy: dy.subarray(first * dyLength, last * dyLength),
        before: continued ? rows : rows.subarray(0, 0),
        dWeight: rows,
      })();
    }
  }
  return [...dWeight];
}

/** The gradient of one large micro-batch, in float64. */
function atOnce(sizes: Sizes): number[] {
  const { images, inFeatures, outFeatures, microBatches } = sizes;
  const batch = images * microBatches;
  const [x, dy] = [
    Float64Array.from(drawn('x', inFeatures, sizes)),
    Float64Array.from(drawn('dy', outFeatures, sizes)),
  ];
  const [dWeight, dBias] = [new Float64Array(outFeatures * inFeatures), new Float64Array(0)];
  const geometry = denseGeometry('test', { batch, inFeatures, outFeatures, bias: false });
  referenceKernels.prepare('denseWeightGrad', geometry, { x, dy, dWeight, dBias })();
  return [...dWeight];
}

describe('any sizes, in any pieces', () => {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const sizes = fc.record({
    images: fc.oneof(fc.constant(16), upTo(18)),
    inFeatures: upTo(70),
    outFeatures: upTo(9),
    microBatches: upTo(5),
  });
  const anywhere = fc.record({ sizes, cut: fc.nat(9), round: fc.nat(5) }).map(({ sizes, cut, round }) => ({
    sizes,
    pieces: { cut: cut % (sizes.outFeatures + 1), round: round % (sizes.microBatches + 1) },
  }));

  test('the reference: the very numbers', () => {
    const property = fc.property(anywhere, ({ sizes, pieces }) => {
      expect(inPieces(referenceKernels, sizes, pieces)).toEqual(atOnce(sizes));
    });
    fc.assert(property, { seed: 1, numRuns: 60 });
  });

  test('strict: the same bits in any pieces, and close to the reference', () => {
    const kernels = simdKernels('strict');
    const property = fc.property(anywhere, ({ sizes, pieces }) => {
      const got = inPieces(kernels, sizes, pieces);
      expect(got).toEqual(inPieces(kernels, sizes, { cut: 0, round: 0 }));
      for (const [at, value] of atOnce(sizes).entries()) expect(Math.abs(got[at] - value)).toBeLessThan(2e-5);
      kernels.reset();
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });
});

test('outputs that there are not are refused', () => {
  const sizes = { images: 16, inFeatures: 3, outFeatures: 4, microBatches: 1, continued: false };
  for (const [from, to] of [
    [0, 5],
    [-1, 2],
    [2, 2],
    [0.5, 2],
  ]) {
    expect(() => denseBatchGradGeometry('fc', { ...sizes, from, to })).toThrow(
      `fc: expected outputs out of 4, got those from ${from} to ${to}`,
    );
  }
});
