/**
 * Winograd convolutions in two dimensions: what `winograd-tiles.assembly.ts` needs for them. Which geometries they are for,
 * `algorithm.ts` says; how the kernel is divided, `tiling.ts`.
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
import { tilingOf } from './tiling';

type Specs = typeof conv2dSpecs;

/** Bytes of a pixel that a transform takes at a time. */
const part = 512;
/** How much of x and dy is transformed at a time for the gradient of the weights: the second cache of a small machine. */
const tilesBytes = 512 * 1024;

const pointsOf = (g: Conv2dGeometry): number => 6 * tilingOf(g).rowPoints;
/** Channels of x at a point: those of every part of the kernel. */
function channelsAtPoint(g: Conv2dGeometry): number {
  const { rows, columns } = tilingOf(g);
  return rows.parts * columns.parts * g.inChannels;
}

export const conv2dWinogradTiles: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(
    module,
    g,
    at.weight,
    orderOfTaps(g, (weightOf) =>
      range(g.outChannels, 2).flatMap((o) =>
        range(channelsAtPoint(g)).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightOf(output, c))),
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
  const v = atPoints(module, g, oddCacheLines(channelsAtPoint(g) * batchStride));
  const m = atPoints(module, g, oddCacheLines(g.outChannels * batchStride));
  const convolve = bindFunction(module, 'conv2dWinogradTiles', {
    x: { ...inputImage(g), image: at.x, outside: zeros, ...v, ...scratch },
    weight: weight.address,
    weightPoint: weight.point,
    bias: bias.address,
    zeros,
    convolution: pointwise(batchStride, channelsAtPoint(g), g.outChannels),
    y: { ...outputImage(g), image: at.y, outside: discard, ...m, ...scratch },
    ...kernelParts(g),
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
    orderOfTaps(g, (weightOf) =>
      range(channelsAtPoint(g), 2).flatMap((c) =>
        range(g.outChannels).flatMap((o) => pairOf(c, channelsAtPoint(g)).map((input) => weightOf(o, input))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(part, channelsAtPoint(g) * numberBytes));
  const discard = memory.reserve(g.inChannels * batchStride);
  const scratch = scratchOf(module, g);
  const dm = atPoints(module, g, oddCacheLines(g.outChannels * batchStride));
  const dv = atPoints(module, g, oddCacheLines(channelsAtPoint(g) * batchStride));
  const convolveBack = bindFunction(module, 'conv2dWinogradTilesInputGrad', {
    dy: { ...outputImage(g), image: at.dy, outside: zeros, ...dm, ...scratch },
    weight: weight.address,
    weightPoint: weight.point,
    zeros,
    convolution: pointwise(batchStride, g.outChannels, channelsAtPoint(g)),
    dx: { ...inputImage(g), image: at.dx, outside: discard, ...dv, ...scratch },
    ...kernelParts(g),
  });
  return () => {
    weight.transform();
    convolveBack();
  };
};

/** dWeight alone, not of 5×5 kernels: dBias is the same sum for all convolutions. */
export const conv2dWinogradTilesWeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const inChannels = channelsAtPoint(g);
  const vTile = oddCacheLines(inChannels * batchStride);
  const dmTile = oddCacheLines(g.outChannels * batchStride);
  const tiles = Math.max(1, Math.floor(tilesBytes / (pointsOf(g) * (vTile + dmTile))));
  const v = atPoints(module, g, tiles * vTile);
  const dm = atPoints(module, g, tiles * dmTile);
  const zeros = memory.reserve(part);
  const scratch = scratchOf(module, g);
  // Whole vectors of channels.
  const rowNumbers = Math.ceil(inChannels / 4) * 4;
  const weights = Math.ceil(g.outChannels / 4) * 4 * rowNumbers;
  const weightBytes = weights * numberBytes;
  const dU = memory.reserve(pointsOf(g) * weightBytes);
  const { rows, columns } = tilingOf(g);
  const between = memory.reserve(6 * rows.taps * weightBytes);
  const gradient = memory.reserve(rows.taps * columns.taps * weightBytes);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      for (let p = 0; p < g.kernelHeight; p++) {
        for (let q = 0; q < g.kernelWidth; q++) {
          const tap = (p % rows.taps) * columns.taps + (q % columns.taps);
          const kernelPart = Math.floor(p / rows.taps) * columns.parts + Math.floor(q / columns.taps);
          order[weightAt(g, o, c, p, q)] = tap * weights + o * rowNumbers + kernelPart * g.inChannels + c;
        }
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
    inChannels,
    outChannels: g.outChannels,
    transposed: memory.reserve(tiles * g.batch * rowNumbers * numberBytes),
    dU,
    dURow: rowNumbers * numberBytes,
    dUPoint: weightBytes,
    ...kernelParts(g),
  });
  return () => {
    sumWeights();
    functions.weightTransformGradTiles(dU, gradient, between, weightBytes, rows.taps, columns.taps);
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
  const { rows, columns, rowPoints } = tilingOf(g);
  return {
    rowPoints,
    tileRows: rows.outputs,
    tileColumns: columns.outputs,
    scratch: memory.reserve(pointsOf(g) * part),
    addresses: memory.reserve(8 * numberBytes),
  };
}

/** Memory for as many bytes at each point. */
function atPoints({ memory }: SimdModule, g: Conv2dGeometry, bytes: number): { points: number; pointStride: number } {
  const pointStride = oddCacheLines(bytes);
  return { points: memory.reserve(pointsOf(g) * pointStride), pointStride };
}

/** How the kernel is divided. */
function kernelParts(g: Conv2dGeometry) {
  const { rows, columns } = tilingOf(g);
  return {
    partRows: rows.parts,
    partColumns: columns.parts,
    rowTaps: rows.taps,
    columnTaps: columns.taps,
    padTop: g.padTop,
    padLeft: g.padLeft,
  };
}

/** The index of the weight of output `o` and channel `c` at a point; negative behind the end of the kernel, where it is zero. */
type WeightOf = (o: number, c: number) => number;

/** The order of the weights of every tap of a part, all parts side by side. */
function orderOfTaps(g: Conv2dGeometry, orderOf: (weightOf: WeightOf) => number[]): number[][] {
  const { rows, columns } = tilingOf(g);
  return range(rows.taps).flatMap((p) =>
    range(columns.taps).map((q) =>
      orderOf((o, c) => {
        const kernelPart = Math.floor(c / g.inChannels);
        const row = Math.floor(kernelPart / columns.parts) * rows.taps + p;
        const column = (kernelPart % columns.parts) * columns.taps + q;
        return row < g.kernelHeight && column < g.kernelWidth ? weightAt(g, o, c % g.inChannels, row, column) : -1;
      }),
    ),
  );
}

/** U: memory for the weights at every point, and what fills it. Every tap has the same order. */
function transformed(module: SimdModule, g: Conv2dGeometry, weight: number, taps: readonly number[][]) {
  // Whole vectors of weights are transformed at once.
  const padded = taps.map((order) => [...order, ...order.slice(0, -order.length & 3)]);
  const { address: from, pack } = gathered(module, weight, padded.flat());
  const point = padded[0].length * numberBytes;
  const { rows, columns, rowPoints } = tilingOf(g);
  const between = module.memory.reserve(rows.taps * rowPoints * point);
  const address = module.memory.reserve(pointsOf(g) * point);
  return {
    address,
    point,
    transform: whenParametersChange(module, weight, () => {
      pack();
      module.functions.weightTransformTiles(from, address, between, point, rows.taps, columns.taps);
    }),
  };
}
