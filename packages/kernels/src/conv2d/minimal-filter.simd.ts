/** Convolutions by minimal filtering on vectors: which they are, and what `minimal-filter.assembly.ts` needs for them. */
import { imagesPerCacheLine, numberBytes, oddLines, type SimdBinding, type SimdModule } from '../simd/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { packed, pairOf, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

/**
 * Whether eight products for twenty outweigh the transforms: they are made once for each channel on either side, and pay
 * when there are enough channels on the other side, and rows of the kernel, to share them. The bound is measured.
 */
export function filtersByFive(g: Conv2dGeometry): boolean {
  if (g.kernelWidth !== 5 || g.strideHeight !== 1 || g.strideWidth !== 1 || g.outWidth < 4) return false;
  return 1 / g.inChannels + 1 / g.outChannels <= g.kernelHeight / 4;
}

const pointsOfFive = 8;
/** How much of x and dy is transformed at a time for the gradient of the weights: half of a usual second cache. */
const columnsBytes = 256 * 1024;

export const conv2dOfFive: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  if (g.inChannels === 1 && g.kernelHeight === 5) return conv2dOfOneChannel(g, at, module);
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels, 2).flatMap((o) =>
      range(g.kernelHeight).flatMap((p) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const none = memory.reserve(Math.max(g.inChannels * line, g.outChannels * numberBytes));
  const bias = g.bias ? at.bias : none;
  const v = columnOf(module, (g.outHeight + g.kernelHeight - 1) * g.inChannels * line);
  const m = columnOf(module, g.outHeight * g.outChannels * line);
  const waste = memory.reserve(g.outChannels * line);
  return () => {
    weight.transform();
    functions.conv2dOfFive(
      ...([at.x, weight.address, bias, at.y, none, waste, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, line, ...extentsOf(g)] as const),
    );
  };
};

/** One channel under five rows: sums too short to loop over, so `one-channel.assembly.ts` keeps their weights instead. */
const conv2dOfOneChannel: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const part = imagesPerCacheLine * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.outChannels).flatMap((o) => range(g.kernelHeight).map((p) => weightAt(g, o, 0, p, q))),
  );
  const none = memory.reserve(Math.max(part, g.outChannels * numberBytes));
  const bias = g.bias ? at.bias : none;
  const rowBytes = pointsOfFive * part;
  const v = memory.reserve((g.outHeight + g.kernelHeight) * rowBytes);
  const m = memory.reserve((g.outHeight + 1) * rowBytes);
  const waste = memory.reserve(part);
  const { inHeight, inWidth, outHeight, outWidth, outChannels, padTop, padLeft } = g;
  return () => {
    weight.transform();
    functions.conv2dOfOneChannel(
      ...([at.x, weight.address, bias, at.y, none, waste, v, m, weight.point, line] as const),
      ...([inHeight, inWidth, outHeight, outWidth, outChannels, padTop, padLeft] as const),
    );
  };
};

export const conv2dInputGradOfFive: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const weight = transformed(module, at.weight, (q) =>
    range(g.inChannels, 2).flatMap((c) =>
      range(g.kernelHeight)
        .reverse()
        .flatMap((p) =>
          range(g.outChannels).flatMap((o) => pairOf(c, g.inChannels).map((input) => weightAt(g, o, input, p, q))),
        ),
    ),
  );
  const none = memory.reserve(g.outChannels * line);
  const waste = memory.reserve(g.inChannels * line);
  const v = columnOf(module, g.outHeight * g.outChannels * line);
  const m = columnOf(module, g.inHeight * g.inChannels * line);
  return () => {
    weight.transform();
    functions.conv2dInputGradOfFive(
      ...([at.dy, weight.address, at.dx, none, waste, v.address, m.address] as const),
      ...([v.point, m.point, weight.point, line, ...extentsOf(g)] as const),
    );
  };
};

export const conv2dWeightGradOfFive: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const line = g.batch * numberBytes;
  const rows = g.outHeight + g.kernelHeight - 1;
  const [vPixel, ePixel] = [oddLines(g.inChannels * line), oddLines(g.outChannels * line)];
  const columnBytes = pointsOfFive * (rows * vPixel + g.outHeight * ePixel);
  const atOnce = Math.min(Math.max(1, Math.floor(columnsBytes / columnBytes)), Math.ceil(g.outWidth / 4));
  const v = columnOf(module, atOnce * rows * vPixel);
  const e = columnOf(module, atOnce * g.outHeight * ePixel);
  const none = memory.reserve(Math.max(g.inChannels, g.outChannels) * line);
  const tapOrder = range(g.kernelHeight).flatMap((p) => range(g.inChannels).map((c) => ({ p, c })));
  const taps = memory.table(tapOrder.map(({ p, c }) => p * vPixel + c * line));
  // Whole vectors of weights are transformed at once.
  const weights = Math.ceil((g.outChannels * tapOrder.length) / 4) * 4;
  const point = weights * numberBytes;
  const sum = memory.reserve(pointsOfFive * point);
  const part = memory.reserve(pointsOfFive * point);
  const gradient = memory.reserve(5 * point);
  const order: number[] = [];
  for (let o = 0; o < g.outChannels; o++) {
    tapOrder.forEach(({ p, c }, tap) => {
      for (let q = 0; q < 5; q++) order[weightAt(g, o, c, p, q)] = q * weights + o * tapOrder.length + tap;
    });
  }
  const places = memory.table(order.map((index) => index * numberBytes));
  return () => {
    functions.conv2dWeightGradOfFive(
      ...([at.x, at.dy, sum, part, taps, none, v.address, e.address, v.point, e.point] as const),
      ...([vPixel, ePixel, point, atOnce, line, ...extentsOf(g)] as const),
    );
    functions.weightGradsOfFive(sum, point, gradient, point, point);
    functions.gatherNumbers(gradient, places, at.dWeight, order.length);
    if (g.bias) {
      functions.biasGrad(at.dy, at.dBias, line, g.outHeight * g.outWidth, g.outChannels, g.outChannels * line, line);
    }
  };
};

function extentsOf(g: Conv2dGeometry) {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, padTop, padLeft } = g;
  return [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, padTop, padLeft] as const;
}

/** Room for a column of so many bytes at each point, all of them zero. */
function columnOf({ memory }: SimdModule, bytes: number): { address: number; point: number } {
  const point = oddLines(bytes);
  return { address: memory.reserve(pointsOfFive * point), point };
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
  const address = module.memory.reserve(pointsOfFive * point);
  return {
    address,
    point,
    transform() {
      pack();
      module.functions.weightsOfFive(from, point, address, point, point);
    },
  };
}
