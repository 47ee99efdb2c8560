/**
 * Typed access to a node for the operator patterns: attributes with the standard's defaults, and refusals that name the
 * node. An attribute that no pattern has read may change the meaning of the node, so it is refused too.
 */
import { formatShape } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import { nodeLocation, type OnnxAttribute, type OnnxNode } from './model';

export class NodeView {
  readonly node: OnnxNode;
  /** The file and the node, for messages. */
  readonly location: string;
  readonly #used = new Set<string>();

  constructor(node: OnnxNode, where: string) {
    this.node = node;
    this.location = nodeLocation(node, where);
  }

  /** The name of an input; empty if it is omitted. */
  input(index: number): string {
    return this.node.inputs[index] ?? '';
  }

  /** The name of the first output, the only one that other nodes may use. */
  get output(): string {
    return this.node.outputs[0] ?? '';
  }

  int(name: string, defaultValue: number): number {
    return this.#attribute(name, 'int')?.value ?? defaultValue;
  }

  float(name: string, defaultValue: number): number {
    return this.#attribute(name, 'float')?.value ?? defaultValue;
  }

  text(name: string, defaultValue: string): string {
    return this.#attribute(name, 'string')?.value ?? defaultValue;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'ints')?.value;
  }

  /** An attribute of any type. */
  any(name: string): OnnxAttribute | undefined {
    this.#used.add(name);
    return this.node.attributes.get(name);
  }

  /** Refuses an attribute with another value than the supported one. */
  expect(name: string, given: number, expected: number): void {
    if (given !== expected) this.refuse(`expected ${name} ${expected}, got ${given}`);
  }

  /** Refuses a list that contains another value than the supported one. */
  expectAll(name: string, expected: number): void {
    const given = this.ints(name) ?? [];
    if (given.some((value) => value !== expected)) {
      this.refuse(`expected ${name} of ${expected}, got ${shown(formatShape(given))}`);
    }
  }

  /** Refuses attributes that no pattern has read. */
  finish(): void {
    for (const name of this.node.attributes.keys()) {
      if (!this.#used.has(name)) this.refuse(`expected no attribute ${shown(name)}: this project does not know it`);
    }
  }

  refuse(message: string): never {
    throw new FormatError(`${this.location}: ${message}`);
  }

  #attribute<Type extends OnnxAttribute['type']>(name: string, type: Type): OfType<Type> | undefined {
    const attribute = this.any(name);
    if (attribute === undefined || isOfType(attribute, type)) return attribute;
    return this.refuse(`attribute ${shown(name)}: expected ${type}, got ${attribute.type}`);
  }
}

type OfType<Type extends OnnxAttribute['type']> = Extract<OnnxAttribute, { type: Type }>;

function isOfType<Type extends OnnxAttribute['type']>(attribute: OnnxAttribute, type: Type): attribute is OfType<Type> {
  return attribute.type === type;
}
