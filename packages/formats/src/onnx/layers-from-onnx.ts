/**
 * The layers of an ONNX graph, in the forms that PyTorch's exporters write. First passes over the graph bring it into a simpler form,
 * then the recognizer follows the nodes from the input to the output and refuses unsupported ones by name.
 */
import type { Shape } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import { foldActivations } from './composed-activations';
import type { OnnxNetwork } from './layer';
import type { OnnxModel, OnnxValue } from './model';
import { neededNodes } from './needed-nodes';
import { NodeView } from './node-view';
import { operatorPatterns } from './operator-patterns';
import { layersBetween, Recognition } from './recognition';

/** Before this version some operators had other inputs. */
const MIN_OPSET = 7;

/**
 * The layers of a model, and the shape of one input.
 *
 * Supported are Conv (also with `auto_pad`), BatchNormalization, MaxPool, AveragePool, GlobalAveragePool and ReduceMean over the
 * axes of an image, Gemm, MatMul followed by Add, Flatten and Reshape to rows, Relu, LeakyRelu, Clip from 0 to 6, Sigmoid, Tanh,
 * x · sigmoid(x) and Swish as silu, HardSwish and Gelu, also in several nodes, Add and Sum of two branches as a residual block,
 * Softmax and LogSoftmax at the end, Identity, Dropout, and sums and products with constants at the input as one normalization,
 * which comes first. Layers get the names of their weights (`conv1` of `conv1.weight`). Nodes that the output does not need are
 * not looked at.
 *
 * @param where the file's name, for messages
 * @throws FormatError naming the node that is unsupported or does not fit the one before
 * @example layersOfOnnx(decodeOnnx(bytes, 'digits.onnx'), 'digits.onnx').layers.map(({ kind }) => kind)
 */
export function layersOfOnnx({ opset, graph: given }: OnnxModel, where = 'onnx'): OnnxNetwork {
  if (opset < MIN_OPSET) {
    throw new FormatError(`${where}: expected opset ${MIN_OPSET} or newer, got ${opset}; export it again`);
  }
  // Before version 4 of the IR, weights were listed as inputs too.
  const inputs = given.inputs.filter(({ name }) => !given.initializers.has(name));
  const input = only(inputs, 'input', where);
  const output = only(given.outputs, 'output', where);
  const { shape, batch } = inputExtents(input, where);
  const graph = foldActivations(neededNodes(given));
  const recognition = new Recognition(graph, input.name, shape, batch);
  for (const node of graph.nodes) {
    const view = new NodeView(node, where);
    if (node.domain !== '' || !Object.hasOwn(operatorPatterns, node.operator)) {
      view.refuse(`not one of the operators that this project knows: ${Object.keys(operatorPatterns).join(', ')}`);
    }
    operatorPatterns[node.operator](recognition, view);
    view.finish();
  }
  const result = recognition.find(output.name);
  if (result === undefined) {
    throw new FormatError(`${where}: expected an output that depends on the input, got ${shown(output.name)}`);
  }
  return { inputShape: shape, layers: layersBetween(undefined, result) };
}

function only(values: readonly OnnxValue[], what: string, where: string): OnnxValue {
  if (values.length !== 1) {
    const names = values.map(({ name }) => shown(name)).slice(0, 3);
    throw new FormatError(`${where}: expected one ${what}, got ${[values.length, ...names].join(' ')}`);
  }
  return values[0];
}

function inputExtents({ name, shape = [] }: OnnxValue, where: string): { shape: Shape; batch: number | 'batch' } {
  const [batch, ...rest] = shape;
  const extents = rest.filter((extent) => typeof extent === 'number').filter((extent) => extent >= 1);
  if (rest.length < 1 || rest.length > 3 || extents.length < rest.length) {
    throw new FormatError(
      `${where}: input ${shown(name)}: expected a batch and one to three fixed extents, got ${shown(shape)}`,
    );
  }
  return { shape: extents, batch: typeof batch === 'number' ? batch : 'batch' };
}
