/** The convolution on vectors: which kernel a geometry takes, and the orders in which that reads weights and images. */
import { bindFunction } from '../contract/bind-function';
import {
  type AddressesOf,
  numberBytes,
  oddCacheLines,
  type SimdBinding,
  type SimdModule,
  vectorBytes,
} from '../contract/simd-binding';
import { algorithmOf, weightGradAlgorithmOf } from './algorithm';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { groupedConv2d, groupedConv2dInputGrad } from './grouped-conv2d.simd';
import { hasCacheSetConflicts, imageIn, needsPadding, planes, separateImages } from './layout.simd';
import { packed, pairOf, range, weightAt } from './packed-weights';
import {
  conv2dWinogradTiles,
  conv2dWinogradTilesInputGrad,
  conv2dWinogradTilesWeightGrad,
} from './winograd-tiles.simd';
import { conv2dWinograd5, conv2dWinograd5InputGrad, conv2dWinograd5WeightGrad } from './winograd5.simd';

type Specs = typeof conv2dSpecs;

export const conv2d: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const algorithm = algorithmOf(g);
  if (algorithm === 'grouped') return groupedConv2d(g, at, module);
  if (algorithm === 'rows') return conv2dWinograd5(g, at, module);
  if (algorithm === 'tiles') return conv2dWinogradTiles(g, at, module);
  const batchStride = g.batch * numberBytes;
  const order = range(g.outChannels, 2).flatMap((o) =>
    range(g.kernelHeight).flatMap((p) =>
      range(g.kernelWidth).flatMap((q) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const weight = packed(module, at.weight, order);
  const bias = g.bias ? at.bias : module.memory.reserve(g.outChannels * numberBytes);
  const tapStride = 2 * numberBytes;
  const convolve = bindFunction(module, 'conv2d', {
    batchStride,
    inHeight: g.inHeight,
    inWidth: g.inWidth,
    inChannels: g.inChannels,
    outHeight: g.outHeight,
    outWidth: g.outWidth,
    outChannels: g.outChannels,
    kernelHeight: g.kernelHeight,
    kernelWidth: g.kernelWidth,
    strideHeight: g.strideHeight,
    strideWidth: g.strideWidth,
    padTop: g.padTop,
    padLeft: g.padLeft,
    tapStride,
    pairStride: numberBytes,
    blockStride: g.kernelHeight * g.kernelWidth * g.inChannels * tapStride,
    x: at.x,
    weight: weight.address,
    bias,
    y: at.y,
  });
  return () => {
    weight.pack();
    convolve();
  };
};

export const conv2dInputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const algorithm = algorithmOf(g);
  if (algorithm === 'grouped') return groupedConv2dInputGrad(g, at, module);
  if (algorithm === 'rows') return conv2dWinograd5InputGrad(g, at, module);
  if (algorithm === 'tiles') return conv2dWinogradTilesInputGrad(g, at, module);
  // Kernel columns by their remainder by the stride, then falling: the order in which an input meets them.
  const columns = range(g.strideWidth).flatMap((remainder) =>
    range(g.kernelWidth)
      .filter((q) => q % g.strideWidth === remainder)
      .reverse(),
  );
  const order = range(g.inChannels, 2).flatMap((c) =>
    range(g.kernelHeight).flatMap((p) =>
      columns.flatMap((q) =>
        range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
      ),
    ),
  );
  const weight = packed(module, at.weight, order);
  const tapStride = 2 * numberBytes;
  const rowStride = g.kernelWidth * g.outChannels * tapStride;
  const convolveBack = bindFunction(module, 'conv2dInputGrad', {
    batchStride: g.batch * numberBytes,
    inHeight: g.inHeight,
    inWidth: g.inWidth,
    inChannels: g.inChannels,
    outHeight: g.outHeight,
    outWidth: g.outWidth,
    outChannels: g.outChannels,
    kernelHeight: g.kernelHeight,
    kernelWidth: g.kernelWidth,
    strideHeight: g.strideHeight,
    strideWidth: g.strideWidth,
    padTop: g.padTop,
    padLeft: g.padLeft,
    tapStride,
    pairStride: numberBytes,
    rowStride,
    blockStride: g.kernelHeight * rowStride,
    dy: at.dy,
    weight: weight.address,
    dx: at.dx,
  });
  return () => {
    weight.pack();
    convolveBack();
  };
};

export const conv2dWeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const batchStride = g.batch * numberBytes;
  const asItIs = { address: at.dy, copy: undefined, pixel: g.outChannels * batchStride, channel: batchStride };
  const algorithm = weightGradAlgorithmOf(g);
  if (algorithm === 'rows') return withBiasGrad(conv2dWinograd5WeightGrad(g, at, module), g, at, asItIs, module);
  if (algorithm === 'tiles') return withBiasGrad(conv2dWinogradTilesWeightGrad(g, at, module), g, at, asItIs, module);
  if (algorithm === 'runs') return withBiasGrad(runWeightGrad(g, at, module), g, at, asItIs, module);
  const layout = needsPadding(g) ? 'padded' : 'as it is';
  const x = imageIn(module, g, at.x, hasCacheSetConflicts(g.inChannels) ? 'by channel' : layout);
  const dy = hasCacheSetConflicts(g.outChannels)
    ? planes(module, at.dy, { batchStride, height: g.outHeight, width: g.outWidth, channels: g.outChannels })
    : asItIs;
  const groupInputs = g.inChannels / g.groups;
  const offsets: number[] = [];
  for (let c = 0; c < groupInputs; c++) {
    for (let p = 0; p < g.kernelHeight; p++) {
      for (let q = 0; q < g.kernelWidth; q++) {
        offsets[weightAt(g, 0, c, p, q)] = p * g.dilationHeight * x.row + q * g.dilationWidth * x.pixel + c * x.channel;
      }
    }
  }
  const sums = {
    batchStride,
    outWidth: g.outWidth,
    outChannels: g.outChannels / g.groups,
    taps: module.memory.table(offsets),
    xPixel: g.strideWidth * x.pixel,
    xRow: g.strideHeight * x.row,
    dyPixel: dy.pixel,
    dyChannel: dy.channel,
    sums: module.memory.reserve(20 * vectorBytes),
    wide: Number(module.wide),
    outHeight: g.outHeight,
    tapCount: offsets.length,
    x: x.address,
    dy: dy.address,
    dWeight: at.dWeight,
  };
  const sumWeights =
    g.groups === 1
      ? bindFunction(module, 'conv2dWeightGrad', sums)
      : bindFunction(module, 'groupedConv2dWeightGrad', {
          ...sums,
          groups: g.groups,
          xGroup: groupInputs * x.channel,
        });
  const run = (): void => {
    x.copy?.();
    dy.copy?.();
    sumWeights();
  };
  return withBiasGrad(run, g, at, dy, module);
};

/** dWeight alone, on x image by image. */
const runWeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  // Up to three numbers behind the last are read. An odd number of cache lines: see `oddCacheLines`.
  const x = separateImages(module, g, at.x, (numbers) => oddCacheLines((numbers + 3) * numberBytes), false);
  const run = g.kernelWidth * g.inChannels;
  const runBytes = Math.ceil(run / 4) * 4 * numberBytes;
  const sumsRow = g.kernelHeight * runBytes;
  const sums = memory.reserve(Math.ceil(g.outChannels / 4) * 4 * sumsRow);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      for (let p = 0; p < g.kernelHeight; p++) {
        for (let q = 0; q < g.kernelWidth; q++) {
          order[weightAt(g, o, c, p, q)] = o * sumsRow + p * runBytes + (q * g.inChannels + c) * numberBytes;
        }
      }
    }
  }
  const offsets = memory.table(order);
  const sumWeights = bindFunction(module, 'conv2dRunWeightGrad', {
    x: x.address,
    xImage: x.imageBytes,
    xPixel: g.strideWidth * g.inChannels * numberBytes,
    row: x.row,
    inHeight: g.inHeight,
    strideHeight: g.strideHeight,
    padTop: g.padTop,
    dy: at.dy,
    batchStride: g.batch * numberBytes,
    outHeight: g.outHeight,
    outWidth: g.outWidth,
    outChannels: g.outChannels,
    kernelHeight: g.kernelHeight,
    run,
    sums,
    sumsRow,
    runBytes,
  });
  return () => {
    x.copy();
    sumWeights();
    functions.gatherNumbers(sums, offsets, at.dWeight, order.length);
  };
};

/** The weights' gradient, then that of the bias, from dy at the given strides. */
function withBiasGrad(
  sumWeights: () => void,
  g: Conv2dGeometry,
  at: AddressesOf<Specs['conv2dWeightGrad']>,
  dy: { readonly address: number; readonly pixel: number; readonly channel: number },
  module: SimdModule,
): () => void {
  if (!g.bias) return sumWeights;
  const sumBias = bindFunction(module, 'biasGrad', {
    dy: dy.address,
    dBias: at.dBias,
    batchStride: g.batch * numberBytes,
    pixels: g.outHeight * g.outWidth,
    channels: g.outChannels,
    pixelStride: dy.pixel,
    channelStride: dy.channel,
  });
  return () => {
    sumWeights();
    sumBias();
  };
}
