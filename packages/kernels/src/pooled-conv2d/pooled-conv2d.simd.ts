/** The convolution with max pooling after it, and with ReLU or without, on vectors: its parts, and a weight gradient of its own. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type Conv2dGeometry, isGroupedOrDilated } from '../conv2d/conv2d';
import * as conv2dParts from '../conv2d/conv2d.simd';
import { imageIn, needsPadding, separateImages } from '../conv2d/layout.simd';
import { range, weightAt } from '../conv2d/packed-weights';
import { isPadded, type Pool2dGeometry } from '../pool2d/pool2d';
import { maxPool2d, maxPool2dInputGrad, reluMaxPool2d, reluMaxPool2dInputGrad } from '../pool2d/pool2d.simd';
import { convOf, type PooledConv2dGeometry, type pooledConv2dSpecs, poolOf } from './pooled-conv2d';

type Specs = typeof pooledConv2dSpecs;

export const pooledConv2d: SimdBinding<Specs['pooledConv2d']> = (g, { x, weight, bias, z, y }, module) => {
  const convolve = conv2dParts.conv2d(convOf(g), { x, weight, bias, y: z }, module);
  const pool = (g.rectified ? reluMaxPool2d : maxPool2d)(poolOf(g), { x: z, y }, module);
  return () => {
    convolve();
    pool();
  };
};

const unpoolOf = (g: PooledConv2dGeometry) => (g.rectified ? reluMaxPool2dInputGrad : maxPool2dInputGrad);

export const pooledConv2dInputGrad: SimdBinding<Specs['pooledConv2dInputGrad']> = (g, at, module) => {
  const { outHeight, outWidth, outChannels } = g.conv;
  const dz = module.memory.reserve(outHeight * outWidth * outChannels * g.batch * numberBytes);
  const unpool = unpoolOf(g)(poolOf(g), { x: at.z, y: at.y, dy: at.dy, dx: dz }, module);
  const convolveBack = conv2dParts.conv2dInputGrad(convOf(g), { dy: dz, weight: at.weight, dx: at.dx }, module);
  return () => {
    unpool();
    convolveBack();
  };
};

export const pooledConv2dWeightGrad: SimdBinding<Specs['pooledConv2dWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const [conv, pool] = [convOf(g), poolOf(g)];
  if (isGroupedOrDilated(conv) || isPadded(pool)) return weightGradOfParts(g, at, module);
  const batchStride = g.batch * numberBytes;

  // x image by image. Tiles read up to 47 numbers beyond their row. Another cache line against 4 KiB aliasing of the images.
  const separate = separateImages(
    module,
    conv,
    at.x,
    (numbers) => (Math.ceil((numbers + 47) / 16) + 1) * 16 * numberBytes,
  );
  const { address: images, imageBytes, row } = separate;
  const column = conv.inChannels * numberBytes;
  const run = conv.kernelWidth * conv.inChannels;

  // For 5×5 on one channel also four rows side by side.
  const square = conv.kernelHeight === 5 && conv.kernelWidth === 5 && conv.inChannels === 1;
  const columns = square ? memory.reserve(4 * g.batch * imageBytes) : 0;
  const image = square ? imageIn(module, conv, at.x, needsPadding(conv) ? 'padded' : 'as it is') : undefined;

  const bandRows = bandRowsOf(g.batch, conv, pool, row);
  const listBytes = (bandRows * pool.outWidth * g.batch + 1) * entryBytes;
  const windows = pool.outHeight * pool.outWidth;
  const gradients = memory.reserve(windows * pool.channels * batchStride);
  const { tiles, sumsBytes, order } = square ? squareTile : tilesOf(conv.kernelHeight, run, row, module.wide);
  const weights: number[] = [];
  for (let p = 0; p < conv.kernelHeight; p++) {
    for (let q = 0; q < conv.kernelWidth; q++) {
      for (let c = 0; c < conv.inChannels; c++) {
        weights[weightAt(conv, 0, c, p, q)] = order[p * run + q * conv.inChannels + c];
      }
    }
  }
  const sumWeights = bindFunction(module, 'pooledWeightGrad', {
    list: {
      z: at.z,
      y: at.y,
      dy: at.dy,
      images: memory.table(Array.from({ length: g.batch }, (_, n) => images + n * imageBytes)),
      entries: memory.reserve(pool.channels * listBytes),
      listBytes,
      ends: memory.reserve(pool.channels * numberBytes),
      gradients,
      rectified: Number(g.rectified),
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
    },
    bandRows,
    dWeight: at.dWeight,
    taps: weights.length,
    tiles: memory.table(tiles.flat()),
    tileCount: tiles.length,
    sums: memory.reserve(pool.channels * sumsBytes),
    sumsBytes,
    order: memory.table(weights),
    row,
    // Modulo 2³², as addresses are.
    columns: (columns - 4 * images) >>> 0,
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
    separate.copy();
    if (image) {
      image.copy?.();
      functions.columnsOfFour(image.address, columns, batchStride, image.height, image.width, 4 * imageBytes);
    }
    sumWeights();
    sumBias?.();
  };
};

/** Bytes of an entry of the list of maxima. */
const entryBytes = 8;
/** The part of x that a band of windows may read: under one row of the kernel little more than the first cache. */
const bandBytes = 48 * 1024;

/** How many rows of windows read at most {@link bandBytes} of x, whose rows have `row` bytes in each image. */
function bandRowsOf(batch: number, conv: Conv2dGeometry, pool: Pool2dGeometry, row: number): number {
  const rows = Math.floor(bandBytes / (batch * row)) - (pool.windowHeight - 1) * conv.strideHeight - conv.kernelHeight;
  const windowRows = Math.floor(rows / (pool.strideHeight * conv.strideHeight)) + 1;
  return Math.max(1, Math.min(pool.outHeight, windowRows));
}

/** The tiles of a kernel: for each its kind, rows, bytes behind the corner in x, and bytes into the sums. */
interface Tiles {
  readonly tiles: readonly (readonly number[])[];
  readonly sumsBytes: number;
  /** Where the sums have each number under the kernel, row by row, in bytes. */
  readonly order: readonly number[];
}

/** All of a 5×5 kernel on one channel: four rows of each column, then the last row. */
const squareTile: Tiles = {
  tiles: [[3, 0, 0, 0]],
  sumsBytes: 28 * numberBytes,
  order: range(25).map((k) => (k < 20 ? 4 * (k % 5) + Math.floor(k / 5) : k) * numberBytes),
};

/** Tiles of a kernel over `run` neighboring numbers in each row, the rows `row` bytes apart. */
function tilesOf(kernelHeight: number, run: number, row: number, wide: boolean): Tiles {
  const tiles: number[][] = [];
  const order: number[] = [];
  let sumsBytes = 0;
  const add = (kind: number, p: number, rows: number, part: number, width: number): void => {
    tiles.push([kind, rows, p * row + part * numberBytes, sumsBytes]);
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < Math.min(width, run - part); k++) {
        order[(p + r) * run + part + k] = sumsBytes + (r * width + k) * numberBytes;
      }
    }
    sumsBytes += (kind === 2 ? 20 : width) * numberBytes;
  };
  const short = run <= 8;
  for (let p = 0; p < kernelHeight; p += short ? 5 : 1) {
    if (short) for (const part of range(run, 4)) add(2, p, Math.min(5, kernelHeight - p), part, 4);
    else for (const { part, width } of (wide ? widePartsOf : partsOf)(run)) add(kindOf[width], p, 1, part, width);
  }
  return { tiles, sumsBytes, order };
}

/** Kinds of tiles by their numbers of a row. */
const kindOf: Readonly<Record<number, number>> = { 16: 0, 24: 1, 32: 4, 48: 5 };

/** A row in tiles of 48 numbers, of which each takes about as long as a smaller one, and the smallest for what is left. */
function widePartsOf(run: number): { readonly part: number; readonly width: number }[] {
  return range(run, 48).map((part) => ({
    part,
    width: [16, 24, 32].find((width) => run - part <= width) ?? 48,
  }));
}

/** A row in tiles of 24 numbers and a last one of 16 or 24, or in tiles of 16 where that takes less time: 4 to 5 as measured. */
function partsOf(run: number): { readonly part: number; readonly width: number }[] {
  const of16 = Math.ceil(run / 16);
  const rest = run % 24;
  const of24 = Math.floor(run / 24) + (rest > 16 ? 1 : 0);
  const last = rest > 0 && rest <= 16 ? 1 : 0;
  if (4 * of16 <= 5 * of24 + 4 * last) return range(run, 16).map((part) => ({ part, width: 16 }));
  return range(run, 24).map((part) => ({ part, width: run - part <= 16 ? 16 : 24 }));
}

/** The weights' gradient of the parts, one after the other. */
const weightGradOfParts: SimdBinding<Specs['pooledConv2dWeightGrad']> = (g, at, module) => {
  const { outHeight, outWidth, outChannels } = g.conv;
  const dz = module.memory.reserve(outHeight * outWidth * outChannels * g.batch * numberBytes);
  const unpool = unpoolOf(g)(poolOf(g), { x: at.z, y: at.y, dy: at.dy, dx: dz }, module);
  const { x, dWeight, dBias } = at;
  const convolve = conv2dParts.conv2dWeightGrad(convOf(g), { x, dy: dz, dWeight, dBias }, module);
  return () => {
    unpool();
    convolve();
  };
};
