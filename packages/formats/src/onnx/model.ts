/**
 * An ONNX model as plain data, with names in place of the format's field numbers.
 *
 * Specification: https://onnx.ai/onnx/repo-docs/IR.html
 */
import { formatShape, type Shape, sizeOf } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';

/** A model: a graph, and the version of its operators. */
export interface OnnxModel {
  /** The version of the intermediate representation; 8 is the one of opset 17. */
  readonly irVersion: number;
  /** The version of the standard operators. */
  readonly opset: number;
  /** The program that wrote the file. */
  readonly producer: { readonly name: string; readonly version: string };
  /** Free text by name; when read, without a prototype. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the model computes. */
  readonly graph: OnnxGraph;
}

/** Nodes in the order in which they are computed, and the values between them, by name. */
export interface OnnxGraph {
  /** A name for the graph. */
  readonly name: string;
  /** What it is given, without the initializers. */
  readonly inputs: readonly OnnxValue[];
  /** What it gives. */
  readonly outputs: readonly OnnxValue[];
  /** The nodes, each after those whose outputs it takes. */
  readonly nodes: readonly OnnxNode[];
  /** Weights and other constants. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

/** One layer. */
export interface OnnxNode {
  /** May be empty. */
  readonly name: string;
  /** The operator: `Conv`, `Relu`, … */
  readonly operator: string;
  /** The domain of the operator; empty for the standard ones. */
  readonly domain: string;
  /** Names of values; an empty name stands for an omitted input. */
  readonly inputs: readonly string[];
  /** Names of the values that it makes. */
  readonly outputs: readonly string[];
  /** Its attributes, by name. */
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An attribute of a node. Floats are float32 in a file, integers lie within ±2⁵³. */
export type OnnxAttribute =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: OnnxTensor };

/** Numbers with a shape, row-major. Unlike Longhand's tensors, they may be integers, and there may be none. */
export interface OnnxTensor {
  /** Its extents; none for a scalar. */
  readonly shape: Shape;
  /** Its numbers, row-major. */
  readonly data: Float32Array | Float64Array | BigInt64Array;
  /** How integers are written: those of weights have 8 bits. All are read as int64. Default: int64. */
  readonly integerType?: 'int8';
}

/** An input or an output of a graph. */
export interface OnnxValue {
  /** The name by which nodes take it. */
  readonly name: string;
  /** The type of its numbers. */
  readonly elementType: OnnxElementType;
  /** A name stands for an extent that is not fixed (`batch`), an empty name for an unknown one. */
  readonly shape?: readonly (number | string)[];
}

/** The element types of the format and their numbers in a file. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** The element type of a value. */
export type OnnxElementType = keyof typeof elementTypes;

/** The name of an element type; `type` with the number for an unknown one. */
export function elementTypeName(code: number): string {
  return Object.entries(elementTypes).find(([, number]) => number === code)?.[0] ?? `type ${code}`;
}

/** The file and the node, for messages: the node by its name, or by that of its output. */
export function nodeLocation(node: OnnxNode, where: string): string {
  return `${where}: node ${shown(node.name || (node.outputs[0] ?? ''))} (${node.operator})`;
}

/**
 * Refuses a graph in which a name has two meanings, or a value none. An initializer may also be listed as an input:
 * that was the rule before version 4 of the IR.
 *
 * @throws FormatError naming the value
 */
export function checkNames({ inputs, outputs, nodes, initializers }: OnnxGraph, where: string): void {
  const taken = new Set<string>();
  const take = (name: string, of: string): void => {
    if (name === '') throw new FormatError(`${where}: expected a name for every ${of}, got one without`);
    if (taken.has(name)) {
      throw new FormatError(`${where}: expected every value to have a name of its own, got ${shown(name)} twice`);
    }
    taken.add(name);
  };
  for (const { name } of inputs) take(name, 'input');
  for (const name of initializers.keys()) if (!taken.has(name)) take(name, 'initializer');
  for (const node of nodes) {
    if (node.operator === '') {
      throw new FormatError(`${nodeLocation(node, where)}: expected an operator, got none`);
    }
    // An unused output may have no name.
    for (const name of node.outputs) if (name !== '') take(name, 'output');
  }
  for (const { name } of outputs) {
    if (!taken.has(name)) {
      throw new FormatError(`${where}: expected an output that a node computes, got ${shown(name)}`);
    }
  }
}

/** Refuses a tensor whose count of numbers does not match its shape. */
export function checkFilled({ shape, data }: OnnxTensor, where: string): void {
  const sound = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!sound || sizeOf(shape) !== data.length) {
    throw new FormatError(
      `${where}: expected as many numbers as the shape ${shown(formatShape(shape))} has entries, got ${data.length}`,
    );
  }
}
