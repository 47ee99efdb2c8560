/** Batch normalization by hand, and its gradients through the statistics of several micro-batches against numerical ones. */
import { type FloatArray, numericalDerivative, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { simdKernels } from '../simd/simd-kernels';
import { batchNormGeometry } from './batch-norm';
import { mergeGradientSums, mergeStatistics } from './merge';

const { NaN: nan } = Number;

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  const array = (values: readonly number[]) => {
    const floats = kernels.allocate('float32', values.length);
    floats.set(values);
    return floats;
  };
  // Two pixels of two channels; the third image is missing, whatever lies there.
  const geometry = batchNormGeometry('bn1', { batch: 3, input: [2, 1, 2] });
  const imageMask = array([1, 1, 0]);
  const x = array([1, 3, nan, 10, 10, nan, 5, 7, nan, 10, 14, nan]);
  const [mean, invStd] = [array([4, 11]), array([0.5, 2])];

  test('mean, sum of squared deviations and count over pixels and images', () => {
    const statistics = array(Array(5));
    kernels.prepare('batchNormStatistics', geometry, { x, imageMask, statistics })();
    expect([...statistics]).toEqual([4, 11, 20, 12, 4]);
  });

  test('a micro-batch without images has statistics of zeros', () => {
    const statistics = array(Array(5).fill(nan));
    kernels.prepare('batchNormStatistics', geometry, { x, imageMask: array([0, 0, 0]), statistics })();
    expect([...statistics]).toEqual([0, 0, 0, 0, 0]);
  });

  test('a mean a million times the deviations costs none of their digits', () => {
    const large = batchNormGeometry('bn1', { batch: 16, input: [32, 32, 1] });
    const numbers = array(Array.from({ length: 16 * 1024 }, (_, k) => 1_000_000 + (k % 2)));
    const statistics = array(Array(3));
    const all = array(Array(16).fill(1));
    kernels.prepare('batchNormStatistics', large, { x: numbers, imageMask: all, statistics })();
    expect([...statistics]).toEqual([1_000_000.5, 4096, 16384]);
  });

  test('shifted, scaled, and scaled and shifted again', () => {
    const y = array(Array(12));
    kernels.prepare('batchNorm', geometry, { x, mean, invStd, weight: array([2, 10]), bias: array([1, 0]), y })();
    expect([...y]).toEqual([-2, 0, nan, -20, -20, nan, 2, 4, nan, -20, 60, nan]);
  });

  const dy = array([1, 2, nan, 3, 4, nan, 5, 6, nan, 7, 8, nan]);

  test('gradients of weight and bias leave out what is no image', () => {
    const sums = array(Array(4));
    const [dWeight, dBias] = [sums.subarray(0, 2), sums.subarray(2)];
    kernels.prepare('batchNormGradientSums', geometry, { x, mean, invStd, dy, imageMask, dWeight, dBias })();
    // x̂: −1.5, −0.5, 0.5, 1.5 in the first channel, −2, −2, −2, 6 in the second.
    expect([...sums]).toEqual([-1.5 - 1 + 2.5 + 9, -6 - 8 - 14 + 48, 14, 22]);
  });

  test('the input’s gradient in evaluation and in training', () => {
    const [weight, dx] = [array([2, 10]), array(Array(12))];
    kernels.prepare('batchNormEvaluationInputGrad', geometry, { invStd, weight, dy, dx })();
    expect([...dx]).toEqual([1, 2, nan, 60, 80, nan, 5, 6, nan, 140, 160, nan]);
    const [meanDy, meanDyXhat] = [array([3.5, 5.5]), array([2.25, 5])];
    const buffers = { x, mean, invStd, weight, dy, meanDy, meanDyXhat, imageMask, dx };
    kernels.prepare('batchNormInputGrad', geometry, buffers)();
    // dy − meanDy − x̂ · meanDyXhat, times 1 in the first channel and 20 in the second.
    const first = [1 - 3.5 + 3.375, 2 - 3.5 + 1.125, 5 - 3.5 - 1.125, 6 - 3.5 - 3.375];
    const second = [3 - 5.5 + 10, 4 - 5.5 + 10, 7 - 5.5 + 10, 8 - 5.5 - 30].map((value) => 20 * value);
    const [a, b, c, d] = first;
    expect([...dx]).toEqual([a, b, 0, second[0], second[1], 0, c, d, 0, second[2], second[3], 0]);
  });
});

describe('merging', () => {
  test('two micro-batches, and one without images between them', () => {
    // 1, 3 | – | 5, 7, 9 in the first channel; 0, 0 | – | 0, 3, 6 in the second.
    const partials = [
      [2, 0, 2, 0, 2],
      [0, 0, 0, 0, 0],
      [7, 3, 8, 18, 3],
    ].map((values) => Float64Array.from(values));
    const { mean, variance, count } = mergeStatistics(partials);
    expect([...mean]).toEqual([5, 1.8]);
    expect([...variance]).toEqual([8, 5.76]);
    expect(count).toBe(5);
  });

  test('of one micro-batch, its own', () => {
    const { mean, variance, count } = mergeStatistics([Float32Array.of(0.5, 3, 12)]);
    expect([mean[0], variance[0], count]).toEqual([0.5, 0.25, 12]);
  });

  test('gradient sums become means over the batch', () => {
    const { meanDy, meanDyXhat } = mergeGradientSums([Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)], 4);
    expect([...meanDyXhat, ...meanDy]).toEqual([1.5, 2, 2.5, 3]);
  });
});

/** A batch of seven images in two micro-batches of four, normalized by the statistics of all. */
function trainedBatch() {
  const geometry = batchNormGeometry('bn1', { batch: 4, input: [2, 3, 2] });
  const random = seededRandom('batch norm');
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.uniform(-1, 1));
  const [mean, invStd, meanDy, meanDyXhat] = [draw(2), draw(2), draw(2), draw(2)];
  const [weight, bias] = [draw(2), draw(2)];
  const microBatches = [
    [1, 1, 1, 1],
    [1, 1, 0, 1],
  ].map((mask) => {
    const imageMask = Float64Array.from(mask);
    const [x, y, dx, sums, statistics] = [draw(48), draw(48), draw(48), draw(4), draw(5)];
    const dy = draw(48).map((value, index) => value * mask[index % 4]);
    const [dWeight, dBias] = [sums.subarray(0, 2), sums.subarray(2)];
    const arrays = { x, y, dx, dy, dWeight, dBias, mean, invStd, weight, bias, meanDy, meanDyXhat, imageMask };
    const prepare = (name: Parameters<typeof referenceKernels.prepare>[0]) =>
      referenceKernels.prepare(name, geometry as never, { ...arrays, statistics } as never);
    return {
      ...arrays,
      sums,
      statistics,
      measure: prepare('batchNormStatistics'),
      normalize: prepare('batchNorm'),
      sumGradients: prepare('batchNormGradientSums'),
      inputGradient: prepare('batchNormInputGrad'),
    };
  });
  const forward = (): number => {
    for (const { measure } of microBatches) measure();
    const merged = mergeStatistics(microBatches.map(({ statistics }) => statistics));
    mean.set(merged.mean);
    invStd.set(merged.variance.map((variance) => 1 / Math.sqrt(variance + 1e-5)));
    for (const { normalize } of microBatches) normalize();
    return microBatches.reduce((total, { y, dy }) => total + y.reduce((sum, value, k) => sum + value * dy[k], 0), 0);
  };
  const backward = (): void => {
    const { count } = mergeStatistics(microBatches.map(({ statistics }) => statistics));
    for (const { sumGradients } of microBatches) sumGradients();
    const merged = mergeGradientSums(
      microBatches.map(({ sums }) => sums),
      count,
    );
    meanDy.set(merged.meanDy);
    meanDyXhat.set(merged.meanDyXhat);
    for (const { inputGradient } of microBatches) inputGradient();
  };
  return { microBatches, weight, bias, forward, backward };
}

test('a normalized batch has mean 0 and variance 1 over both micro-batches', () => {
  const { microBatches, weight, bias, forward } = trainedBatch();
  weight.fill(1);
  bias.fill(0);
  forward();
  for (const c of [0, 1]) {
    const values = microBatches.flatMap(({ y, imageMask }) =>
      [...y].filter((_, k) => Math.floor(k / 4) % 2 === c && imageMask[k % 4] === 1),
    );
    expect(values.length).toBe(42);
    expect(values.reduce((sum, value) => sum + value, 0) / 42).toBeCloseTo(0, 14);
    // A little below 1, by ε.
    expect(values.reduce((sum, value) => sum + value * value, 0) / 42).toBeCloseTo(1, 4);
  }
});

test('gradients through the statistics of both micro-batches equal numerical ones', () => {
  const { microBatches, weight, bias, forward, backward } = trainedBatch();
  forward();
  backward();
  const compare = (analytic: FloatArray, values: Float64Array, name: string): void => {
    for (let index = 0; index < values.length; index++) {
      const numerical = numericalDerivative(forward, values, index).value;
      expect(Math.abs(analytic[index] - numerical), `${name}[${index}]`).toBeLessThan(2e-9);
    }
  };
  const [first, second] = microBatches.map(({ dx }) => dx.slice());
  const sumOf = (name: 'dWeight' | 'dBias') =>
    microBatches[0][name].map((value, c) => value + microBatches[1][name][c]);
  const [dWeight, dBias] = [sumOf('dWeight'), sumOf('dBias')];
  compare(first, microBatches[0].x, 'dx of the first');
  compare(second, microBatches[1].x, 'dx of the second');
  compare(dWeight, weight, 'dWeight');
  compare(dBias, bias, 'dBias');
});

test.each([[[4, 4]], [[]], [[1, 2, 3, 4]]])('an input %j is refused', (input) => {
  expect(() => batchNormGeometry('bn1', { batch: 1, input })).toThrow(
    `bn1: expected images [height, width, channels] or [features] to normalize, got [${input.join(', ')}]`,
  );
});

test('a size that is no count is refused by name', () => {
  expect(() => batchNormGeometry('bn1', { batch: 1, input: [2, 2, 0] })).toThrow(
    'bn1: expected a whole number of at least 1 as channels, got 0',
  );
});
