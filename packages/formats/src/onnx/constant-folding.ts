/**
 * A graph pass: whatever does not depend on the input's numbers is computed, and casts that only change the precision are left out.
 * Afterwards all constants are initializers, and the shape of every value is known.
 *
 * Graphs compute with shapes, and an open batch size takes part, as a number that stands for it.
 */
import type { Shape } from '@longhand/tensor';
import { constantOperators } from './constant-operators';
import { isFloat } from './constant-types';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './model';
import { NodeView } from './node-view';
import { inferredShape, shapeTensor } from './shape-inference';

/** How many numbers folding may make besides four times those of the file. */
const SPARE_NUMBERS = 2 ** 16;

/** A graph whose constants are initializers, and what is known of its values. */
export interface FoldedGraph {
  readonly graph: OnnxGraph;
  /** By the name of a value, as far as it is known; the batch is the first extent. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Which initializer of the file a constant was made of, by its name. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * The graph without the nodes that compute constants.
 *
 * @param input the name of the input and its shape with the batch
 * @throws FormatError naming the node that cannot be computed
 */
export function foldConstants(graph: OnnxGraph, input: { name: string; shape: Shape }, where: string): FoldedGraph {
  const pass = new Folding(graph, input, where);
  for (const node of graph.nodes) pass.follow(node);
  return pass.result();
}

/** More than a file of this size could need, such as one number for each image: then a node is none of a constant. */
class TooManyNumbers extends Error {}

class Folding {
  readonly #graph: OnnxGraph;
  readonly #where: string;
  readonly #constants: Map<string, OnnxTensor>;
  readonly #shapes = new Map<string, Shape>();
  readonly #origins = new Map<string, string>();
  /** Other names of values: those behind casts. */
  readonly #aliases = new Map<string, string>();
  readonly #nodes: OnnxNode[] = [];
  #left: number;

  constructor(graph: OnnxGraph, { name, shape }: { name: string; shape: Shape }, where: string) {
    this.#graph = graph;
    this.#where = where;
    this.#constants = new Map(graph.initializers);
    for (const [constant, tensor] of this.#constants) this.#shapes.set(constant, tensor.shape);
    this.#shapes.set(name, shape);
    const inAttributes = graph.nodes.flatMap(({ attributes }) => [...attributes.values()]);
    this.#left = [
      ...graph.initializers.values(),
      ...inAttributes.flatMap((of) => (of.type === 'tensor' ? of.value : [])),
    ]
      .map(({ data }) => 4 * data.length)
      .reduce((sum, count) => sum + count, SPARE_NUMBERS);
  }

  follow(given: OnnxNode): void {
    const inputs = given.inputs.map((name) => this.#aliases.get(name) ?? name);
    const node = { ...given, inputs };
    const view = new NodeView(node, this.#where);
    const [output = ''] = node.outputs;
    if (node.domain === '') {
      const constant = this.#folded(view);
      if (constant !== undefined) {
        view.finish();
        this.#constants.set(output, constant);
        this.#shapes.set(output, constant.shape);
        const [first = ''] = inputs;
        this.#origins.set(output, this.#origins.get(first) ?? first);
        return;
      }
      if (node.operator === 'Cast' && isFloat(view.int('to', 0))) {
        this.#aliases.set(output, inputs[0]);
        return;
      }
      const shape = inferredShape({
        view,
        shape: (index) => this.#shapes.get(view.input(index)),
        constant: (index) => this.#constants.get(view.input(index)),
      });
      if (shape !== undefined) this.#shapes.set(output, shape);
    }
    this.#nodes.push(node);
  }

  #folded(view: NodeView): OnnxTensor | undefined {
    const { operator, inputs } = view.node;
    if (operator === 'Shape' || operator === 'Size') {
      const shape = this.#shapes.get(view.input(0));
      return shape && shapeTensor(view, shape);
    }
    const isKnown = inputs.every((name) => name === '' || this.#constants.has(name));
    if (!isKnown || !Object.hasOwn(constantOperators, operator)) return undefined;
    try {
      return constantOperators[operator]({
        view,
        input: (index) => this.#constants.get(view.input(index)),
        take: (count) => this.#taken(count),
      });
    } catch (error) {
      if (error instanceof TooManyNumbers) return undefined;
      throw error;
    }
  }

  #taken(count: number): number {
    if (!(count <= this.#left)) throw new TooManyNumbers();
    this.#left -= count;
    return count;
  }

  result(): FoldedGraph {
    const outputs = this.#graph.outputs.map((value) => ({
      ...value,
      name: this.#aliases.get(value.name) ?? value.name,
    }));
    const graph = { ...this.#graph, outputs, nodes: this.#nodes, initializers: this.#constants };
    return { graph, shapes: this.#shapes, origins: this.#origins };
  }
}
