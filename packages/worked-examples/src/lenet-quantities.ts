/**
 * The names of every number in the documented network, in the notes' symbols, written so that a shell needs no quotes:
 * maps count from 1, rows and columns from 0. `k2.5.3.1.2` is the weight of the second convolution that leads from input
 * map 3 to map 5, at row 1 and column 2 of its kernel.
 *
 *   x.row.column                        the image
 *   k1.map.row.column, b1.map           six kernels with their biases
 *   S1, C1, P1 .map.row.column          sums, activations, pooled maps
 *   k2.map.input map.row.column, b2.map, S2, C2, P2
 *   v0 …, w.output.value, b.0 …, o0 …   the flattened values, the dense layer, the outputs
 *   p0 …, t0 …, L                       probabilities, targets, the loss
 */
import type { Network } from '@longhand/layers';
import { didYouMean, nearestName } from '@longhand/schema';
import { OptionError, type Shape, sizeOf } from '@longhand/tensor';
import { gradientPrefix, plainName, withoutGradient } from './names';
import type { IndexedQuantity } from './summation';

/** An index in a quantity's name: the name of what it counts, its first value, and the number of its values. */
export interface Axis {
  /** What it counts: `row`, `map`. */
  readonly name: string;
  /** Its first value. */
  readonly from: 0 | 1;
  /** The number of its values. */
  readonly count: number;
}

/** A family of quantities that lie in one array. */
export interface Family {
  /** `k2`, `C1`, `o` */
  readonly stem: string;
  /** The indices of a name, in its order. */
  readonly axes: readonly Axis[];
  /** From the indices of the name (each from 0) to the index in memory. */
  readonly indexOf: (indices: readonly number[]) => number;
  /** The inverse of `indexOf`. */
  readonly indicesOf: (index: number) => readonly number[];
  /** The array: a layer's output or parameter, or the input of the network, its prediction, its target, its loss. */
  readonly source:
    | { readonly kind: 'input' | 'prediction' | 'target' | 'loss' }
    | { readonly kind: 'output'; readonly layer: string }
    | { readonly kind: 'parameter'; readonly path: string }
    /** An array of a layer's own terms, such as the mean of a batch normalization. */
    | { readonly kind: 'terms'; readonly layer: string; readonly array: string };
}

/** An entry of a family. */
export interface NamedEntry {
  /** Its name: `k2.5.3.1.2`. */
  readonly id: string;
  /** The family that it is of. */
  readonly family: Family;
  /** Its index in memory. */
  readonly index: number;
}

/** A family whose indices are in memory order. */
export function inOrder(stem: string, source: Family['source'], axes: readonly Axis[]): Family {
  const strides = axes.map((_, at) => axes.slice(at + 1).reduce((product, { count }) => product * count, 1));
  return {
    stem,
    source,
    axes,
    indexOf: (indices) => indices.reduce((sum, index, at) => sum + index * strides[at], 0),
    indicesOf: (index) => axes.map(({ count }, at) => Math.floor(index / strides[at]) % count),
  };
}

const map = (count: number): Axis => ({ name: 'map', from: 1, count });
const inputMap = (count: number): Axis => ({ name: 'input map', from: 1, count });
const row = (count: number): Axis => ({ name: 'row', from: 0, count });
const column = (count: number): Axis => ({ name: 'column', from: 0, count });
const number = (name: string, count: number): Axis => ({ name, from: 0, count });

/** The memory order of maps is row, column, map; their names are map, row, column. */
function maps(stem: string, layer: string, [height, width, channels]: Shape): Family {
  return {
    stem,
    source: { kind: 'output', layer },
    axes: [map(channels), row(height), column(width)],
    indexOf: ([p = 0, r = 0, c = 0]) => (r * width + c) * channels + p,
    indicesOf: (index) => [
      index % channels,
      Math.floor(index / channels / width),
      Math.floor(index / channels) % width,
    ],
  };
}

const documentedForm = 'conv2d, activation, pool2d, conv2d, activation, pool2d, flatten, dense';

const formOf = ({ layers }: Network): string => layers.map(({ layer }) => layer.description.kind).join(', ');

/** Whether a network has the layers of the documented one. */
export function isDocumentedForm(network: Network): boolean {
  return formOf(network) === documentedForm && network.inputShape[2] === 1;
}

/**
 * All families of a network with the layers of the documented one.
 *
 * @throws Error when it has another form
 */
export function familiesOf(network: Network): readonly Family[] {
  const form = formOf(network);
  if (form !== documentedForm) {
    throw new Error(`lenet-step: expected a network of the documented form, ${documentedForm}; got ${form}`);
  }
  const [conv1, activation1, pool1, conv2, activation2, pool2, flat, dense] = network.layers;
  const [height, width] = network.inputShape;
  const kernel = (name: string, at: number): Shape =>
    network.layers.find((layer) => layer.name === name)?.parameters[at].shape ?? [];
  const [maps1, , rows1, columns1] = kernel(conv1.name, 0);
  const [maps2, inputs2, rows2, columns2] = kernel(conv2.name, 0);
  const [outputs] = dense.outputShape;
  const values = sizeOf(flat.outputShape);
  const parameter = (path: string): Family['source'] => ({ kind: 'parameter', path });
  const output = (layer: string): Family['source'] => ({ kind: 'output', layer });
  return [
    inOrder('x', { kind: 'input' }, [row(height), column(width)]),
    inOrder('k1', parameter(`${conv1.name}.weight`), [map(maps1), row(rows1), column(columns1)]),
    inOrder('b1', parameter(`${conv1.name}.bias`), [map(maps1)]),
    maps('S1', conv1.name, conv1.outputShape),
    maps('C1', activation1.name, activation1.outputShape),
    maps('P1', pool1.name, pool1.outputShape),
    inOrder('k2', parameter(`${conv2.name}.weight`), [map(maps2), inputMap(inputs2), row(rows2), column(columns2)]),
    inOrder('b2', parameter(`${conv2.name}.bias`), [map(maps2)]),
    maps('S2', conv2.name, conv2.outputShape),
    maps('C2', activation2.name, activation2.outputShape),
    maps('P2', pool2.name, pool2.outputShape),
    inOrder('v', output(flat.name), [number('value', values)]),
    inOrder('w', parameter(`${dense.name}.weight`), [number('output', outputs), number('value', values)]),
    inOrder('b', parameter(`${dense.name}.bias`), [number('output', outputs)]),
    inOrder('o', output(dense.name), [number('output', outputs)]),
    inOrder('p', { kind: 'prediction' }, [number('output', outputs)]),
    inOrder('t', { kind: 'target' }, [number('output', outputs)]),
    inOrder('L', { kind: 'loss' }, []),
  ];
}

/**
 * The name of an entry by its index in memory: `C1.2.3.7`, `o7`.
 *
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * const { families } = networkStep({ network: lenetDocumented(), image, label: 7, normalization });
 * const { family, index } = entryNamed(families, 'k2.5.3.1.2');
 * quantityName(family, index); // 'k2.5.3.1.2'
 */
export function quantityName({ stem, axes, indicesOf }: Family, index: number): string {
  const numbers = indicesOf(index).map((value, at) => value + axes[at].from);
  if (numbers.length === 0) return stem;
  const isShort = numbers.length === 1 && axes[0].from === 0 && stem.length === 1 && stem !== 'b';
  return isShort ? `${stem}${numbers[0]}` : `${stem}.${numbers.join('.')}`;
}

/**
 * The quantity of a name, in any spelling that is printed (`k2.5.3.1.2`, `k^{2}_{5,3,1,2}`); of a gradient's name (`∂L/∂o7`, `dL/do7`) the
 * quantity that the loss is derived by.
 *
 * @param examples for the message, where there is no such quantity
 * @throws OptionError that lists the names, or the indices of that family
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * const { families } = networkStep({ network: lenetDocumented(), image, label: 7, normalization });
 * entryNamed(families, 'k2.5.3.1.2').index; // 657 (in the weights of the second convolution)
 */
export function entryNamed(
  families: readonly Family[],
  name: string,
  examples = 'a name such as k2.5.3.1.2, b1.4, C1.2.3.7, x.14.10, w.3.100 or o7',
): NamedEntry {
  const found = findEntry(families, name);
  if (found !== undefined) return found;
  const { family } = spelledAs(families, withoutGradient(plainName(name)));
  if (family === undefined) {
    throw new OptionError(
      `quantity: expected ${examples} (${families.map((known) => known.stem).join(', ')}), got ${name}${didYouMean(nearestQuantity(families, name))}`,
    );
  }
  const { axes, stem } = family;
  const expected = axes.map(({ name: axis, from, count }) => `${axis} ${from} to ${count - 1 + from}`).join(', ');
  throw new OptionError(`quantity: expected ${stem} with ${expected || 'no index'}, got ${name}`);
}

/** The quantity with the indices of a name whose stem is near to that of the name. */
function nearestQuantity(families: readonly Family[], name: string): string | undefined {
  const plain = withoutGradient(plainName(name));
  const [indices = ''] = /(?:\.\d+)*$/.exec(plain) ?? [];
  const candidates = families.map(({ stem }) => `${stem}${indices}`).filter((known) => findEntry(families, known));
  return nearestName(plain, candidates);
}

/** The quantity of a name, or of that in plain characters; undefined where there is none. */
export function findEntry(families: readonly Family[], name: string): NamedEntry | undefined {
  return findPlainEntry(families, name) ?? findPlainEntry(families, withoutGradient(plainName(name)));
}

function findPlainEntry(families: readonly Family[], name: string): NamedEntry | undefined {
  const { family, indices: given } = spelledAs(families, name);
  if (family === undefined) return undefined;
  const { axes } = family;
  const indices = given.map((value, at) => value - (axes[at]?.from ?? 0));
  const fits = given.length === axes.length && indices.every((index, at) => index >= 0 && index < axes[at].count);
  if (!fits) return undefined;
  const index = family.indexOf(indices);
  return { id: quantityName(family, index), family, index };
}

/** A quantity, or a gradient, by the stem of its name and its indices. */
export function indexedQuantity(families: readonly Family[], id: string): IndexedQuantity | undefined {
  const found = findEntry(families, id);
  if (found === undefined) return undefined;
  const { axes, stem, indicesOf } = found.family;
  const indices = indicesOf(found.index).map((index, at) => index + axes[at].from);
  return {
    stem: id === withoutGradient(id) ? stem : `${gradientPrefix}${stem}`,
    axes: axes.map(({ name }) => name),
    indices,
  };
}

/** The family of a name, if there is one, and the numbers behind it. */
function spelledAs(
  families: readonly Family[],
  name: string,
): { readonly family: Family | undefined; readonly indices: readonly number[] } {
  // `o7` for short, `k2.…` and `b.7` with a dot: b1 and b2 are the convolutions' biases.
  const [spelled] = families
    .filter(({ stem }) => name === stem || name.startsWith(`${stem}.`))
    .sort((a, b) => b.stem.length - a.stem.length);
  const [, letter, digits] = /^([A-Za-z])(\d[\d.]*)$/.exec(name) ?? [];
  const family = spelled ?? families.find(({ stem }) => stem === letter);
  const rest = spelled === undefined ? (digits ?? '') : name.slice(spelled.stem.length + 1);
  return { family, indices: rest === '' ? [] : rest.split('.').map(Number) };
}
