/** Winograd convolutions of five columns, F(4, 5): which geometries they are for, and what `winograd5.assembly.ts` needs for them. */
import {
  imagesPerCacheLine,
  numberBytes,
  oddCacheLines,
  type SimdBinding,
  type SimdModule,
} from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { packed, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

/**
 * Whether eight products for twenty outweigh the transforms: they are made once for each channel on either side, and pay
 * when there are enough channels on the other side, and rows of the kernel, to share them. The bound is measured.
 */
export function usesWinograd5(g: Conv2dGeometry): boolean {
  if (g.kernelWidth !== 5 || g.strideHeight !== 1 || g.strideWidth !== 1 || g.outWidth < 4) return false;
  return 1 / g.inChannels + 1 / g.outChannels <= g.kernelHeight / 4;
}

const winograd5Points = 8;
/** How much of x and dy is transformed at a time for the gradient of the weights: half of a usual second cache. */
const columnsBytes = 256 * 1024;

export const conv2dWinograd5: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  if (g.inChannels === 1 && g.kernelHeight === 5) return conv2dWinograd5OneChannel(g, at, module);
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels, 2).flatMap((o) =>
      range(g.kernelHeight).flatMap((p) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const zeros = memory.reserve(Math.max(g.inChannels * batchStride, g.outChannels * numberBytes));
  const bias = g.bias ? at.bias : zeros;
  const v = columnOf(module, (g.outHeight + g.kernelHeight - 1) * g.inChannels * batchStride);
  const m = columnOf(module, g.outHeight * g.outChannels * batchStride);
  const discard = memory.reserve(g.outChannels * batchStride);
  return () => {
    weight.transform();
    functions.conv2dWinograd5(
      ...([at.x, weight.address, bias, at.y, zeros, discard, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, batchStride, ...extentsOf(g)] as const),
    );
  };
};

/** One channel under five rows: sums too short to loop over, so `winograd5-one-channel.assembly.ts` keeps their weights instead. */
const conv2dWinograd5OneChannel: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const part = imagesPerCacheLine * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels).flatMap((o) => range(g.kernelHeight).map((p) => weightAt(g, o, 0, p, q))),
  );
  const zeros = memory.reserve(Math.max(part, g.outChannels * numberBytes));
  const bias = g.bias ? at.bias : zeros;
  const rowBytes = winograd5Points * part;
  const v = memory.reserve((g.outHeight + g.kernelHeight) * rowBytes);
  const m = memory.reserve((g.outHeight + 1) * rowBytes);
  const discard = memory.reserve(part);
  const { inHeight, inWidth, outHeight, outWidth, outChannels, padTop, padLeft } = g;
  return () => {
    weight.transform();
    functions.conv2dWinograd5OneChannel(
      ...([at.x, weight.address, bias, at.y, zeros, discard, v, m, weight.point, batchStride] as const),
      ...([inHeight, inWidth, outHeight, outWidth, outChannels, padTop, padLeft] as const),
    );
  };
};

export const conv2dWinograd5InputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { functions, memory } = module;
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
  const v = columnOf(module, g.outHeight * g.outChannels * batchStride);
  const m = columnOf(module, g.inHeight * g.inChannels * batchStride);
  return () => {
    weight.transform();
    functions.conv2dWinograd5InputGrad(
      ...([at.dy, weight.address, at.dx, zeros, discard, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, batchStride, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dWinograd5WeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const rows = g.outHeight + g.kernelHeight - 1;
  const [vPixel, ePixel] = [oddCacheLines(g.inChannels * batchStride), oddCacheLines(g.outChannels * batchStride)];
  const columnBytes = winograd5Points * (rows * vPixel + g.outHeight * ePixel);
  const atOnce = Math.min(Math.max(1, Math.floor(columnsBytes / columnBytes)), Math.ceil(g.outWidth / 4));
  const v = columnOf(module, atOnce * rows * vPixel);
  const e = columnOf(module, atOnce * g.outHeight * ePixel);
  const zeros = memory.reserve(Math.max(g.inChannels, g.outChannels) * batchStride);
  const tapOrder = range(g.kernelHeight).flatMap((p) => range(g.inChannels).map((c) => ({ p, c })));
  const taps = memory.table(tapOrder.map(({ p, c }) => p * vPixel + c * batchStride));
  // Whole vectors of weights are transformed at once.
  const weights = Math.ceil((g.outChannels * tapOrder.length) / 4) * 4;
  const point = weights * numberBytes;
  const sum = memory.reserve(winograd5Points * point);
  const part = memory.reserve(winograd5Points * point);
  const gradient = memory.reserve(5 * point);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    tapOrder.forEach(({ p, c }, tap) => {
      for (let q = 0; q < 5; q++) order[weightAt(g, o, c, p, q)] = q * weights + o * tapOrder.length + tap;
    });
  }
  const places = memory.table(order.map((index) => index * numberBytes));
  return () => {
    functions.conv2dWinograd5WeightGrad(
      ...([at.x, at.dy, sum, part, taps, zeros, v.address, e.address, v.point, e.point] as const),
      ...([vPixel, ePixel, point, atOnce, batchStride, ...extentsOf(g)] as const),
    );
    functions.weightTransformGrad5(sum, point, gradient, point, point);
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
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, padTop, padLeft } = g;
  return [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, padTop, padLeft] as const;
}

/** Room for a column of so many bytes at each point, all of them zero. */
function columnOf({ memory }: SimdModule, bytes: number): { address: number; point: number } {
  const point = oddCacheLines(bytes);
  return { address: memory.reserve(winograd5Points * point), point };
}

/** A place for the weights at every point, and what fills it. Every kernel column has the same order, given by its number. */
function transformed(module: SimdModule, weight: number, orderOf: (column: number) => number[]) {
  const columns = range(5).map((q) => {
    const order = orderOf(q);
    // Whole vectors of weights are transformed at once.
    return [...order, ...order.slice(0, -order.length & 3)];
  });
  const { address: from, pack } = packed(module, weight, columns.flat());
  const point = columns[0].length * numberBytes;
  const address = module.memory.reserve(winograd5Points * point);
  return {
    address,
    point,
    transform() {
      pack();
      module.functions.weightTransform5(from, point, address, point, point);
    },
  };
}
