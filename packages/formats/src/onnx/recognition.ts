/**
 * The recognizer's state: what each value of the graph is computed by. Values form a tree whose root is the input: each has
 * the layer that computes it and the value that this layer is given.
 *
 * A sum of two values closes two branches: from the last value that both come from, their fork, each branch is the layers on
 * its way. Both become one residual block on the fork, so blocks within blocks need no further rule.
 */
import { formatShape, type Shape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import { checkPosition, type OnnxGemm, type OnnxLayer, type OnnxNormalization, outputShape } from './layer';
import type { OnnxGraph, OnnxTensor } from './model';
import type { NodeView } from './node-view';

/** A value that is computed from the input. */
export interface ComputedValue {
  /** For one input. */
  readonly shape: Shape;
  /** The layer that computes it; absent for the input itself. */
  readonly layer?: OnnxLayer;
  /** What that layer is given. */
  readonly source?: ComputedValue;
  /** The number of layers from the input on. */
  readonly depth: number;
}

/** A shape that a graph computes; `'batch'` stands for an open batch size, and a scalar is a list of one. */
export type Extents = readonly (number | 'batch')[];

/** The most layers of a network. Some checks look at all layers before, so the number is bounded. */
const MAX_LAYERS = 1000;

/** What is known of a graph's values while its nodes are followed in order. */
export class Recognition {
  /** The batch size, or `'batch'` if it is open. */
  readonly batch: number | 'batch';
  readonly constants: Map<string, OnnxTensor>;
  /** The shapes that the graph computes as values, by name. */
  readonly extents = new Map<string, Extents>();
  readonly #input: ComputedValue;
  readonly #values = new Map<string, ComputedValue>();
  /** Values that have become part of another layer: of a block, or of one that several nodes make. */
  readonly #inside = new Set<ComputedValue>();
  readonly #layerNames = new Set<string>();
  readonly #takenWeights = new Set<string>();
  #layerCount = 0;

  constructor(graph: OnnxGraph, input: string, shape: Shape, batch: number | 'batch') {
    this.constants = new Map(graph.initializers);
    this.batch = batch;
    this.#input = { shape, depth: 0 };
    this.#values.set(input, this.#input);
  }

  /** A value by its name, if it is computed from the input. */
  find(name: string): ComputedValue | undefined {
    return this.#values.get(name);
  }

  /** The value that a node is given. */
  input(view: NodeView, index = 0): ComputedValue {
    const name = view.input(index);
    return this.find(name) ?? view.refuse(`expected a result of the nodes before, got ${shown(name)}`);
  }

  /** Makes the node's output what the layer gives for the source. */
  push(view: NodeView, source: ComputedValue, layer: OnnxLayer): ComputedValue {
    this.#layerCount++;
    if (this.#layerCount > MAX_LAYERS) view.refuse(`expected a network of at most ${MAX_LAYERS} layers, got more`);
    checkPosition(layer, layersBetween(undefined, source), view.location);
    const shape = outputShape(layer, source.shape, view.location);
    const value = { shape, layer, source, depth: source.depth + 1 };
    this.#values.set(view.output, value);
    return value;
  }

  /** The same with a layer in place of the last one, which was a part of it. */
  replaceLast(view: NodeView, last: ComputedValue, layer: OnnxLayer): void {
    this.#inside.add(last);
    this.push(view, last.source ?? this.#input, layer);
  }

  /** Makes the node's output the sum of its two inputs: a residual block on the value that both come from. */
  join(view: NodeView): void {
    const [a, b] = [this.input(view, 0), this.input(view, 1)];
    if (formatShape(a.shape) !== formatShape(b.shape)) {
      view.refuse(
        `expected the sum of two results of one shape, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      );
    }
    const fork = forkOf(a, b);
    const [first, second] = [this.#branch(view, fork, a), this.#branch(view, fork, b)];
    const [body, shortcut] = first.length > 0 ? [first, second] : [second, first];
    this.push(view, fork, { kind: 'residual', body: body.length > 0 ? body : [{ kind: 'identity' }], shortcut });
  }

  /** The layers of a branch, none of which may be part of another one. */
  #branch(view: NodeView, fork: ComputedValue, end: ComputedValue): readonly OnnxLayer[] {
    for (const value of valuesBetween(fork, end)) {
      if (this.#inside.has(value)) {
        view.refuse('expected branches that part once and meet once, got a result that is in two sums');
      }
      this.#inside.add(value);
    }
    return layersBetween(fork, end);
  }

  /** Puts a normalization first. In the graph it may follow layers that keep all values. */
  normalize(view: NodeView, value: ComputedValue, normalization: OnnxNormalization): void {
    const others = layersBetween(undefined, value).filter(({ kind }) => kind !== 'normalization');
    const blocking = others.find(({ kind }) => !['flatten', 'identity', 'dropout'].includes(kind));
    if (blocking !== undefined) {
      view.refuse(`expected sums and products with constants at the input only, got one behind ${blocking.kind}`);
    }
    let last = this.#input;
    for (const layer of [normalization, ...others]) last = this.push(view, last, layer);
  }

  /** A constant input of a node, as floats. */
  floats(view: NodeView, index: number): Tensor {
    const name = view.input(index);
    const constant = this.constants.get(name) ?? view.refuse(`expected a constant, got ${shown(name)}`);
    const { shape, data } = constant;
    if (data instanceof BigInt64Array || data.length === 0) {
      const kind = data.length === 0 ? 'none' : 'whole numbers';
      return view.refuse(`expected floats, got ${kind} in ${shown(name)}`);
    }
    return tensor(shape, data);
  }

  /** The name and the weight of a layer. A weight belongs to one layer alone. */
  layer(view: NodeView): Pick<OnnxGemm, 'name' | 'weight'> {
    const input = view.input(1);
    const weight = this.floats(view, 1);
    return { name: this.layerName(view, input), weight };
  }

  /**
   * `conv1` for the weight `conv1.weight`, or for the node `/conv1/Conv`; otherwise what the operator is usually called, with a
   * number.
   *
   * @param own the input that belongs to one layer alone
   */
  layerName(view: NodeView, own: string): string {
    if (this.#takenWeights.has(own)) view.refuse(`expected a weight of its own, got ${shown(own)} once more`);
    this.#takenWeights.add(own);
    const { node } = view;
    const base =
      /^(.+)\.(?:weight|running_mean)$/.exec(own)?.[1] ?? moduleOf(node.name) ?? stems[node.operator] ?? 'fc';
    let name = base;
    for (let count = 2; this.#layerNames.has(name); count++) name = `${base}_${count}`;
    this.#layerNames.add(name);
    return name;
  }
}

const stems: Readonly<Record<string, string>> = { Conv: 'conv', BatchNormalization: 'bn' };

/** The module of a node that PyTorch named: `layer1.0.conv1` of `/layer1/layer1.0/conv1/Conv`. */
function moduleOf(node: string): string | undefined {
  const path = /^\/(.+)\/[^/]+$/.exec(node)?.[1]?.split('/');
  return path?.filter((part, at) => !path[at + 1]?.startsWith(`${part}.`)).join('.');
}

/** The last value that both come from. */
function forkOf(one: ComputedValue, other: ComputedValue): ComputedValue {
  let [a, b] = [one, other];
  while (a !== b) {
    // The input is the only value without a source, and every value comes from it.
    if (a.depth >= b.depth && a.source) a = a.source;
    else if (b.source) b = b.source;
  }
  return a;
}

/** The values behind one and up to another that comes from it, in order. */
function valuesBetween(from: ComputedValue | undefined, to: ComputedValue): readonly ComputedValue[] {
  const values: ComputedValue[] = [];
  for (let value: ComputedValue | undefined = to; value !== from && value?.source; value = value.source) {
    values.push(value);
  }
  return values.reverse();
}

/**
 * The layers between a value and another that comes from it, in order.
 *
 * @param from the input, where it is undefined
 */
export function layersBetween(from: ComputedValue | undefined, to: ComputedValue): readonly OnnxLayer[] {
  return valuesBetween(from, to).flatMap(({ layer }) => layer ?? []);
}
