/** Convolutions of 3×3 by tiles on vectors: which they are, and what `minimal-tiles.assembly.ts` needs for them. */
import { numberBytes, oddLines, type SimdBinding, type SimdModule } from '../simd/simd-binding';
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
export function filtersByTiles(g: Conv2dGeometry): boolean {
  if (g.kernelHeight !== 3 || g.kernelWidth !== 3 || g.strideHeight !== 1 || g.strideWidth !== 1) return false;
  return g.outHeight >= 4 && g.outWidth >= 4 && 1 / g.inChannels + 1 / g.outChannels <= 1 / 3;
}

export const conv2dOfTiles: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const weight = transformed(
    module,
    at.weight,
    orderOfTaps((p, q) =>
      range(g.outChannels, 2).flatMap((o) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const none = memory.reserve(Math.max(part, g.outChannels * numberBytes));
  // A line of each output's bias.
  const bias = g.bias
    ? packed(
        module,
        at.bias,
        range(g.outChannels).flatMap((o) => Array<number>(g.batch).fill(o)),
      )
    : { address: memory.reserve(g.outChannels * line), pack: undefined };
  const waste = memory.reserve(g.outChannels * line);
  const room = memory.reserve(points * part);
  const v = pointsOf(module, oddLines(g.inChannels * line));
  const m = pointsOf(module, oddLines(g.outChannels * line));
  return () => {
    weight.transform();
    bias.pack?.();
    functions.conv2dOfTiles(
      ...([at.x, weight.address, bias.address, at.y, none, waste, room, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, line, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dInputGradOfTiles: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const weight = transformed(
    module,
    at.weight,
    orderOfTaps((p, q) =>
      range(g.inChannels, 2).flatMap((c) =>
        range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
      ),
    ),
  );
  const none = memory.reserve(Math.max(part, g.inChannels * numberBytes));
  const waste = memory.reserve(g.inChannels * line);
  const room = memory.reserve(points * part);
  const v = pointsOf(module, oddLines(g.outChannels * line));
  const m = pointsOf(module, oddLines(g.inChannels * line));
  return () => {
    weight.transform();
    functions.conv2dInputGradOfTiles(
      ...([at.dy, weight.address, at.dx, none, waste, room, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, line, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dWeightGradOfTiles: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  const [vPixel, ePixel] = [oddLines(g.inChannels * line), oddLines(g.outChannels * line)];
  const v = pointsOf(module, tiles * vPixel);
  const e = pointsOf(module, tiles * ePixel);
  const none = memory.reserve(part);
  const room = memory.reserve(points * part);
  const taps = memory.table(range(block).map((c) => c * line));
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
    functions.conv2dWeightGradOfTiles(
      ...([at.x, at.dy, transformedGradient, taps, none, room, v.address, e.address] as const),
      ...([vPixel, ePixel, v.point, e.point, point, line, ...extentsOf(g)] as const),
    );
    functions.weightGradsOfTiles(transformedGradient, gradient, between, point);
    functions.gatherNumbers(gradient, places, at.dWeight, order.length);
    if (g.bias) {
      functions.biasGrad(at.dy, at.dBias, line, g.outHeight * g.outWidth, g.outChannels, g.outChannels * line, line);
    }
  };
};

function extentsOf(g: Conv2dGeometry) {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padTop, padLeft } = g;
  return [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padTop, padLeft] as const;
}

/** Room for so many bytes at each point. */
function pointsOf({ memory }: SimdModule, bytes: number): { address: number; point: number } {
  const point = oddLines(bytes);
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
      module.functions.weightsOfTiles(from, address, between, point);
    },
  };
}
