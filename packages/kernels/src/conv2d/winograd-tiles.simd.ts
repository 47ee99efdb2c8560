/**
 * Winograd convolutions in two dimensions, F(4×4, 3×3) and F(2×4, 5×5): what `winograd-tiles.assembly.ts` needs for them. Which
 * geometries they are for, `algorithm.ts` says.
 */
import { bindFunction } from '../contract/bind-function';
import {
  numberBytes,
  oddCacheLines,
  type SimdBinding,
  type SimdModule,
  whenParametersChange,
} from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { gathered, packed, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

/** Bytes of a pixel that a transform takes at a time. */
const part = 512;
/** How much of x and dy is transformed at a time for the gradient of the weights: the second cache of a small machine. */
const tilesBytes = 512 * 1024;

/** Points in a row of a tile, of which there are six. */
const rowPointsOf = (g: Conv2dGeometry): number => (g.kernelHeight === 3 ? 6 : 8);
const pointsOf = (g: Conv2dGeometry): number => 6 * rowPointsOf(g);

export const conv2dWinogradTiles: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(
    module,
    g,
    at.weight,
    orderOfTaps(g, (p, q) =>
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
  const scratch = scratchOf(module, g);
  const v = atPoints(module, g, oddCacheLines(g.inChannels * batchStride));
  const m = atPoints(module, g, oddCacheLines(g.outChannels * batchStride));
  const convolve = bindFunction(module, 'conv2dWinogradTiles', {
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

export const conv2dWinogradTilesInputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(
    module,
    g,
    at.weight,
    orderOfTaps(g, (p, q) =>
      range(g.inChannels, 2).flatMap((c) =>
        range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(part, g.inChannels * numberBytes));
  const discard = memory.reserve(g.inChannels * batchStride);
  const scratch = scratchOf(module, g);
  const dm = atPoints(module, g, oddCacheLines(g.outChannels * batchStride));
  const dv = atPoints(module, g, oddCacheLines(g.inChannels * batchStride));
  const convolveBack = bindFunction(module, 'conv2dWinogradTilesInputGrad', {
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

/** dWeight alone, of 3×3 kernels: dBias is the same sum for all convolutions. */
export const conv2dWinogradTilesWeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const vTile = oddCacheLines(g.inChannels * batchStride);
  const dmTile = oddCacheLines(g.outChannels * batchStride);
  const tiles = Math.max(1, Math.floor(tilesBytes / (pointsOf(g) * (vTile + dmTile))));
  const v = atPoints(module, g, tiles * vTile);
  const dm = atPoints(module, g, tiles * dmTile);
  const zeros = memory.reserve(part);
  const scratch = scratchOf(module, g);
  // Whole vectors of channels.
  const rowNumbers = Math.ceil(g.inChannels / 4) * 4;
  const weights = Math.ceil(g.outChannels / 4) * 4 * rowNumbers;
  const weightBytes = weights * numberBytes;
  const dU = memory.reserve(pointsOf(g) * weightBytes);
  const between = memory.reserve(18 * weightBytes);
  const gradient = memory.reserve(9 * weightBytes);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      for (let p = 0; p < 3; p++) {
        for (let q = 0; q < 3; q++) order[weightAt(g, o, c, p, q)] = (p * 3 + q) * weights + o * rowNumbers + c;
      }
    }
  }
  const offsets = memory.table(order.map((index) => index * numberBytes));
  const sumWeights = bindFunction(module, 'conv2dWinogradTilesWeightGrad', {
    x: { ...inputImage(g), image: at.x, outside: zeros, ...v, ...scratch },
    vTile,
    dy: { ...outputImage(g), image: at.dy, outside: zeros, ...dm, ...scratch },
    dmTile,
    tiles,
    batchStride,
    inChannels: g.inChannels,
    outChannels: g.outChannels,
    transposed: memory.reserve(tiles * g.batch * rowNumbers * numberBytes),
    dU,
    dURow: rowNumbers * numberBytes,
    dUPoint: weightBytes,
    padTop: g.padTop,
    padLeft: g.padLeft,
  });
  return () => {
    sumWeights();
    functions.weightTransformGrad3x3(dU, gradient, between, weightBytes);
    functions.gatherNumbers(gradient, offsets, at.dWeight, order.length);
  };
};

/** Channels that meet at one point: a convolution of an image of one pixel, on weights packed in pairs. */
function pointwise(batchStride: number, inChannels: number, outChannels: number) {
  return {
    batchStride,
    inHeight: 1,
    inWidth: 1,
    inChannels,
    outHeight: 1,
    outWidth: 1,
    outChannels,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    padTop: 0,
    padLeft: 0,
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

/** What the transforms of a kernel share: memory between the two directions, and for the addresses of columns. */
function scratchOf({ memory }: SimdModule, g: Conv2dGeometry) {
  return {
    rowPoints: rowPointsOf(g),
    scratch: memory.reserve(pointsOf(g) * part),
    addresses: memory.reserve(8 * numberBytes),
  };
}

/** Memory for as many bytes at each point. */
function atPoints({ memory }: SimdModule, g: Conv2dGeometry, bytes: number): { points: number; pointStride: number } {
  const pointStride = oddCacheLines(bytes);
  return { points: memory.reserve(pointsOf(g) * pointStride), pointStride };
}

function orderOfTaps(g: Conv2dGeometry, orderOf: (p: number, q: number) => number[]): number[][] {
  return range(g.kernelHeight).flatMap((p) => range(g.kernelWidth).map((q) => orderOf(p, q)));
}

/** U: memory for the weights at every point, and what fills it. Every tap has the same order. */
function transformed(module: SimdModule, g: Conv2dGeometry, weight: number, taps: readonly number[][]) {
  // Whole vectors of weights are transformed at once.
  const padded = taps.map((order) => [...order, ...order.slice(0, -order.length & 3)]);
  const { address: from, pack } = gathered(module, weight, padded.flat());
  const point = padded[0].length * numberBytes;
  const between = module.memory.reserve(g.kernelHeight * rowPointsOf(g) * point);
  const address = module.memory.reserve(pointsOf(g) * point);
  return {
    address,
    point,
    transform: whenParametersChange(module, weight, () => {
      pack();
      module.functions.weightTransformTiles(from, address, between, point, g.kernelHeight);
    }),
  };
}
