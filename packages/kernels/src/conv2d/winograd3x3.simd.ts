/** Winograd convolutions of 3×3, F(4×4, 3×3): which geometries they are for, and what `winograd3x3.assembly.ts` needs for them. */
import { bindFunction } from '../contract/bind-function';
import {
  numberBytes,
  oddCacheLines,
  type SimdBinding,
  type SimdModule,
  whenParametersChange,
} from '../contract/simd-binding';
import { type Conv2dGeometry, type conv2dSpecs, isGroupedOrDilated } from './conv2d';
import { gathered, packed, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

/** Points of a tile. */
const points = 36;
/** Bytes of a pixel that a transform takes at a time. */
const part = 512;
/** Channels of x that meet all of dy at a time. */
const block = 8;

/**
 * Whether 36 products for 144 outweigh the transforms: they are made once for each channel on either side, and pay when there
 * are enough channels on the other side to share them. The bound is measured.
 */
export function usesWinograd3x3(g: Conv2dGeometry): boolean {
  if (isGroupedOrDilated(g)) return false;
  if (g.kernelHeight !== 3 || g.kernelWidth !== 3 || g.strideHeight !== 1 || g.strideWidth !== 1) return false;
  return g.outHeight >= 4 && g.outWidth >= 4 && 1 / g.inChannels + 1 / g.outChannels <= 1 / 3;
}

export const conv2dWinograd3x3: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(
    module,
    at.weight,
    orderOfTaps((p, q) =>
      range(g.outChannels, 2).flatMap((o) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(part, g.outChannels * numberBytes));
  // Each output's bias once for every image.
  const bias = g.bias
    ? packed(
        module,
        at.bias,
        range(g.outChannels).flatMap((o) => Array<number>(g.batch).fill(o)),
      )
    : { address: memory.reserve(g.outChannels * batchStride), pack: undefined };
  const discard = memory.reserve(g.outChannels * batchStride);
  const scratch = scratchOf(module);
  const v = pointsOf(module, oddCacheLines(g.inChannels * batchStride));
  const m = pointsOf(module, oddCacheLines(g.outChannels * batchStride));
  const convolve = bindFunction(module, 'conv2dWinograd3x3', {
    x: { ...inputImage(g), image: at.x, outside: zeros, ...v, ...scratch },
    weight: weight.address,
    weightPoint: weight.point,
    bias: bias.address,
    zeros,
    convolution: pointwise(batchStride, g.inChannels, g.outChannels),
    y: { ...outputImage(g), image: at.y, outside: discard, ...m, ...scratch },
    padTop: g.padTop,
    padLeft: g.padLeft,
  });
  return () => {
    weight.transform();
    bias.pack?.();
    convolve();
  };
};

export const conv2dWinograd3x3InputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(
    module,
    at.weight,
    orderOfTaps((p, q) =>
      range(g.inChannels, 2).flatMap((c) =>
        range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(part, g.inChannels * numberBytes));
  const discard = memory.reserve(g.inChannels * batchStride);
  const scratch = scratchOf(module);
  const dm = pointsOf(module, oddCacheLines(g.outChannels * batchStride));
  const dv = pointsOf(module, oddCacheLines(g.inChannels * batchStride));
  const convolveBack = bindFunction(module, 'conv2dWinograd3x3InputGrad', {
    dy: { ...outputImage(g), image: at.dy, outside: zeros, ...dm, ...scratch },
    weight: weight.address,
    weightPoint: weight.point,
    zeros,
    convolution: pointwise(batchStride, g.outChannels, g.inChannels),
    dx: { ...inputImage(g), image: at.dx, outside: discard, ...dv, ...scratch },
    padTop: g.padTop,
    padLeft: g.padLeft,
  });
  return () => {
    weight.transform();
    convolveBack();
  };
};

/** dWeight alone: dBias is the same sum for all convolutions. */
export const conv2dWinograd3x3WeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  const vTile = oddCacheLines(g.inChannels * batchStride);
  const dmTile = oddCacheLines(g.outChannels * batchStride);
  const v = pointsOf(module, tiles * vTile);
  const dm = pointsOf(module, tiles * dmTile);
  const zeros = memory.reserve(part);
  const scratch = scratchOf(module);
  const taps = memory.table(range(block).map((c) => c * batchStride));
  // Whole vectors of weights are transformed at once.
  const weights = Math.ceil((g.outChannels * g.inChannels) / 4) * 4;
  const weightPoint = weights * numberBytes;
  const dU = memory.reserve(points * weightPoint);
  const between = memory.reserve(18 * weightPoint);
  const gradient = memory.reserve(9 * weightPoint);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      const first = c - (c % block);
      const index = first * g.outChannels + o * Math.min(block, g.inChannels - first) + (c - first);
      for (let p = 0; p < 3; p++) {
        for (let q = 0; q < 3; q++) order[weightAt(g, o, c, p, q)] = (p * 3 + q) * weights + index;
      }
    }
  }
  const offsets = memory.table(order.map((index) => index * numberBytes));
  const sumWeights = bindFunction(module, 'conv2dWinograd3x3WeightGrad', {
    x: { ...inputImage(g), image: at.x, outside: zeros, ...v, ...scratch },
    vTile,
    dy: { ...outputImage(g), image: at.dy, outside: zeros, ...dm, ...scratch },
    dmTile,
    convolution: {
      batchStride,
      outWidth: tiles,
      outChannels: g.outChannels,
      taps,
      xPixel: vTile,
      xRow: 0,
      dyPixel: dmTile,
      dyChannel: batchStride,
    },
    batchStride,
    inChannels: g.inChannels,
    outChannels: g.outChannels,
    dU,
    weightPoint,
    padTop: g.padTop,
    padLeft: g.padLeft,
  });
  return () => {
    sumWeights();
    functions.weightTransformGrad3x3(dU, gradient, between, weightPoint);
    functions.gatherNumbers(gradient, offsets, at.dWeight, order.length);
  };
};

/** Channels that meet at one point: a convolution of an image of one pixel, on weights packed in pairs. */
function pointwise(batchStride: number, inChannels: number, outChannels: number) {
  return {
    batchStride,
    inWidth: 1,
    inChannels,
    outHeight: 1,
    outWidth: 1,
    outChannels,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    tapStride: 2 * numberBytes,
    pairStride: numberBytes,
    blockStride: 2 * numberBytes * inChannels,
  };
}

/** The size of x or dx. */
function inputImage(g: Conv2dGeometry) {
  return { height: g.inHeight, width: g.inWidth, pixel: g.inChannels * g.batch * numberBytes };
}

/** The size of y or dy. */
function outputImage(g: Conv2dGeometry) {
  return { height: g.outHeight, width: g.outWidth, pixel: g.outChannels * g.batch * numberBytes };
}

/** What the transforms of a kernel share: memory between the two directions, and for the addresses of six columns. */
function scratchOf({ memory }: SimdModule): { scratch: number; addresses: number } {
  return { scratch: memory.reserve(points * part), addresses: memory.reserve(6 * numberBytes) };
}

/** Memory for as many bytes at each point. */
function pointsOf({ memory }: SimdModule, bytes: number): { points: number; pointStride: number } {
  const pointStride = oddCacheLines(bytes);
  return { points: memory.reserve(points * pointStride), pointStride };
}

function orderOfTaps(orderOf: (p: number, q: number) => number[]): number[][] {
  return range(3).flatMap((p) => range(3).map((q) => orderOf(p, q)));
}

/** U: memory for the weights at every point, and what fills it. Every tap has the same order. */
function transformed(module: SimdModule, weight: number, taps: readonly number[][]) {
  // Whole vectors of weights are transformed at once.
  const padded = taps.map((order) => [...order, ...order.slice(0, -order.length & 3)]);
  const { address: from, pack } = gathered(module, weight, padded.flat());
  const point = padded[0].length * numberBytes;
  const between = module.memory.reserve(18 * point);
  const address = module.memory.reserve(points * point);
  return {
    address,
    point,
    transform: whenParametersChange(module, weight, () => {
      pack();
      module.functions.weightTransform3x3(from, address, between, point);
    }),
  };
}
