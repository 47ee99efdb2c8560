/**
 * The fields of the messages in an ONNX file, by their numbers in the wire format. Fields that are not in this list are
 * skipped.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */

export const modelFields = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  graph: 7,
  operatorSets: 8,
  metadata: 14,
} as const;

export const operatorSetFields = { domain: 1, version: 2 } as const;

/** A key with a string value. */
export const entryFields = { key: 1, value: 2 } as const;

export const graphFields = {
  nodes: 1,
  name: 2,
  initializers: 5,
  inputs: 11,
  outputs: 12,
  sparseInitializers: 15,
} as const;

export const nodeFields = { inputs: 1, outputs: 2, name: 3, operator: 4, attributes: 5, domain: 7 } as const;

export const attributeFields = {
  name: 1,
  float: 2,
  int: 3,
  string: 4,
  tensor: 5,
  floats: 7,
  ints: 8,
  strings: 9,
  type: 20,
} as const;

/** The types of an attribute: the number in its field `type`. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

export const tensorFields = {
  shape: 1,
  elementType: 2,
  float32s: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  float64s: 10,
  externalData: 13,
  location: 14,
} as const;

export const valueFields = { name: 1, type: 2 } as const;
export const typeFields = { tensor: 1 } as const;
export const tensorTypeFields = { elementType: 1, shape: 2 } as const;
export const shapeFields = { dimensions: 1 } as const;
export const dimensionFields = { extent: 1, name: 2 } as const;
