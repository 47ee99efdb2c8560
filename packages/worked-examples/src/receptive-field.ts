/**
 * The receptive field of a number of a network: the part of the input, and of every output on the way, that it is computed from.
 *
 * It follows from the terms that stand beside the kernels, so it holds for whatever a layer does: strides, padding, dilation, groups,
 * branches of a block. What a box of numbers is computed from is spanned by what its edges are computed from, since windows move
 * with their outputs; so a dense layer behind two convolutions costs a few sums, not all. The corners alone would not do: with
 * gaps between taps a window at the padding may begin behind the next one.
 */
import { entriesOf } from '@longhand/kernels';
import { type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import type { ByMemory, Writer } from './tracing-kernels';

/** A box of an activation: rows, columns and channels, each from its first to before its end. A vector is one row of one channel. */
export interface Region {
  /** Its rows. */
  readonly rows: readonly [from: number, to: number];
  /** Its columns. */
  readonly columns: readonly [from: number, to: number];
  /** Its channels. */
  readonly channels: readonly [from: number, to: number];
}

/** The regions by the stems of their families. */
export type ReceptiveField = ReadonlyMap<string, Region>;

/** The input of a network, or a layer's output. */
export interface Activation {
  readonly stem: string;
  /** In memory order: row, column, channel. */
  readonly array: FloatArray;
  readonly shape: Shape;
}

export interface ReceptiveFieldOptions {
  /** The array with the number, and its index there. */
  readonly array: FloatArray;
  readonly index: number;
  /** In the order of forward. */
  readonly activations: readonly Activation[];
  readonly writers: ByMemory<Writer>;
}

/** The receptive field of one number, itself included where it lies in an activation. */
export function receptiveField({ array, index, activations, writers }: ReceptiveFieldOptions): ReceptiveField {
  const found = new Map<string, Region>();
  const add = (read: readonly ReadEntry[]): void => {
    for (const activation of activations) {
      const here = read.filter((entry) => isSameArray(entry.array, activation.array));
      if (here.length === 0) continue;
      const before = found.get(activation.stem);
      const regions = here.map((entry) => regionOfEntry(entry.index, extentsOf(activation.shape)));
      found.set(activation.stem, before === undefined ? union(regions) : union([before, ...regions]));
    }
  };
  /** Whether the activations that are read from belong to the field as a whole, so that no other entry of the layer adds to it. */
  const isWhole = (read: readonly ReadEntry[]): boolean =>
    activations.every(({ stem, array: known, shape }) => {
      if (!read.some((entry) => isSameArray(entry.array, known))) return true;
      const region = found.get(stem);
      return region !== undefined && sizeOfRegion(region) === sizeOf(shape);
    });
  const activationArrays = activations.map((activation) => activation.array);
  const isActivation = (read: FloatArray): boolean => activationArrays.some((known) => isSameArray(known, read));
  const readBy = (of: FloatArray, at: number): ReadEntry[] =>
    entriesReadBy({ array: of, index: at }, writers, isActivation);
  add(isActivation(array) ? [{ array, index }] : readBy(array, index));
  for (const activation of activations.toReversed()) {
    const region = found.get(activation.stem);
    if (region === undefined) continue;
    const extents = extentsOf(activation.shape);
    const addAll = (entries: readonly number[]): 'spanned' | 'whole' | 'in the padding' => {
      let readsNothing = false;
      for (const entry of entries) {
        const read = readBy(activation.array, entry);
        add(read);
        // A dense layer's first number reads all that there is.
        if (read.length > 0 && isWhole(read)) return 'whole';
        readsNothing ||= read.length === 0;
      }
      return readsNothing ? 'in the padding' : 'spanned';
    };
    // A window that lies in the padding reads nothing, and spans nothing.
    if (addAll(edgesOf(region, extents)) === 'in the padding') addAll(entriesOfRegion(region, extents));
  }
  return found;
}

interface ReadEntry {
  readonly array: FloatArray;
  readonly index: number;
}

/** The entries of activations that an entry is made of; what lies between, such as the mean of a batch, is looked through. */
function entriesReadBy(
  { array, index }: ReadEntry,
  writers: ByMemory<Writer>,
  isActivation: (array: FloatArray) => boolean,
): ReadEntry[] {
  const writer = writers.get(array);
  if (writer === undefined) return [];
  return entriesOf(writer.terms(index)).flatMap((entry): ReadEntry[] => {
    const read = { array: writer.arrays[entry.array] as FloatArray, index: entry.index };
    if (isSameArray(read.array, array)) return [];
    return isActivation(read.array) ? [read] : entriesReadBy(read, writers, isActivation);
  });
}

/** Two views of the same numbers are the same: a layer that changes nothing has the output of the one before it. */
function isSameArray(one: FloatArray, other: FloatArray): boolean {
  return one.buffer === other.buffer && one.byteOffset === other.byteOffset;
}

type Extents = readonly [height: number, width: number, channels: number];

function extentsOf(shape: Shape): Extents {
  if (shape.length === 1) return [1, shape[0], 1];
  return shape.length === 2 ? [1, shape[0], shape[1]] : [shape[0], shape[1], shape[2]];
}

function regionOfEntry(index: number, [, width, channels]: Extents): Region {
  const pixel = Math.floor(index / channels);
  const one = (at: number): readonly [number, number] => [at, at + 1];
  return { rows: one(Math.floor(pixel / width)), columns: one(pixel % width), channels: one(index % channels) };
}

function sizeOfRegion({ rows, columns, channels }: Region): number {
  return [rows, columns, channels].reduce((size, [from, to]) => size * (to - from), 1);
}

function union(regions: readonly Region[]): Region {
  const span = (axis: keyof Region): readonly [number, number] => {
    let [from, to] = regions[0][axis];
    for (const region of regions) [from, to] = [Math.min(from, region[axis][0]), Math.max(to, region[axis][1])];
    return [from, to];
  };
  return { rows: span('rows'), columns: span('columns'), channels: span('channels') };
}

type Span = readonly [from: number, to: number];

const ends = ([from, to]: Span): number[] => (to - from === 1 ? [from] : [from, to - 1]);
const all = ([from, to]: Span): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** The indices of the first and last row and column, in the first and last channel, each once; corners first. */
function edgesOf({ rows, columns, channels }: Region, extents: Extents): number[] {
  const corners = indicesOf([ends(rows), ends(columns), ends(channels)], extents);
  const across = indicesOf([ends(rows), all(columns), ends(channels)], extents);
  const down = indicesOf([all(rows), ends(columns), ends(channels)], extents);
  return [...new Set([...corners, ...across, ...down])];
}

function entriesOfRegion({ rows, columns, channels }: Region, extents: Extents): number[] {
  return indicesOf([all(rows), all(columns), all(channels)], extents);
}

function indicesOf([rows, columns, channels]: readonly (readonly number[])[], [, width, count]: Extents): number[] {
  return rows.flatMap((row) =>
    columns.flatMap((column) => channels.map((channel) => (row * width + column) * count + channel)),
  );
}
