/** Winograd convolutions of 3×3, F(4×4, 3×3): which geometries they are for, and what `winograd3x3.assembly.ts` needs for them. */
import { numberBytes, oddCacheLines, type SimdBinding, type SimdModule } from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { packed, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

/** Points of a tile. */
const points = 36;
/** Bytes of a pixel that a transform takes at a time. */
const part = 512;
/** Channels of x that meet all errors at a time. */
const block = 8;

/**
 * Whether 36 products for 144 outweigh the transforms: they are made once for each channel on either side, and pay when there
 * are enough channels on the other side to share them. The bound is measured.
 */
export function usesWinograd3x3(g: Conv2dGeometry): boolean {
  if (g.kernelHeight !== 3 || g.kernelWidth !== 3 || g.strideHeight !== 1 || g.strideWidth !== 1) return false;
  return g.outHeight >= 4 && g.outWidth >= 4 && 1 / g.inChannels + 1 / g.outChannels <= 1 / 3;
}

export const conv2dWinograd3x3: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { functions, memory } = module;
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
  // A line of each output's bias.
  const bias = g.bias
    ? packed(
        module,
        at.bias,
        range(g.outChannels).flatMap((o) => Array<number>(g.batch).fill(o)),
      )
    : { address: memory.reserve(g.outChannels * batchStride), pack: undefined };
  const discard = memory.reserve(g.outChannels * batchStride);
  const scratch = memory.reserve(points * part);
  const v = pointsOf(module, oddCacheLines(g.inChannels * batchStride));
  const m = pointsOf(module, oddCacheLines(g.outChannels * batchStride));
  return () => {
    weight.transform();
    bias.pack?.();
    functions.conv2dWinograd3x3(
      ...([at.x, weight.address, bias.address, at.y, zeros, discard, scratch, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, batchStride, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dWinograd3x3InputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { functions, memory } = module;
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
  const scratch = memory.reserve(points * part);
  const v = pointsOf(module, oddCacheLines(g.outChannels * batchStride));
  const m = pointsOf(module, oddCacheLines(g.inChannels * batchStride));
  return () => {
    weight.transform();
    functions.conv2dWinograd3x3InputGrad(
      ...([at.dy, weight.address, at.dx, zeros, discard, scratch, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, batchStride, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dWinograd3x3WeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  const [vPixel, ePixel] = [oddCacheLines(g.inChannels * batchStride), oddCacheLines(g.outChannels * batchStride)];
  const v = pointsOf(module, tiles * vPixel);
  const e = pointsOf(module, tiles * ePixel);
  const zeros = memory.reserve(part);
  const scratch = memory.reserve(points * part);
  const taps = memory.table(range(block).map((c) => c * batchStride));
  // Whole vectors of weights are transformed at once.
  const weights = Math.ceil((g.outChannels * g.inChannels) / 4) * 4;
  const point = weights * numberBytes;
  const transformedGradient = memory.reserve(points * point);
  const between = memory.reserve(18 * point);
  const gradient = memory.reserve(9 * point);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    for (let c = 0; c < g.inChannels; c++) {
      const first = c - (c % block);
      const place = first * g.outChannels + o * Math.min(block, g.inChannels - first) + (c - first);
      for (let p = 0; p < 3; p++) {
        for (let q = 0; q < 3; q++) order[weightAt(g, o, c, p, q)] = (p * 3 + q) * weights + place;
      }
    }
  }
  const places = memory.table(order.map((index) => index * numberBytes));
  return () => {
    functions.conv2dWinograd3x3WeightGrad(
      ...([at.x, at.dy, transformedGradient, taps, zeros, scratch, v.address, e.address] as const),
      ...([vPixel, ePixel, v.point, e.point, point, batchStride, ...extentsOf(g)] as const),
    );
    functions.weightTransformGrad3x3(transformedGradient, gradient, between, point);
    functions.gatherNumbers(gradient, places, at.dWeight, order.length);
    if (g.bias) {
      functions.biasGrad(
        at.dy,
        at.dBias,
        batchStride,
        g.outHeight * g.outWidth,
        g.outChannels,
        g.outChannels * batchStride,
        batchStride,
      );
    }
  };
};

function extentsOf(g: Conv2dGeometry) {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padTop, padLeft } = g;
  return [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padTop, padLeft] as const;
}

/** Room for so many bytes at each point. */
function pointsOf({ memory }: SimdModule, bytes: number): { address: number; point: number } {
  const point = oddCacheLines(bytes);
  return { address: memory.reserve(points * point), point };
}

function orderOfTaps(orderOf: (p: number, q: number) => number[]): number[][] {
  return range(3).flatMap((p) => range(3).map((q) => orderOf(p, q)));
}

/** A place for the weights at every point, and what fills it. Every tap has the same order. */
function transformed(module: SimdModule, weight: number, taps: readonly number[][]) {
  // Whole vectors of weights are transformed at once.
  const padded = taps.map((order) => [...order, ...order.slice(0, -order.length & 3)]);
  const { address: from, pack } = packed(module, weight, padded.flat());
  const point = padded[0].length * numberBytes;
  const between = module.memory.reserve(18 * point);
  const address = module.memory.reserve(points * point);
  return {
    address,
    point,
    transform() {
      pack();
      module.functions.weightTransform3x3(from, address, between, point);
    },
  };
}
