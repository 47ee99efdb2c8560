/**
 * The convolution on vectors: prepares for `conv2d.assembly.ts` the orders in which it reads weights and images.
 */
import { numberBytes, type SimdBinding, type SimdModule } from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { packed, pairOf, range, weightAt } from './packed-weights';
import {
  conv2dWinograd3x3,
  conv2dWinograd3x3InputGrad,
  conv2dWinograd3x3WeightGrad,
  usesWinograd3x3,
} from './winograd3x3.simd';
import { conv2dWinograd5, conv2dWinograd5InputGrad, conv2dWinograd5WeightGrad, usesWinograd5 } from './winograd5.simd';

type Specs = typeof conv2dSpecs;

export const conv2d: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  if (usesWinograd5(g)) return conv2dWinograd5(g, at, module);
  if (usesWinograd3x3(g)) return conv2dWinograd3x3(g, at, module);
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const order = range(g.outChannels, 2).flatMap((o) =>
    range(g.kernelHeight).flatMap((p) =>
      range(g.kernelWidth).flatMap((q) =>
        range(g.inChannels).flatMap((c) => pairOf(o, g.outChannels).map((output) => weightAt(g, output, c, p, q))),
      ),
    ),
  );
  const weight = packed(module, at.weight, order);
  const image = imageIn(module, g, at.x, needsPadding(g) ? 'padded' : 'as it is');
  const bias = g.bias ? at.bias : memory.reserve(g.outChannels * numberBytes);
  const [tapStep, pairStep] = [2 * numberBytes, numberBytes];
  const blockStep = g.kernelHeight * g.kernelWidth * g.inChannels * tapStep;
  return () => {
    weight.pack();
    image.copy?.();
    functions.conv2d(
      ...([image.address, weight.address, bias, at.y, batchStride, image.width, g.inChannels] as const),
      ...([g.outHeight, g.outWidth, g.outChannels, g.kernelHeight, g.kernelWidth] as const),
      ...([g.strideHeight, g.strideWidth, tapStep, pairStep, blockStep] as const),
    );
  };
};

export const conv2dInputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  if (usesWinograd5(g)) return conv2dWinograd5InputGrad(g, at, module);
  if (usesWinograd3x3(g)) return conv2dWinograd3x3InputGrad(g, at, module);
  // Kernel columns by their rest by the stride, then falling: the order in which an input meets them.
  const columns = range(g.strideWidth).flatMap((rest) =>
    range(g.kernelWidth)
      .filter((q) => q % g.strideWidth === rest)
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
  const [tapStep, pairStep] = [2 * numberBytes, numberBytes];
  const kernelRow = g.kernelWidth * g.outChannels * tapStep;
  return () => {
    weight.pack();
    module.functions.conv2dInputGrad(
      ...([at.dy, weight.address, at.dx, g.batch * numberBytes, g.inHeight, g.inWidth, g.inChannels] as const),
      ...([g.outHeight, g.outWidth, g.outChannels, g.kernelHeight, g.kernelWidth] as const),
      ...([g.strideHeight, g.strideWidth, g.padTop, g.padLeft, tapStep, pairStep, kernelRow] as const),
      g.kernelHeight * kernelRow,
    );
  };
};

export const conv2dWeightGrad: SimdBinding<Specs['conv2dWeightGrad']> = (g, at, module) => {
  if (usesWinograd5(g)) return conv2dWinograd5WeightGrad(g, at, module);
  if (usesWinograd3x3(g)) return conv2dWinograd3x3WeightGrad(g, at, module);
  const { functions, memory } = module;
  const batchStride = g.batch * numberBytes;
  const image = imageIn(
    module,
    g,
    at.x,
    hasCacheSetConflicts(g.inChannels) ? 'by channel' : needsPadding(g) ? 'padded' : 'as it is',
  );
  const errors = hasCacheSetConflicts(g.outChannels)
    ? planes(module, at.dy, batchStride, { height: g.outHeight, width: g.outWidth, channels: g.outChannels })
    : { address: at.dy, copy: undefined, pixel: g.outChannels * batchStride, channel: batchStride };
  const distances: number[] = [];
  for (let c = 0; c < g.inChannels; c++) {
    for (let p = 0; p < g.kernelHeight; p++) {
      for (let q = 0; q < g.kernelWidth; q++) {
        distances[weightAt(g, 0, c, p, q)] = p * image.row + q * image.pixel + c * image.channel;
      }
    }
  }
  const taps = memory.table(distances);
  const pixels = g.outHeight * g.outWidth;
  return () => {
    image.copy?.();
    errors.copy?.();
    functions.conv2dWeightGrad(
      ...([image.address, errors.address, at.dWeight, taps, distances.length, batchStride] as const),
      ...([g.outHeight, g.outWidth, g.outChannels] as const),
      ...([g.strideWidth * image.pixel, g.strideHeight * image.row, errors.pixel, errors.channel] as const),
    );
    if (g.bias) {
      functions.biasGrad(errors.address, at.dBias, batchStride, pixels, g.outChannels, errors.pixel, errors.channel);
    }
  };
};

/**
 * Whether pixels of so many channels lie at distances that fall into few places of the processor's first cache:
 * a loop over pixels would then push out what it has just read.
 */
function hasCacheSetConflicts(channels: number): boolean {
  return channels > 1 && channels % 8 === 0;
}

/** An image as the kernels walk through it: where it begins, and the distances in bytes between its lines. */
interface Image {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly row: number;
  readonly pixel: number;
  readonly channel: number;
  /** Lays the image out anew; absent where it is used as it is. */
  readonly copy: (() => void) | undefined;
}

/** Whether windows reach beyond the image. */
export function needsPadding(g: Conv2dGeometry): boolean {
  const { height, width } = extents(g);
  return height > g.inHeight || width > g.inWidth;
}

/** The extents of the image with its padding, as far as windows reach. */
function extents(g: Conv2dGeometry): { height: number; width: number } {
  return {
    height: Math.max(g.padTop + g.inHeight, (g.outHeight - 1) * g.strideHeight + g.kernelHeight),
    width: Math.max(g.padLeft + g.inWidth, (g.outWidth - 1) * g.strideWidth + g.kernelWidth),
  };
}

/** The image of a geometry: where it is, or laid out anew in a place of its own. */
export function imageIn(
  { functions, memory }: SimdModule,
  g: Conv2dGeometry,
  x: number,
  layout: 'as it is' | 'padded' | 'by channel',
): Image {
  const batchStride = g.batch * numberBytes;
  const { height, width } = layout === 'as it is' ? { height: g.inHeight, width: g.inWidth } : extents(g);
  const byChannel = layout === 'by channel';
  const pixel = byChannel ? batchStride : g.inChannels * batchStride;
  const row = width * pixel;
  const channel = byChannel ? height * row : batchStride;
  if (layout === 'as it is') return { address: x, height, width, row, pixel, channel, copy: undefined };
  // What is around the copied image is zero and stays so.
  const address = memory.reserve(height * width * g.inChannels * batchStride);
  const inner = address + g.padTop * row + g.padLeft * pixel;
  const copy = (): void =>
    functions.copyImage(x, inner, batchStride, g.inHeight, g.inWidth, g.inChannels, row, pixel, channel);
  return { address, height, width, row, pixel, channel, copy };
}

/** The same lines channel by channel. */
function planes(
  { functions, memory }: SimdModule,
  from: number,
  batchStride: number,
  { height, width, channels }: { height: number; width: number; channels: number },
): { address: number; copy: (() => void) | undefined; pixel: number; channel: number } {
  const channel = height * width * batchStride;
  const address = memory.reserve(channels * channel);
  const copy = (): void =>
    functions.copyImage(from, address, batchStride, height, width, channels, width * batchStride, batchStride, channel);
  return { address, copy, pixel: batchStride, channel };
}
