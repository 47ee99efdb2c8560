/**
 * A graph imported as a chain of operations: the current value, and everything that later nodes may refer to.
 */
import { type Shape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxGraph, OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { checkPosition, type OnnxGemm, type OnnxNormalization, type OnnxOperation, outputShape } from './operation';

/** A shape that a graph computes; `'batch'` stands for an open batch size, and a scalar is a list of one. */
export type Extents = readonly (number | 'batch')[];

/** The most operations of a chain. Some checks look at all operations before, so the number is bounded. */
const MAX_OPERATIONS = 1000;

/** The state of the import while it follows the nodes in order. */
export class Chain {
  readonly operations: OnnxOperation[] = [];
  /** The name of the current value: the output of the operations so far. */
  current: string;
  /** The name of the last operation's input. */
  previous = '';
  /** The shape of the current value for one input. */
  shape: Shape;
  /** The batch size, or `'batch'` if it is open. */
  readonly batch: number | 'batch';
  readonly constants: Map<string, OnnxTensor>;
  /** The shapes that the graph computes as values, by name; and the shapes of the values themselves. */
  readonly extents = new Map<string, Extents>();
  readonly shapes = new Map<string, Shape>();
  readonly #inputShape: Shape;
  readonly #layerNames = new Set<string>();
  readonly #takenWeights = new Set<string>();

  constructor(graph: OnnxGraph, input: string, shape: Shape, batch: number | 'batch') {
    this.constants = new Map(graph.initializers);
    this.current = input;
    this.shape = shape;
    this.#inputShape = shape;
    this.batch = batch;
    this.shapes.set(input, shape);
  }

  /** Refuses a node whose input is not the current value. */
  expectCurrent(view: NodeView, index = 0): void {
    const input = view.input(index);
    if (input !== this.current) {
      view.refuse(`expected ${shown(this.current)}, the result before, got ${shown(input)}; branches are not known`);
    }
  }

  /** Appends the operation of a node. */
  push(view: NodeView, operation: OnnxOperation): void {
    if (this.operations.length >= MAX_OPERATIONS)
      view.refuse(`expected a network of at most ${MAX_OPERATIONS} operations, got more`);
    checkPosition(operation, this.operations, view.location);
    this.shape = outputShape(operation, this.shape, view.location);
    this.operations.push(operation);
    this.previous = this.current;
    this.pass(view);
  }

  /** Replaces the last operation, which was a part of the node's operation. */
  replaceLast(view: NodeView, operation: OnnxOperation): void {
    this.operations[this.operations.length - 1] = operation;
    this.pass(view);
  }

  /** Puts a normalization first. In the graph it may follow operations that keep all values. */
  normalize(view: NodeView, normalization: OnnxNormalization): void {
    const others = this.operations.filter(({ kind }) => kind !== 'normalization');
    const blocking = others.find(({ kind }) => kind !== 'flatten' && kind !== 'identity');
    if (blocking !== undefined) {
      view.refuse(`expected sums and products with constants at the input only, got one behind ${blocking.kind}`);
    }
    outputShape(normalization, this.#inputShape, view.location);
    this.operations.splice(0, this.operations.length, normalization, ...others);
    this.pass(view);
  }

  /** Makes the node's output the current value without a further operation. */
  pass(view: NodeView): void {
    this.current = view.output;
    this.shapes.set(this.current, this.shape);
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
    if (this.#takenWeights.has(input)) view.refuse(`expected a weight of its own, got ${shown(input)} once more`);
    this.#takenWeights.add(input);
    return { name: this.#layerName(view, input), weight };
  }

  /** `conv1` for the weight `conv1.weight`, or for the node `/conv1/Conv`; otherwise `conv` or `fc` with a number. */
  #layerName({ node }: NodeView, weight: string): string {
    const module = /^(.+)\.weight$/.exec(weight)?.[1] ?? /^\/(.+)\/[^/]+$/.exec(node.name)?.[1]?.replaceAll('/', '.');
    const base = module ?? (node.operator === 'Conv' ? 'conv' : 'fc');
    let name = base;
    for (let count = 2; this.#layerNames.has(name); count++) name = `${base}_${count}`;
    this.#layerNames.add(name);
    return name;
  }
}
