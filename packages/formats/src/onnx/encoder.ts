/**
 * From plain data to the bytes of an ONNX file: the inverse of the decoder. The same model gives the same bytes.
 */
import { FormatError, shown } from '../format-error';
import { ProtobufWriter } from '../protobuf/protobuf-writer';
import {
  checkNames,
  elementTypes,
  nodeLocation,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
} from './model';
import {
  attributeFields,
  attributeTypes,
  dimensionFields,
  entryFields,
  graphFields,
  modelFields,
  nodeFields,
  operatorSetFields,
  shapeFields,
  tensorFields,
  tensorTypeFields,
  typeFields,
  valueFields,
} from './schema';
import { encodeTensor } from './tensor-proto';

/** For messages. */
const where = 'encodeOnnx';

/**
 * The bytes of an ONNX file, without external data.
 *
 * @throws FormatError for a name that has two meanings, a shape its numbers do not fill, half a character
 * @example
 * const model = onnxOfLayers([{ kind: 'flatten' }], { inputShape: [1, 28, 28] });
 * decodeOnnx(encodeOnnx(model)).opset; // 17
 */
export function encodeOnnx({ irVersion, opset, producer, metadata, graph }: OnnxModel): Uint8Array<ArrayBuffer> {
  checkNames(graph, where);
  const writer = new ProtobufWriter(where)
    .integer(modelFields.irVersion, whole(irVersion, where))
    .text(modelFields.producerName, producer.name)
    .text(modelFields.producerVersion, producer.version)
    .message(modelFields.graph, (inner) => encodeGraph(graph, inner))
    .message(modelFields.operatorSets, (inner) =>
      inner.text(operatorSetFields.domain, '').integer(operatorSetFields.version, whole(opset, where)),
    );
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new FormatError(`${where}: expected a string as metadata ${shown(key)}, got ${shown(value)}`);
    }
    writer.message(modelFields.metadata, (inner) => inner.text(entryFields.key, key).text(entryFields.value, value));
  }
  return writer.finish();
}

function encodeGraph({ name, inputs, outputs, nodes, initializers }: OnnxGraph, writer: ProtobufWriter): void {
  for (const node of nodes) writer.message(graphFields.nodes, (inner) => encodeNode(node, inner));
  writer.text(graphFields.name, name);
  for (const [key, tensor] of initializers) {
    writer.message(graphFields.initializers, (inner) =>
      encodeTensor(tensor, inner.text(tensorFields.name, key), `${where}: initializer ${shown(key)}`),
    );
  }
  for (const value of inputs) writer.message(graphFields.inputs, (inner) => encodeValue(value, inner));
  for (const value of outputs) writer.message(graphFields.outputs, (inner) => encodeValue(value, inner));
}

function encodeNode(node: OnnxNode, writer: ProtobufWriter): void {
  for (const input of node.inputs) writer.text(nodeFields.inputs, input);
  for (const output of node.outputs) writer.text(nodeFields.outputs, output);
  writer.text(nodeFields.name, node.name).text(nodeFields.operator, node.operator);
  for (const [name, attribute] of node.attributes) {
    const location = `${nodeLocation(node, where)}: attribute ${shown(name)}`;
    writer.message(nodeFields.attributes, (inner) => encodeAttribute(name, attribute, inner, location));
  }
  if (node.domain !== '') writer.text(nodeFields.domain, node.domain);
}

function encodeAttribute(name: string, attribute: OnnxAttribute, writer: ProtobufWriter, location: string): void {
  writer.text(attributeFields.name, name);
  switch (attribute.type) {
    case 'float':
      writer.float(attributeFields.float, attribute.value);
      break;
    case 'int':
      writer.integer(attributeFields.int, whole(attribute.value, location));
      break;
    case 'string':
      writer.text(attributeFields.string, attribute.value);
      break;
    case 'floats':
      for (const value of attribute.value) writer.float(attributeFields.floats, value);
      break;
    case 'ints':
      for (const value of attribute.value) writer.integer(attributeFields.ints, whole(value, location));
      break;
    case 'strings':
      for (const value of attribute.value) writer.text(attributeFields.strings, value);
      break;
    case 'tensor':
      writer.message(attributeFields.tensor, (inner) => encodeTensor(attribute.value, inner, location));
      break;
  }
  writer.integer(attributeFields.type, attributeTypes[attribute.type]);
}

function encodeValue({ name, elementType, shape }: OnnxValue, writer: ProtobufWriter): void {
  writer.text(valueFields.name, name).message(valueFields.type, (type) =>
    type.message(typeFields.tensor, (tensor) => {
      tensor.integer(tensorTypeFields.elementType, elementTypes[elementType]);
      if (shape === undefined) return;
      tensor.message(tensorTypeFields.shape, (inner) => {
        for (const extent of shape) {
          inner.message(shapeFields.dimensions, (dimension) => {
            if (typeof extent === 'string') dimension.text(dimensionFields.name, extent);
            else dimension.integer(dimensionFields.extent, whole(extent, `${where}: value ${shown(name)}`));
          });
        }
      });
    }),
  );
}

function whole(value: number, location: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new FormatError(`${location}: expected a whole number within ±2⁵³, got ${value}`);
  }
  return value;
}
