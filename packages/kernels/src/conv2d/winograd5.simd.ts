/** Winograd convolutions of five columns, F(4, 5): what `winograd5.assembly.ts` needs for them. */
import { bindFunction } from '../contract/bind-function';
import {
  imagesPerCacheLine,
  numberBytes,
  oddCacheLines,
  type SimdBinding,
  type SimdModule,
  vectorBytes,
  whenParametersChange,
} from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { gathered, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

const winograd5Points = 8;
/** How much of x and dy is transformed at a time for the gradient of the weights: half of a usual second cache. */
const blocksBytes = 256 * 1024;
/** Bytes between the packed weights of neighboring taps: two channels are packed in a pair. */
const tapStride = 2 * numberBytes;

export const conv2dWinograd5: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  if (g.inChannels === 1 && g.kernelHeight === 5) return conv2dWinograd5OneChannel(g, at, module);
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels, 2).flatMap((o) =>
      range(g.kernelHeight).flatMap((p) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(g.inChannels * batchStride, g.outChannels * numberBytes));
  const rows = g.outHeight + g.kernelHeight - 1;
  const v = pointsOf(module, rows * g.inChannels * batchStride);
  const m = pointsOf(module, g.outHeight * g.outChannels * batchStride);
  const convolve = bindFunction(module, 'conv2dWinograd5', {
    x: inputColumns(module, g, at.x, zeros, v),
    v: v.points,
    weight: weight.address,
    weightPoint: weight.point,
    bias: g.bias ? at.bias : zeros,
    zeros,
    convolution: {
      batchStride,
      inHeight: 1,
      inWidth: rows,
      inChannels: g.inChannels,
      outHeight: 1,
      outWidth: g.outHeight,
      outChannels: g.outChannels,
      kernelHeight: 1,
      kernelWidth: g.kernelHeight,
      strideHeight: 1,
      strideWidth: 1,
      padTop: 0,
      padLeft: 0,
      tapStride,
      pairStride: numberBytes,
      blockStride: g.kernelHeight * g.inChannels * tapStride,
    },
    y: outputColumns(module, g, at.y, memory.reserve(g.outChannels * batchStride), m),
    padLeft: g.padLeft,
  });
  return () => {
    weight.transform();
    convolve();
  };
};

/** One channel under five rows: sums too short to loop over, so `winograd5-one-channel.assembly.ts` keeps their weights instead. */
const conv2dWinograd5OneChannel: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { memory } = module;
  const part = imagesPerCacheLine * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels).flatMap((o) => range(g.kernelHeight).map((p) => weightAt(g, o, 0, p, q))),
  );
  const zeros = memory.reserve(Math.max(part, g.outChannels * numberBytes));
  const rowStride = winograd5Points * part;
  const v = memory.reserve((g.outHeight + g.kernelHeight) * rowStride);
  const convolve = bindFunction(module, 'conv2dWinograd5OneChannel', {
    x: {
      ...inputColumns(module, g, at.x, zeros, { points: v, pointStride: part }),
      points: v + g.padTop * rowStride,
      rowStride,
      bytes: part,
    },
    v,
    weight: weight.address,
    weightPoint: weight.point,
    bias: g.bias ? at.bias : zeros,
    m: memory.reserve((g.outHeight + 1) * rowStride),
    y: at.y,
    discard: memory.reserve(part),
    batchStride: g.batch * numberBytes,
    outHeight: g.outHeight,
    outWidth: g.outWidth,
    outChannels: g.outChannels,
    padLeft: g.padLeft,
    wide: Number(module.wide),
  });
  return () => {
    weight.transform();
    convolve();
  };
};

export const conv2dWinograd5InputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.inChannels, 2).flatMap((c) =>
      range(g.kernelHeight)
        .reverse()
        .flatMap((p) =>
          range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
        ),
    ),
  );
  const zeros = memory.reserve(g.outChannels * batchStride);
  const discard = memory.reserve(g.inChannels * batchStride);
  const dm = pointsOf(module, g.outHeight * g.outChannels * batchStride);
  const dv = pointsOf(module, g.inHeight * g.inChannels * batchStride);
  const rowStride = g.kernelHeight * g.outChannels * tapStride;
  const convolveBack = bindFunction(module, 'conv2dWinograd5InputGrad', {
    dy: outputColumns(module, g, at.dy, zeros, dm),
    weight: weight.address,
    weightPoint: weight.point,
    convolution: {
      batchStride,
      inHeight: 1,
      inWidth: g.inHeight,
      inChannels: g.inChannels,
      outHeight: 1,
      outWidth: g.outHeight,
      outChannels: g.outChannels,
      kernelHeight: 1,
      kernelWidth: g.kernelHeight,
      strideHeight: 1,
      strideWidth: 1,
      padTop: 0,
      padLeft: g.padTop,
      tapStride,
      pairStride: numberBytes,
      rowStride,
      blockStride: rowStride,
    },
    dx: { ...inputColumns(module, g, at.dx, discard, dv), height: g.inHeight, points: dv.points },
    padLeft: g.padLeft,
  });
  return () => {
    weight.transform();
    convolveBack();
  };
};

/** dWeight alone: dBias is the same sum for all convolutions. */
export const conv2dWinograd5WeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const rows = g.outHeight + g.kernelHeight - 1;
  // 4 KiB aliasing: see `oddCacheLines`.
  const vPixel = oddCacheLines(g.inChannels * batchStride);
  const dmPixel = oddCacheLines(g.outChannels * batchStride);
  const blockBytes = winograd5Points * (rows * vPixel + g.outHeight * dmPixel);
  const blocks = Math.min(Math.max(1, Math.floor(blocksBytes / blockBytes)), Math.ceil(g.outWidth / 4));
  const v = pointsOf(module, blocks * rows * vPixel);
  const dm = pointsOf(module, blocks * g.outHeight * dmPixel);
  const zeros = memory.reserve(Math.max(g.inChannels, g.outChannels) * batchStride);
  const tapOrder = range(g.kernelHeight).flatMap((p) => range(g.inChannels).map((c) => ({ p, c })));
  const taps = memory.table(tapOrder.map(({ p, c }) => p * vPixel + c * batchStride));
  // Whole vectors of weights are transformed at once.
  const weights = Math.ceil((g.outChannels * tapOrder.length) / 4) * 4;
  const weightPoint = weights * numberBytes;
  const dU = memory.reserve(winograd5Points * weightPoint);
  const part = memory.reserve(winograd5Points * weightPoint);
  const gradient = memory.reserve(5 * weightPoint);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    tapOrder.forEach(({ p, c }, tap) => {
      for (let q = 0; q < 5; q++) order[weightAt(g, o, c, p, q)] = q * weights + o * tapOrder.length + tap;
    });
  }
  const offsets = memory.table(order.map((index) => index * numberBytes));
  const sumWeights = bindFunction(module, 'conv2dWinograd5WeightGrad', {
    x: {
      ...inputColumns(module, g, at.x, zeros, v),
      points: v.points + g.padTop * vPixel,
      rowStride: vPixel,
    },
    v: v.points,
    vBlock: rows * vPixel,
    dy: { ...outputColumns(module, g, at.dy, zeros, dm), rowStride: dmPixel },
    dyBlock: g.outHeight * dmPixel,
    blocks,
    convolution: {
      batchStride,
      outWidth: g.outHeight,
      outChannels: g.outChannels,
      taps,
      xPixel: vPixel,
      xRow: rows * vPixel,
      dyPixel: dmPixel,
      dyChannel: batchStride,
      sums: memory.reserve(20 * vectorBytes),
      wide: Number(module.wide),
    },
    tapCount: tapOrder.length,
    dU,
    weightPoint,
    part,
    padLeft: g.padLeft,
  });
  return () => {
    sumWeights();
    functions.weightTransformGrad5(dU, weightPoint, gradient, weightPoint, weightPoint);
    functions.gatherNumbers(gradient, offsets, at.dWeight, order.length);
  };
};

/** An array at the eight points, zero. */
interface Points {
  readonly points: number;
  readonly pointStride: number;
}

function pointsOf({ memory }: SimdModule, bytes: number): Points {
  const pointStride = oddCacheLines(bytes);
  return { points: memory.reserve(winograd5Points * pointStride), pointStride };
}

/** The columns of x, as far as windows reach, with the points behind the rows of padding. */
function inputColumns(
  module: SimdModule,
  g: Conv2dGeometry,
  x: number,
  outside: number,
  { points, pointStride }: Points,
) {
  const pixel = g.inChannels * g.batch * numberBytes;
  return {
    image: x,
    height: Math.min(g.inHeight, g.outHeight + g.kernelHeight - 1 - g.padTop),
    width: g.inWidth,
    pixel,
    outside,
    addresses: module.memory.reserve(8 * numberBytes),
    points: points + g.padTop * pixel,
    pointStride,
    rowStride: pixel,
    bytes: pixel,
  };
}

/** The columns of y or dy. */
function outputColumns(
  module: SimdModule,
  g: Conv2dGeometry,
  y: number,
  outside: number,
  { points, pointStride }: Points,
) {
  const pixel = g.outChannels * g.batch * numberBytes;
  return {
    image: y,
    height: g.outHeight,
    width: g.outWidth,
    pixel,
    outside,
    addresses: module.memory.reserve(8 * numberBytes),
    points,
    pointStride,
    rowStride: pixel,
    bytes: pixel,
  };
}

/** U: memory for the weights at every point, and what fills it. Every kernel column has the same order, given by its number. */
function transformed(module: SimdModule, weight: number, orderOf: (column: number) => number[]) {
  const columns = range(5).map((q) => {
    const order = orderOf(q);
    // Whole vectors of weights are transformed at once.
    return [...order, ...order.slice(0, -order.length & 3)];
  });
  const { address: from, pack } = gathered(module, weight, columns.flat());
  const point = columns[0].length * numberBytes;
  const address = module.memory.reserve(winograd5Points * point);
  return {
    address,
    point,
    transform: whenParametersChange(module, weight, () => {
      pack();
      module.functions.weightTransform5(from, point, address, point, point);
    }),
  };
}
