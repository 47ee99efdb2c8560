/**
 * A dense layer on pixels, on vectors: by lists of the pixels that are other than background, or by all where these are most. Which way is
 * taken follows from the images alone, and both give the same bits (`pixel-dense.assembly.ts`).
 */
import { bindFunction } from '../contract/bind-function';
import {
  type BindingMemory,
  numberBytes,
  type SimdBinding,
  type SimdModule,
  whenParametersChange,
} from '../contract/simd-binding';
import { dense } from '../dense/dense.simd';
import type { ChannelNormalization } from '../normalize/normalize';
import { type PixelDenseBatchGradGeometry, type pixelDenseSpecs, pixelValues } from './pixel-dense';

type Specs = typeof pixelDenseSpecs;

/**
 * The share of bytes in the foreground from which on all are taken. A list takes time however few the outputs are, and each of its entries a
 * little more than one of all bytes; measured. In the gradient lists are shorter, and so more of their time is spent around them.
 */
const largestShare = {
  forward: (outputs: number): number => (0.85 * outputs) / (outputs + 18),
  gradient: (outputs: number): number => (0.8 * outputs) / (outputs + 56),
};

/** Numbers of a whole block of outputs. */
const wide = 32;
/** Rows of bytes that are taken at a time. */
const group = 16;

const someRows = (memory: BindingMemory, outputs: number): number[] =>
  [0, 0, 0].map(() => memory.reserve(roomFor(outputs) * numberBytes));

const roomFor = (outputs: number): number => Math.ceil(outputs / wide) * wide;

export const pixelDense: SimdBinding<Specs['pixelDense']> = (g, at, module) => {
  const { functions, memory } = module;
  const { batch, pixels, outFeatures } = g;
  const { background, atBackground, scale } = pixelValues(g.normalization);
  const table = memory.reserve(roomFor(outFeatures) * pixels * numberBytes);
  const [sums, ofTable, start] = someRows(memory, outFeatures);
  const makeTable = whenParametersChange(
    module,
    at.weight,
    bindFunction(module, 'productTable', {
      from: at.weight,
      fromRow: pixels * numberBytes,
      fromPart: 0,
      parts: 1,
      places: pixels,
      outputs: outFeatures,
      table,
      sums: ofTable,
    }),
  );
  const sumWeights = whenParametersChange(module, at.weight, () =>
    functions.weightSums(at.weight, sums, pixels, outFeatures),
  );
  const batchStride = batch * numberBytes;
  const sumLists = bindFunction(module, 'pixelProduct', {
    x: at.x,
    xRow: pixels,
    rows: batch,
    length: pixels,
    background,
    scale,
    table,
    start,
    out: at.y,
    outRow: batchStride,
    before: 0,
    outputs: outFeatures,
    columns: 0,
    columnsRow: 0,
    mostListed: 0,
    tile: 0,
    ...listsOf(module, pixels, g.normalization),
  });
  const columns = memory.reserve(pixels * batchStride);
  const fillColumns = bindFunction(module, 'pixelColumns', {
    x: at.x,
    images: batch,
    pixels,
    columns,
    columnsRow: batchStride,
    background,
    scale,
    scratch: memory.reserve(group * group),
  });
  const sizes = { batch, inFeatures: pixels, outFeatures, bias: true };
  const sumAll = dense(sizes, { x: columns, weight: at.weight, bias: start, y: at.y }, module);
  const bias = g.bias ? at.bias : 0;
  const mostListed = largestShare.forward(outFeatures) * batch * pixels;
  return () => {
    sumWeights();
    functions.productStarts(sums, atBackground, bias, start, outFeatures);
    if (functions.foreground(at.x, batch * pixels, background) <= mostListed) {
      makeTable();
      sumLists();
      return;
    }
    fillColumns();
    sumAll();
  };
};

export const pixelDenseWeightGrad: SimdBinding<Specs['pixelDenseWeightGrad']> = (g, at, module) => {
  const { functions } = module;
  const { batch: images, outFeatures } = g;
  const sizes = { ...g, images, microBatches: 1, from: 0, to: outFeatures, continued: false };
  const sumWeights = weightGradient(sizes, { ...at, before: 0 }, module);
  return () => {
    sumWeights();
    if (g.bias) functions.denseBiasGrad(at.dy, at.dBias, images, outFeatures);
  };
};

export const pixelDenseBatchWeightGrad: SimdBinding<Specs['pixelDenseBatchWeightGrad']> = (g, at, module) =>
  weightGradient(g, { ...at, before: g.continued ? at.before : 0 }, module);

/** A row of bytes is a pixel, its places are the images: what forward does, on bytes in another order. */
function weightGradient(
  g: PixelDenseBatchGradGeometry,
  at: { readonly x: number; readonly dy: number; readonly before: number; readonly dWeight: number },
  module: SimdModule,
): () => void {
  const { functions, memory } = module;
  const { images, microBatches, pixels, outFeatures, from } = g;
  const outputs = g.to - from;
  const all = microBatches * images;
  const { background, atBackground, scale } = pixelValues(g.normalization);
  const table = memory.reserve(roomFor(outputs) * all * numberBytes);
  const [sums, start] = someRows(memory, outputs);
  const makeTable = bindFunction(module, 'productTable', {
    from: at.dy + from * images * numberBytes,
    fromRow: images * numberBytes,
    fromPart: outFeatures * images * numberBytes,
    parts: microBatches,
    places: images,
    outputs,
    table,
    sums,
  });
  const xRow = Math.ceil(all / group) * group;
  const sumAll = bindFunction(module, 'pixelProduct', {
    x: memory.reserve(group * xRow),
    xRow,
    rows: pixels,
    length: all,
    background,
    scale,
    table,
    start,
    out: at.dWeight,
    outRow: pixels * numberBytes,
    before: at.before,
    outputs,
    columns: at.x,
    columnsRow: pixels,
    mostListed: Math.floor(largestShare.gradient(outputs) * group * all),
    tile: memory.reserve(group * Math.max(all * numberBytes, group)),
    ...listsOf(module, all, g.normalization),
  });
  return () => {
    makeTable();
    functions.productStarts(sums, atBackground, 0, start, outputs);
    sumAll();
  };
}

/** What lists of sixteen rows of bytes need. */
function listsOf({ memory }: SimdModule, length: number, normalization: ChannelNormalization) {
  const { background, scale } = pixelValues(normalization);
  const values = memory.reserve(256 * numberBytes);
  // The product of vectors: a difference that is exact, and one rounding.
  const beyond = Float32Array.from({ length: 256 }, (_, byte) => (byte - background) * Math.fround(scale));
  memory.floats(values, 256).set(beyond);
  return {
    values,
    positions: memory.table(positionsOfBits()),
    indices: memory.reserve(2 * length + 16),
    lists: memory.reserve(group * length * 2 * numberBytes),
    ends: memory.reserve(group * numberBytes),
    sums: memory.reserve(group * wide * numberBytes),
  };
}

/** For each byte the positions of its bits that are set, sixteen bits each, two in a word. */
function positionsOfBits(): number[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const set = [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1);
    return [0, 2, 4, 6].map((at) => (set[at] ?? 0) | ((set[at + 1] ?? 0) << 16));
  }).flat();
}
