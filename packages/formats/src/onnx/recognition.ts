/**
 * The recognizer's state: what each value of the graph is computed by. Results of layers form a tree whose root is the input: each
 * has the layer that computes it and the result that this layer is given. A value of the graph is such a result, with its
 * axes in the order that the graph has them in.
 *
 * A sum of two values closes two branches: from the last result that both come from, their fork, each branch is the layers on
 * its way. Both become one residual block on the fork, so blocks within blocks need no further rule.
 */
import { formatShape, type Shape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import { type AxisView, divided, extentsOf, plainView, positions, sameRuns, sameView } from './axis-view';
import type { FoldedGraph } from './constant-folding';
import type { InputAxes } from './input-axes';
import { checkPosition, type OnnxGemm, type OnnxLayer, type OnnxNormalization, outputShape } from './layer';
import type { OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { shapeText } from './open-batch';

/** What a layer gives. */
export interface LayerResult {
  /** For one input, in the layers' own order: `[channels, height, width]` or a list. */
  readonly shape: Shape;
  /** The layer that computes it; absent for the input itself. */
  readonly layer?: OnnxLayer;
  /** What that layer is given. */
  readonly source?: LayerResult;
  /** The number of layers from the input on. */
  readonly depth: number;
}

/** A value of the graph that is computed from the input. */
export interface ComputedValue {
  readonly result: LayerResult;
  /** The axes of the value without the batch, over the entries of the result. */
  readonly view: AxisView;
  /** Zeros that a Pad has put around the image: `[top, left, bottom, right]`. */
  readonly pads?: readonly number[];
  /** Whether it is the index of the largest entry, which only the output may be. */
  readonly isIndex?: boolean;
}

/** The most layers of a network. Some checks look at all layers before, so the number is bounded. */
const MAX_LAYERS = 1000;

/** What is known of a graph's values while its nodes are followed in order. */
export class Recognition {
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #origins: ReadonlyMap<string, string>;
  readonly #input: LayerResult;
  readonly #values = new Map<string, ComputedValue>();
  /** Results that have become part of another layer: of a block, or of one that several nodes make. */
  readonly #inside = new Set<LayerResult>();
  readonly #layerNames = new Set<string>();
  #layerCount = 0;

  constructor({ graph, shapes, origins }: FoldedGraph, input: string, { shape, view }: InputAxes) {
    this.constants = graph.initializers;
    this.#shapes = shapes;
    this.#origins = origins;
    this.#input = { shape, depth: 0 };
    this.#values.set(input, { result: this.#input, view });
  }

  /** A value by its name, if it is computed from the input. */
  find(name: string): ComputedValue | undefined {
    return this.#values.get(name);
  }

  /** The value that a node is given. */
  input(view: NodeView, index = 0): ComputedValue {
    const value = this.paddedInput(view, index);
    if (value.pads !== undefined) view.refuse('expected a convolution or a mean behind a Pad, got something else');
    return value;
  }

  /** The same for a node that knows what to do with zeros around the image. */
  paddedInput(view: NodeView, index = 0): ComputedValue {
    const name = view.input(index);
    const value = this.find(name) ?? view.refuse(`expected a result of the nodes before, got ${shown(name)}`);
    if (value.isIndex) view.refuse('expected nothing behind ArgMax, got more');
    return value;
  }

  /** The value `[channels, …spatial axes]` that a node is given, or a list. */
  ordered(view: NodeView, value: ComputedValue): ComputedValue {
    const { shape } = value.result;
    if (sameView(value.view, plainView(shape))) return value;
    return view.refuse(
      `expected axes in the order of ${formatShape(shape)}, channels first, got ${formatShape(extentsOf(value.view))}`,
    );
  }

  /**
   * The value as a list, behind a flatten layer if it is none yet.
   *
   * @returns the list, and where each entry of the graph's value is in it; undefined for the same order
   */
  list(view: NodeView, value: ComputedValue): { list: ComputedValue; order?: Int32Array } {
    const size = sizeOf(value.result.shape);
    const isPlain = sameRuns(value.view.flat(), plainView([size])[0]);
    const list = value.result.shape.length === 1 ? value : this.push(view, value, { kind: 'flatten' });
    return isPlain ? { list } : { list, order: positions(value.view) };
  }

  /** Makes the node's output what the layer gives for the source, with axes in the layers' order unless it says another. */
  push(view: NodeView, source: ComputedValue, layer: OnnxLayer, axes?: AxisView): ComputedValue {
    const result = this.#pushed(view, source.result, layer);
    return this.put(view, { result, view: axes ?? plainView(result.shape) });
  }

  /** The same for a layer that takes each entry by itself: axes stay as they are. */
  pushElementwise(view: NodeView, source: ComputedValue, layer: OnnxLayer): ComputedValue {
    return this.push(view, source, layer, source.view);
  }

  /** The same with a layer in place of the last one, which was a part of it. */
  replaceLast(view: NodeView, last: ComputedValue, layer: OnnxLayer): ComputedValue {
    const { result } = last;
    this.#inside.add(result);
    return this.put(view, { result: this.#pushed(view, result.source ?? this.#input, layer), view: last.view });
  }

  #pushed(view: NodeView, source: LayerResult, layer: OnnxLayer): LayerResult {
    this.#layerCount++;
    if (this.#layerCount > MAX_LAYERS) view.refuse(`expected a network of at most ${MAX_LAYERS} layers, got more`);
    checkPosition(layer, layersBetween(undefined, source), view.location);
    return { shape: outputShape(layer, source.shape, view.location), layer, source, depth: source.depth + 1 };
  }

  /** Makes the node's output a value. */
  put(view: NodeView, value: ComputedValue): ComputedValue {
    this.#values.set(view.output, value);
    return value;
  }

  /**
   * Makes the node's output the same entries with other axes. One axis in the layers' order is what a flatten layer gives; axes
   * that a list gets again undo that layer.
   */
  putAxes(view: NodeView, value: ComputedValue, axes: AxisView): void {
    const { result } = value;
    if (axes.length === 1 && result.shape.length > 1 && sameView(axes, plainView([sizeOf(result.shape)]))) {
      this.push(view, value, { kind: 'flatten' });
      return;
    }
    const undone = axes.length > 1 && result.layer?.kind === 'flatten' ? result.source : undefined;
    this.put(view, { ...value, result: undone ?? result, view: axes });
  }

  /** The same entries in the shape that the node's output has. */
  putReshaped(view: NodeView, value: ComputedValue): void {
    const [batch, ...extents] = this.#shapes.get(view.output) ?? view.refuse('expected a shape that the graph fixes');
    const axes = batch === this.#batch ? divided(value.view.flat(), extents) : undefined;
    if (axes === undefined) {
      const given = [this.#batch, ...extentsOf(value.view)];
      view.refuse(`expected axes of ${shapeText(given)} joined or divided, got ${shapeText([batch, ...extents])}`);
    }
    this.putAxes(view, value, axes);
  }

  /** The batch size, or what stands for an open one. */
  get #batch(): number {
    const [first] = this.#values.keys();
    return this.#shapes.get(first)?.[0] ?? 1;
  }

  /** Makes the node's output the sum of its two inputs: a residual block on the value that both come from. */
  join(view: NodeView): void {
    const [a, b] = [this.input(view, 0), this.input(view, 1)];
    const [one, other] = [a, b].map(({ result }) => result);
    if (formatShape(one.shape) !== formatShape(other.shape) || !sameView(a.view, b.view)) {
      view.refuse(
        `expected the sum of two results of one shape, got ${formatShape(extentsOf(a.view))} and ${formatShape(extentsOf(b.view))}`,
      );
    }
    const fork = forkOf(one, other);
    const [first, second] = [this.#branch(view, fork, one), this.#branch(view, fork, other)];
    const [body, shortcut] = first.length > 0 ? [first, second] : [second, first];
    const layer = { body: body.length > 0 ? body : ([{ kind: 'identity' }] as const), shortcut };
    this.put(view, { result: this.#pushed(view, fork, { kind: 'residual', ...layer }), view: a.view });
  }

  /** The layers of a branch, none of which may be part of another one. */
  #branch(view: NodeView, fork: LayerResult, end: LayerResult): readonly OnnxLayer[] {
    for (const value of valuesBetween(fork, end)) {
      if (this.#inside.has(value)) {
        view.refuse('expected branches that part once and meet once, got a result that is in two sums');
      }
      this.#inside.add(value);
    }
    return layersBetween(fork, end);
  }

  /** Whether only layers that keep all numbers lie between the input and a value. */
  isAtInput({ result }: ComputedValue): boolean {
    return layersBetween(undefined, result).every(({ kind }) => keepingNumbers.includes(kind));
  }

  /** Puts a normalization first. In the graph it may follow layers that keep all values. */
  normalize(view: NodeView, value: ComputedValue, normalization: OnnxNormalization): void {
    const others = layersBetween(undefined, value.result).filter(({ kind }) => kind !== 'normalization');
    let last = this.#input;
    for (const layer of [normalization, ...others]) last = this.#pushed(view, last, layer);
    this.put(view, { result: last, view: value.view });
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

  /** The name and the weight of a layer. */
  layer(view: NodeView): Pick<OnnxGemm, 'name' | 'weight'> {
    return { name: this.layerName(view, view.input(1)), weight: this.floats(view, 1) };
  }

  /**
   * `conv1` for the weight `conv1.weight`, or for the node `/conv1/Conv`; otherwise what the operator is usually called, with a
   * number. A weight that two nodes share belongs to two layers.
   *
   * @param own the input that the layer is called after
   * @param usual Default: what the operator's layer is.
   */
  layerName(view: NodeView, own: string, usual = stems[view.node.operator] ?? 'fc'): string {
    const { node } = view;
    const origin = this.#origins.get(own) ?? own;
    const base = /^(.+)\.(?:weight|running_mean)$/.exec(origin)?.[1] ?? moduleOf(node.name) ?? usual;
    let name = base;
    for (let count = 2; this.#layerNames.has(name); count++) name = `${base}_${count}`;
    this.#layerNames.add(name);
    return name;
  }
}

/** Layers that keep all numbers as they are. */
const keepingNumbers: readonly string[] = ['normalization', 'flatten', 'identity', 'dropout'];

const stems: Readonly<Record<string, string>> = { Conv: 'conv', BatchNormalization: 'bn' };

/** The module of a node that PyTorch named: `layer1.0.conv1` of `/layer1/layer1.0/conv1/Conv`. */
function moduleOf(node: string): string | undefined {
  const path = /^\/(.+)\/[^/]+$/.exec(node)?.[1]?.split('/');
  return path?.filter((part, at) => !path[at + 1]?.startsWith(`${part}.`)).join('.');
}

/** The last result that both come from. */
function forkOf(one: LayerResult, other: LayerResult): LayerResult {
  let [a, b] = [one, other];
  while (a !== b) {
    // The input is the only value without a source, and every value comes from it.
    if (a.depth >= b.depth && a.source) a = a.source;
    else if (b.source) b = b.source;
  }
  return a;
}

/** The results behind one and up to another that comes from it, in order. */
function valuesBetween(from: LayerResult | undefined, to: LayerResult): readonly LayerResult[] {
  const values: LayerResult[] = [];
  for (let value: LayerResult | undefined = to; value !== from && value?.source; value = value.source) {
    values.push(value);
  }
  return values.reverse();
}

/**
 * The layers between a result and another that comes from it, in order.
 *
 * @param from the input, where it is undefined
 */
export function layersBetween(from: LayerResult | undefined, to: LayerResult): readonly OnnxLayer[] {
  return valuesBetween(from, to).flatMap(({ layer }) => layer ?? []);
}
