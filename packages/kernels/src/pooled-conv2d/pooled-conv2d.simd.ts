/** The convolution with ReLU and max pooling after it on vectors: its parts, and a weight gradient of its own. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type Conv2dGeometry, isGroupedOrDilated } from '../conv2d/conv2d';
import * as conv2dParts from '../conv2d/conv2d.simd';
import { imageIn, needsPadding } from '../conv2d/layout.simd';
import { weightAt } from '../conv2d/packed-weights';
import { usesWinograd3x3 } from '../conv2d/winograd3x3.simd';
import { isPadded } from '../pool2d/pool2d';
import { reluMaxPool2d, reluMaxPool2dInputGrad } from '../pool2d/pool2d.simd';
import { convOf, type pooledConv2dSpecs, poolOf } from './pooled-conv2d';

type Specs = typeof pooledConv2dSpecs;

export const pooledConv2d: SimdBinding<Specs['pooledConv2d']> = (g, { x, weight, bias, z, y }, module) => {
  const convolve = conv2dParts.conv2d(convOf(g), { x, weight, bias, y: z }, module);
  const pool = reluMaxPool2d(poolOf(g), { x: z, y }, module);
  return () => {
    convolve();
    pool();
  };
};

export const pooledConv2dInputGrad: SimdBinding<Specs['pooledConv2dInputGrad']> = (g, at, module) => {
  const { outHeight, outWidth, outChannels } = g.conv;
  const dz = module.memory.reserve(outHeight * outWidth * outChannels * g.batch * numberBytes);
  const unpool = reluMaxPool2dInputGrad(poolOf(g), { x: at.z, y: at.y, dy: at.dy, dx: dz }, module);
  const convolveBack = conv2dParts.conv2dInputGrad(convOf(g), { dy: dz, weight: at.weight, dx: at.dx }, module);
  return () => {
    unpool();
    convolveBack();
  };
};

export const pooledConv2dWeightGrad: SimdBinding<Specs['pooledConv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const [conv, pool] = [convOf(g), poolOf(g)];
  if (isGroupedOrDilated(conv) || isPadded(pool) || (usesWinograd3x3(conv) && tilesPay(conv)))
    return weightGradOfParts(g, at, module);
  const batchStride = g.batch * numberBytes;
  const image = imageIn(module, conv, at.x, needsPadding(conv) ? 'padded' : 'as it is');

  // x image by image. Tiles read up to 40 numbers beyond their row. Another cache line against 4 KiB aliasing of the images.
  const numbers = image.height * image.width * conv.inChannels;
  const imageBytes = (Math.ceil((numbers + 40) / 16) + 1) * 16 * numberBytes;
  const images = memory.reserve(g.batch * imageBytes);
  const column = conv.inChannels * numberBytes;
  const row = image.width * column;

  const windows = pool.outHeight * pool.outWidth;
  const addresses = memory.reserve(windows * pool.channels * batchStride);
  const gradients = memory.reserve(windows * pool.channels * batchStride);
  const offsets: number[] = [];
  for (let p = 0; p < conv.kernelHeight; p++) {
    for (let q = 0; q < conv.kernelWidth; q++) {
      for (let c = 0; c < conv.inChannels; c++) offsets.push(weightAt(conv, 0, c, p, q) * numberBytes);
    }
  }
  const findMaxima = bindFunction(module, 'maximumPositions', {
    z: at.z,
    y: at.y,
    dy: at.dy,
    images: memory.table(Array.from({ length: g.batch }, (_, n) => images + n * imageBytes)),
    addresses,
    gradients,
    batchStride,
    zWidth: conv.outWidth,
    channels: pool.channels,
    outHeight: pool.outHeight,
    outWidth: pool.outWidth,
    windowHeight: pool.windowHeight,
    windowWidth: pool.windowWidth,
    strideHeight: pool.strideHeight,
    strideWidth: pool.strideWidth,
    row: conv.strideHeight * row,
    column: conv.strideWidth * column,
  });
  const sumWeights = bindFunction(module, 'pooledWeightGrad', {
    addresses,
    gradients,
    dWeight: at.dWeight,
    order: memory.table(offsets),
    scratch: memory.reserve(40 * numberBytes),
    batchStride,
    windows,
    channels: pool.channels,
    kernelHeight: conv.kernelHeight,
    run: conv.kernelWidth * conv.inChannels,
    row,
  });
  const sumBias = conv.bias
    ? bindFunction(module, 'biasGrad', {
        dy: gradients,
        dBias: at.dBias,
        batchStride,
        pixels: windows,
        channels: pool.channels,
        pixelStride: pool.channels * batchStride,
        channelStride: batchStride,
      })
    : undefined;
  return () => {
    image.copy?.();
    functions.transpose(image.address, images, batchStride, numbers, imageBytes);
    findMaxima();
    sumWeights();
    sumBias?.();
  };
};

/** Whether the full sum by tiles takes less time than the sum over windows, which makes do with a quarter. The bound is measured. */
function tilesPay({ inChannels, outChannels }: Conv2dGeometry): boolean {
  return 1 / inChannels + 1 / outChannels <= 1 / 10;
}

/** The weights' gradient of the parts, one after the other. */
const weightGradOfParts: SimdBinding<Specs['pooledConv2dWeightGrad']> = (g, at, module) => {
  const { outHeight, outWidth, outChannels } = g.conv;
  const dz = module.memory.reserve(outHeight * outWidth * outChannels * g.batch * numberBytes);
  const unpool = reluMaxPool2dInputGrad(poolOf(g), { x: at.z, y: at.y, dy: at.dy, dx: dz }, module);
  const { x, dWeight, dBias } = at;
  const convolve = conv2dParts.conv2dWeightGrad(convOf(g), { x, dy: dz, dWeight, dBias }, module);
  return () => {
    unpool();
    convolve();
  };
};
