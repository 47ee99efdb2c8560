/**
 * A graph read as a chain: the value that the operations so far give, and everything that later nodes may ask for.
 */
import { type Shape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxGraph, OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { checkPosition, type OnnxGemm, type OnnxNormalization, type OnnxOperation, outputShape } from './operation';

/** A shape that a graph computes, the open batch in it as a word; a single number is a list of one. */
export type Extents = readonly (number | 'batch')[];

/** Far more than any chain of layers has; some checks look at all operations before. */
const LONGEST = 1000;

/** The state while the nodes are followed one after the other. */
export class Chain {
  readonly operations: OnnxOperation[] = [];
  /** The value that the operations so far give. */
  current: string;
  /** The value that the last operation took. */
  previous = '';
  /** The shape of the current value for one input. */
  shape: Shape;
  /** How many inputs at once, or `'batch'` if that is open. */
  readonly batch: number | 'batch';
  readonly constants: Map<string, OnnxTensor>;
  /** The shapes that the graph computes, and those of all values on the way. */
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

  /** Refuses a node that does not take the result of the one before. */
  expectCurrent(view: NodeView, index = 0): void {
    const input = view.input(index);
    if (input !== this.current) {
      view.refuse(`expected ${shown(this.current)}, the result before, got ${shown(input)}; branches are not known`);
    }
  }

  /** The node's operation is the next one. */
  push(view: NodeView, operation: OnnxOperation): void {
    if (this.operations.length >= LONGEST) view.refuse(`expected a network of at most ${LONGEST} operations, got more`);
    checkPosition(operation, this.operations, view.location);
    this.shape = outputShape(operation, this.shape, view.location);
    this.operations.push(operation);
    this.previous = this.current;
    this.pass(view);
  }

  /** The node's operation takes the location of the last one, which was a part of it. */
  replaceLast(view: NodeView, operation: OnnxOperation): void {
    this.operations[this.operations.length - 1] = operation;
    this.pass(view);
  }

  /** A normalization comes first. It may be found behind operations that leave each number as it is. */
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

  /** Goes on behind a node that changes nothing. */
  pass(view: NodeView): void {
    this.current = view.output;
    this.shapes.set(this.current, this.shape);
  }

  /** The floats that a node computes with. */
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

  /** `conv1` of `conv1.weight`, or of the node `/conv1/Conv`, or made up. */
  #layerName({ node }: NodeView, weight: string): string {
    const module = /^(.+)\.weight$/.exec(weight)?.[1] ?? /^\/(.+)\/[^/]+$/.exec(node.name)?.[1]?.replaceAll('/', '.');
    const base = module ?? (node.operator === 'Conv' ? 'conv' : 'fc');
    let name = base;
    for (let count = 2; this.#layerNames.has(name); count++) name = `${base}_${count}`;
    this.#layerNames.add(name);
    return name;
  }
}
