/** Makes the graph of an ONNX model node by node. */
import { formatShape, type Tensor } from '@longhand/tensor';
import { FormatError } from '../format-error';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../onnx/model';

/** A value of the graph. */
export interface GraphValue {
  readonly name: string;
  /** How many axes it has besides the batch. */
  readonly rank: number;
}

/** What a node is made of besides its inputs. */
export interface NodeOptions {
  /** What messages call it. */
  readonly layer: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Default: that of the first input. */
  readonly rank?: number;
}

export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  #count = 0;

  /** A node's result. Inputs without a name are left out. */
  node(operator: string, [first, ...others]: readonly [GraphValue, ...string[]], options: NodeOptions): GraphValue {
    const { layer, attributes = {}, rank = first.rank } = options;
    return { name: this.#pushed(operator, [first.name, ...others], layer, attributes), rank };
  }

  /** A constant that follows from another one, such as a weight with its axes in another order. */
  constant(operator: string, inputs: readonly string[], { layer, attributes = {} }: NodeOptions): string {
    return this.#pushed(operator, inputs, layer, attributes);
  }

  #pushed(
    operator: string,
    inputs: readonly string[],
    name: string,
    attributes: Readonly<Record<string, OnnxAttribute>>,
  ): string {
    this.#count++;
    const output = `value ${this.#count}`;
    this.nodes.push({
      name,
      operator,
      domain: '',
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  }

  /** A weight under a name that it is called by, `conv.weight`; a name that is taken counts on. */
  weight(layer: string, parameter: string, { shape, data }: Tensor): string {
    let name = `${layer}.${parameter}`;
    for (let count = 2; this.initializers.has(name); count++) name = `${layer}_${count}.${parameter}`;
    this.initializers.set(name, { shape, data });
    return name;
  }

  floats(numbers: readonly number[], shape: readonly number[] = []): string {
    return this.#unnamed({ shape, data: Float64Array.from(numbers) });
  }

  integers(numbers: readonly number[]): string {
    return this.#unnamed({ shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) });
  }

  #unnamed(tensor: OnnxTensor): string {
    const name = `constant ${this.initializers.size}`;
    this.initializers.set(name, tensor);
    return name;
  }
}

export const int = (value: number): OnnxAttribute => ({ type: 'int', value });
export const ints = (value: readonly number[]): OnnxAttribute => ({ type: 'ints', value });
export const float = (value: number): OnnxAttribute => ({ type: 'float', value });
export const text = (value: string): OnnxAttribute => ({ type: 'string', value });

/** @throws FormatError unless a weight has so many axes */
export function checkRank({ shape }: Tensor, rank: number, where: string): void {
  if (shape.length === rank) return;
  throw new FormatError(`${where}: expected a weight of ${rank} axes, got ${formatShape(shape)}; save it again`);
}
