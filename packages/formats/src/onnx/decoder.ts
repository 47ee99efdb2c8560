/**
 * From the bytes of an ONNX file to plain data. The decoder follows the messages of the schema, at most six levels deep. It runs
 * no code, opens no file by itself, and checks every length against the file before it allocates that length.
 */
import { checkBytes, FormatError, shown } from '../format-error';
import { ProtobufMessage } from '../protobuf/protobuf-reader';
import { ExternalFiles, type OnnxSource } from './external-data';
import {
  checkNames,
  elementTypeName,
  elementTypes,
  nodeLocation,
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
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
import { decodeTensor } from './tensor-proto';

/**
 * The model of an ONNX file. Fields that Longhand does not use (documentation, functions, shapes within the graph) are
 * skipped; float16 and bfloat16 become float32, integers and booleans int64. Subgraphs, sparse tensors and tensors of other types
 * are refused by name, and so are numbers in other files, unless the option `external` reads these.
 *
 * The result takes at most ten times the size of the file, which happens for integers of one byte there and eight here,
 * plus 100 MB for many small messages. Weights take their size in the file.
 *
 * @param where the file's name, for messages
 * @throws FormatError for anything but a whole and well-formed file
 * @example
 * const bytes = encodeOnnx(onnxOfLayers([{ kind: 'flatten' }, { kind: 'relu' }], { inputShape: [1, 28, 28] }));
 * decodeOnnx(bytes, 'digits.onnx').graph.nodes.map(({ operator }) => operator); // [ 'Flatten', 'Relu' ]
 */
export function decodeOnnx(bytes: Uint8Array, where = 'onnx', source: OnnxSource = {}): OnnxModel {
  checkBytes(bytes, where);
  const message = ProtobufMessage.of(bytes, where, source);
  const files = new ExternalFiles(source);
  const graph = message.message(modelFields.graph);
  if (graph === undefined) throw new FormatError(`${where}: expected a graph, got none; is this an ONNX file?`);
  return {
    irVersion: message.integer(modelFields.irVersion),
    opset: decodeOpset(message, where),
    producer: { name: message.text(modelFields.producerName), version: message.text(modelFields.producerVersion) },
    metadata: decodeMetadata(message, where),
    graph: decodeGraph(graph, where, files),
  };
}

function decodeOpset(message: ProtobufMessage, where: string): number {
  for (const set of message.messages(modelFields.operatorSets)) {
    const version = set.integer(operatorSetFields.version);
    if (isStandard(set.text(operatorSetFields.domain)) && version > 0) return version;
  }
  throw new FormatError(`${where}: expected the version of ONNX's operators, got none; is this an ONNX file?`);
}

/** The standard operators have no domain, or their own name as domain. */
function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function decodeMetadata(message: ProtobufMessage, where: string): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  for (const entry of message.messages(modelFields.metadata)) {
    const key = entry.text(entryFields.key);
    if (key in metadata) {
      throw new FormatError(`${where}: expected every name once in the metadata, got ${shown(key)} twice`);
    }
    metadata[key] = entry.text(entryFields.value);
  }
  return metadata;
}

function decodeGraph(message: ProtobufMessage, where: string, files: ExternalFiles): OnnxGraph {
  if (message.has(graphFields.sparseInitializers)) {
    throw new FormatError(`${where}: expected dense initializers, got a sparse one; export it as a dense tensor`);
  }
  const graph = {
    name: message.text(graphFields.name),
    inputs: message.messages(graphFields.inputs).map((value) => decodeValue(value, where)),
    outputs: message.messages(graphFields.outputs).map((value) => decodeValue(value, where)),
    nodes: message.messages(graphFields.nodes).map((node) => decodeNode(node, where, files)),
    initializers: decodeInitializers(message, where, files),
  };
  checkNames(graph, where);
  return graph;
}

function decodeInitializers(message: ProtobufMessage, where: string, files: ExternalFiles): Map<string, OnnxTensor> {
  const initializers = new Map<string, OnnxTensor>();
  for (const initializer of message.messages(graphFields.initializers)) {
    const name = initializer.text(tensorFields.name);
    const location = `${where}: initializer ${shown(name)}`;
    if (initializers.has(name)) {
      throw new FormatError(`${location}: expected every initializer to have a name of its own, got two of this name`);
    }
    initializers.set(name, decodeTensor(initializer, location, files));
  }
  return initializers;
}

function decodeValue(message: ProtobufMessage, where: string): OnnxValue {
  const name = message.text(valueFields.name);
  const tensor = message.message(valueFields.type)?.message(typeFields.tensor);
  if (tensor === undefined) {
    throw new FormatError(`${where}: value ${shown(name)}: expected the type of a tensor, got none`);
  }
  const elementType = elementTypeName(tensor.integer(tensorTypeFields.elementType));
  if (!isElementType(elementType)) {
    throw new FormatError(
      `${where}: value ${shown(name)}: expected one of ${Object.keys(elementTypes).join(', ')}, got ${elementType}`,
    );
  }
  const shape = tensor.message(tensorTypeFields.shape);
  if (shape === undefined) return { name, elementType };
  const extents = shape
    .messages(shapeFields.dimensions)
    .map((dimension) =>
      dimension.has(dimensionFields.extent)
        ? dimension.integer(dimensionFields.extent)
        : dimension.text(dimensionFields.name),
    );
  return { name, elementType, shape: extents };
}

function isElementType(name: string): name is OnnxElementType {
  return Object.hasOwn(elementTypes, name);
}

function decodeNode(message: ProtobufMessage, where: string, files: ExternalFiles): OnnxNode {
  const domain = message.text(nodeFields.domain);
  const attributes = new Map<string, OnnxAttribute>();
  const node: OnnxNode = {
    name: message.text(nodeFields.name),
    operator: message.text(nodeFields.operator),
    domain: isStandard(domain) ? '' : domain,
    inputs: message.texts(nodeFields.inputs),
    outputs: message.texts(nodeFields.outputs),
    attributes,
  };
  for (const attribute of message.messages(nodeFields.attributes)) {
    const name = attribute.text(attributeFields.name);
    const location = `${nodeLocation(node, where)}: attribute ${shown(name)}`;
    if (attributes.has(name)) throw new FormatError(`${location}: expected every attribute once, got it twice`);
    attributes.set(name, decodeAttribute(attribute, location, files));
  }
  return node;
}

function decodeAttribute(message: ProtobufMessage, where: string, files: ExternalFiles): OnnxAttribute {
  const type = message.integer(attributeFields.type);
  switch (type) {
    case attributeTypes.float:
      return { type: 'float', value: message.float32s(attributeFields.float).at(-1) ?? 0 };
    case attributeTypes.int:
      return { type: 'int', value: message.integer(attributeFields.int) };
    case attributeTypes.string:
      return { type: 'string', value: message.text(attributeFields.string) };
    case attributeTypes.floats:
      return { type: 'floats', value: [...message.float32s(attributeFields.floats)] };
    case attributeTypes.ints:
      return { type: 'ints', value: message.integers(attributeFields.ints) };
    case attributeTypes.strings:
      return { type: 'strings', value: message.texts(attributeFields.strings) };
    case attributeTypes.tensor: {
      const tensor = message.message(attributeFields.tensor);
      if (tensor === undefined) throw new FormatError(`${where}: expected a tensor, got none`);
      return { type: 'tensor', value: decodeTensor(tensor, where, files) };
    }
    default:
      throw new FormatError(`${where}: expected numbers, text or a tensor, got type ${type} (subgraphs are not read)`);
  }
}
