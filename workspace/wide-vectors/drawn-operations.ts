/**
 * Geometries drawn at random for every operation of the kernels: sizes beside vectors and cache lines, every option, every algorithm.
 * A draw that is no geometry, such as a kernel larger than its image, is drawn again.
 */
import { activatedMeanPool2dGeometry } from '../../packages/kernels/src/activated-mean-pool2d/activated-mean-pool2d';
import { type ActivationName, activationFunctions } from '../../packages/kernels/src/activation/activation';
import { batchNormGeometry } from '../../packages/kernels/src/batch-norm/batch-norm';
import { specOf } from '../../packages/kernels/src/case-arrays';
import { type Fill, type OperationCases, uniform } from '../../packages/kernels/src/contract/cases';
import { type Conv2dGeometry, type Conv2dSizes, conv2dGeometry } from '../../packages/kernels/src/conv2d/conv2d';
import { crop2dGeometry } from '../../packages/kernels/src/crop2d/crop2d';
import {
  denseBatchGradGeometry,
  denseTilesGeometry,
} from '../../packages/kernels/src/dense-batch-grad/dense-batch-grad';
import { globalAveragePoolGeometry } from '../../packages/kernels/src/global-average-pool/global-average-pool';
import { normsGeometry } from '../../packages/kernels/src/gradient-clipping/gradient-clipping';
import type { KernelSpecs } from '../../packages/kernels/src/operations';
import { pixelDenseBatchGradGeometry, pixelDenseGeometry } from '../../packages/kernels/src/pixel-dense/pixel-dense';
import { drawing } from '../../packages/kernels/src/pixel-dense/proofs';
import { type Pool2dGeometry, pool2dGeometry } from '../../packages/kernels/src/pool2d/pool2d';
import { pooledConv2dGeometry } from '../../packages/kernels/src/pooled-conv2d/pooled-conv2d';
import { allCases } from '../../packages/kernels/src/proofs';
import { reshapeGeometry } from '../../packages/kernels/src/reshape/reshape';
import type { Random } from '../../packages/tensor/src/index';

const upTo = (random: Random, most: number, least = 1): number => least + random.integer(most - least + 1);
const isSo = (random: Random): boolean => random.integer(2) === 0;
const oneOf = <Entry>(random: Random, entries: readonly Entry[]): Entry => entries[random.integer(entries.length)];

/** Mostly what layers have, 8 and 16 lanes or several times as many; sometimes any number, which is padded. */
const batchOf = (random: Random): number =>
  random.integer(3) > 0 ? oneOf(random, [8, 16, 16, 16, 32, 48]) : upTo(random, 33);

/** Below, at and above whole vectors; sometimes many. */
const channelsOf = (random: Random, most = 9): number =>
  random.integer(4) > 0 ? upTo(random, most) : oneOf(random, [8, 12, 16, 24, 26, 32]);

const lengthOf = (random: Random): { length: number } => ({
  length: random.integer(3) > 0 ? upTo(random, 100) : upTo(random, 5000),
});

function sidesOf(random: Random, most: number) {
  const side = (): number => random.integer(most + 1);
  return { top: side(), bottom: side(), left: side(), right: side() };
}

function conv2dOf(random: Random, batch = batchOf(random)): Conv2dGeometry {
  const isGrouped = random.integer(4) === 0;
  const groups = isGrouped ? upTo(random, 9) : 1;
  const step = (most: number): number => (random.integer(3) > 0 ? 1 : upTo(random, most));
  const kernel = oneOf(random, [
    [3, 3],
    [5, 5],
    [upTo(random, 5), 5],
    [upTo(random, 9), upTo(random, 9)],
  ]) as [number, number];
  const sizes: Conv2dSizes = {
    batch,
    input: [upTo(random, 14), upTo(random, 14), isGrouped ? groups * upTo(random, 4) : channelsOf(random)],
    outChannels: isGrouped ? groups * upTo(random, 4) : channelsOf(random),
    kernel,
    stride: [step(3), step(3)],
    padding: oneOf(random, ['valid', 'same', sidesOf(random, 4), upTo(random, 4)] as const),
    flipped: isSo(random),
    bias: isSo(random),
    ...(isGrouped && { groups, dilation: [step(3), step(3)] }),
  };
  return conv2dGeometry('drawn', sizes);
}

function pool2dOf(random: Random, input?: readonly [number, number, number], batch = batchOf(random)): Pool2dGeometry {
  const window = [upTo(random, 4), upTo(random, 4)] as const;
  return pool2dGeometry('drawn', {
    batch,
    input: input ?? [upTo(random, 12), upTo(random, 12), channelsOf(random)],
    window: isSo(random) ? [2, 2] : window,
    ...(isSo(random) && { stride: [upTo(random, 4), upTo(random, 4)] }),
    ...(isSo(random) && { padding: sidesOf(random, 2), countIncludePad: isSo(random) }),
  });
}

const batchNormOf = (random: Random) =>
  batchNormGeometry('drawn', {
    batch: batchOf(random),
    input: isSo(random) ? [upTo(random, 70)] : [upTo(random, 9), upTo(random, 9), channelsOf(random)],
  });

const featuresOf = (random: Random) => ({ batch: batchOf(random), features: upTo(random, 40) });

const denseTilesOf = (random: Random) =>
  denseTilesGeometry('drawn', {
    images: oneOf(random, [16, 16, 8, upTo(random, 16)]),
    inFeatures: upTo(random, 200),
    outFeatures: upTo(random, 40),
  });

/** With a background that is black, white, or none. */
const normalizations = [
  { mean: 0.1307, std: 0.3081 },
  { mean: 0.8693, std: 0.3081 },
  { mean: 0.5, std: 0.5 },
];

const activations = Object.keys(activationFunctions) as ActivationName[];

/** How the geometry of each forward kernel is drawn. */
const geometries: Readonly<Record<string, (random: Random) => unknown>> = {
  activatedMeanPool2d(random) {
    const window = [upTo(random, 4), upTo(random, 4)] as const;
    const input = [upTo(random, 4) * window[0], upTo(random, 4) * window[1], channelsOf(random, 5)] as const;
    const activation = oneOf(random, activations);
    return activatedMeanPool2dGeometry(
      'drawn',
      { activation },
      pool2dGeometry('drawn', { batch: batchOf(random), input, window }),
    );
  },
  activation: (random) => ({ activation: oneOf(random, activations), ...lengthOf(random) }),
  add: lengthOf,
  batchNormStatistics: batchNormOf,
  batchNorm: batchNormOf,
  batchNormInputGrad: batchNormOf,
  binaryCrossEntropy: featuresOf,
  sigmoidBinaryCrossEntropy: featuresOf,
  conv2d: (random) => conv2dOf(random),
  crop2d: (random) =>
    crop2dGeometry('drawn', {
      batch: batchOf(random),
      input: [upTo(random, 9, 3), upTo(random, 9, 3), channelsOf(random)],
      border: [random.integer(2), random.integer(2), random.integer(2), random.integer(2)],
    }),
  dense: (random) => ({
    batch: batchOf(random),
    inFeatures: oneOf(random, [upTo(random, 70), upTo(random, 300), 256, 512, 1024 + random.integer(70)]),
    outFeatures: oneOf(random, [upTo(random, 4), upTo(random, 70), upTo(random, 140)]),
    bias: isSo(random),
  }),
  denseTiles: denseTilesOf,
  denseBiasGrad: denseTilesOf,
  denseBatchWeightGrad(random) {
    const tiles = denseTilesOf(random);
    const from = random.integer(tiles.outFeatures);
    const to = upTo(random, tiles.outFeatures, from + 1);
    return denseBatchGradGeometry('drawn', {
      ...tiles,
      microBatches: upTo(random, 5),
      from,
      to,
      continued: isSo(random),
    });
  },
  dropout: lengthOf,
  globalAveragePool: (random) =>
    globalAveragePoolGeometry('drawn', {
      batch: batchOf(random),
      input: [upTo(random, 9), upTo(random, 9), channelsOf(random)],
    }),
  gradientNorms(random) {
    const bounds = [0];
    for (let count = upTo(random, 6); count > 0; count--) bounds.push((bounds.at(-1) as number) + upTo(random, 90));
    return normsGeometry('drawn', bounds);
  },
  scaleGradients: lengthOf,
  limitGradients: lengthOf,
  meanSquaredError: (random) => ({ ...featuresOf(random), factor: oneOf(random, [1, 0.5, 0.1]) }),
  microBatchSum(random) {
    const { length } = lengthOf(random);
    return { microBatches: upTo(random, 17), length, stride: length + random.integer(20) };
  },
  movingAverage: lengthOf,
  normalize: (random) => ({
    batch: batchOf(random),
    pixels: upTo(random, 200),
    channels: Array.from({ length: upTo(random, 4) }, () => ({
      mean: random.uniform(0, 1),
      std: random.uniform(0.05, 1),
    })),
  }),
  maxPool2d: (random) => pool2dOf(random),
  reluMaxPool2d: (random) => pool2dOf(random),
  meanPool2d: (random) => pool2dOf(random),
  pixelDense: (random) =>
    pixelDenseGeometry('drawn', {
      batch: batchOf(random),
      pixels: upTo(random, 200),
      outFeatures: oneOf(random, [upTo(random, 10), upTo(random, 70)]),
      bias: isSo(random),
      normalization: oneOf(random, normalizations),
    }),
  pixelDenseBatchWeightGrad(random) {
    const outFeatures = upTo(random, 50);
    const from = random.integer(outFeatures);
    return pixelDenseBatchGradGeometry('drawn', {
      images: oneOf(random, [16, 16, 8, upTo(random, 16)]),
      pixels: upTo(random, 100),
      outFeatures,
      microBatches: upTo(random, 4),
      from,
      to: upTo(random, outFeatures, from + 1),
      continued: isSo(random),
      normalization: oneOf(random, normalizations),
    });
  },
  pooledConv2d(random) {
    const conv = conv2dOf(random);
    const pool = pool2dOf(random, [conv.outHeight, conv.outWidth, conv.outChannels], conv.batch);
    return pooledConv2dGeometry('drawn', conv, pool, isSo(random));
  },
  reshape(random) {
    const [height, width, channels] = [upTo(random, 7), upTo(random, 7), channelsOf(random)];
    const output = oneOf(random, [
      [1, 1, height * width * channels],
      [width, channels, height],
      [1, height * channels, width],
    ]) as [number, number, number];
    return reshapeGeometry('drawn', batchOf(random), [height, width, channels], output);
  },
  softmax: featuresOf,
  softmaxCrossEntropy: featuresOf,
  sgdUpdate: lengthOf,
  momentumUpdate: lengthOf,
  adamUpdate: lengthOf,
  rmspropUpdate: lengthOf,
  lionUpdate: lengthOf,
};

/** Numbers that rounding, comparisons and exponentials treat apart, among others of all sizes. */
const extremes = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 1e-40, -3e-45, 1.17549435e-38, 3.4e38, -88.8, 17.3];

const extreme: Fill = (random, length) =>
  Array.from({ length }, () =>
    random.integer(5) > 0 ? random.normal(0, oneOf(random, [1, 1, 1e-20, 1e12, 30])) : oneOf(random, extremes),
  );

/** Every operation at a geometry of this draw; the numbers are the usual ones, or in every fourth draw extreme ones. */
export function drawnOperations(random: Random): readonly OperationCases<KernelSpecs>[] {
  return allCases().map((operation) => {
    const draw = geometries[operation.forward];
    if (draw === undefined) throw new Error(`drawn-operations.ts: expected a line for ${operation.forward}, got none`);
    const own = random.fork(operation.forward);
    const geometry = firstThatIs(() => draw(own));
    const isExtreme = own.integer(4) === 0;
    const name = `${isExtreme ? 'extreme ' : ''}${JSON.stringify(geometry)}`;
    const fills = isExtreme ? { x: extreme, dy: extreme, weight: extreme, gradients: extreme, values: extreme } : {};
    const bytes = specOf(operation.forward).bytes.includes('x')
      ? { x: drawing(oneOf(own, [5, 30, 100]), oneOf(own, [0, 255])) }
      : {};
    return { ...operation, cases: [{ name, geometry: geometry as never, fills: { ...usual, ...fills, ...bytes } }] };
  });
}

/** What a table of cases says for its own lengths only. */
const usual: Readonly<Record<string, Fill>> = { before: uniform };

function firstThatIs<Made>(make: () => Made): Made {
  for (let attempt = 0; ; attempt++) {
    try {
      return make();
    } catch (error) {
      if (attempt === 1000) throw error;
    }
  }
}
