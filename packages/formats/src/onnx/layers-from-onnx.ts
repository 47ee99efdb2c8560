/**
 * The layers of an ONNX graph, in the forms that the exporters of PyTorch and Keras write. First passes over the graph bring it into a
 * simpler form: nodes in order, constants computed, activations of several nodes as one. Then the recognizer follows the
 * nodes from the input to the output and refuses unsupported ones by name.
 */
import { formatShape, type Shape, sizeOf } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import { plainView, sameRuns } from './axis-view';
import { foldActivations } from './composed-activations';
import { foldConstants } from './constant-folding';
import { inputAxes } from './input-axes';
import type { OnnxNetwork } from './layer';
import type { OnnxGraph, OnnxModel, OnnxValue } from './model';
import { NodeView } from './node-view';
import { OPEN_BATCH } from './open-batch';
import { operatorPatterns } from './operator-patterns';
import { orderedNodes } from './ordered-nodes';
import { layersBetween, Recognition } from './recognition';

/** Before this version some operators had other inputs. */
const MIN_OPSET = 7;

/** What {@link layersOfOnnx} knows besides the graph. */
export interface RecognitionOptions {
  /**
   * The shape of one input where the graph does not say which axes it has, since it flattens it at once. Default: `[1, h, w]`
   * for two extents, channels last where only the last of three extents is 1, 3 or 4.
   */
  readonly inputShape?: Shape;
}

/**
 * The layers of a model, and the shape of one input, channels first.
 *
 * Supported are Conv (also with `auto_pad`, and behind a Pad of zeros), BatchNormalization, MaxPool, AveragePool, their global forms,
 * Gemm and MatMul, Relu, LeakyRelu, PRelu with one slope, Clip from 0 to 6 and Max and Min of the same meaning, Sigmoid, Tanh,
 * x · sigmoid(x) and Swish as silu, HardSwish and Gelu, also in several nodes, Add and Sum of two branches as a residual block,
 * Softmax, LogSoftmax and ArgMax at the end, Identity, Dropout, and sums and products with constants: at the input one
 * normalization, which comes first, elsewhere a part of the layer before. Reshape, Flatten, Squeeze, Unsqueeze and Transpose
 * only order entries, which weights behind them follow. Layers get the names of their weights (`conv1` of `conv1.weight`). Nodes that
 * the output does not need are not looked at, and what depends on no input is computed.
 *
 * @param where the file's name, for messages
 * @throws FormatError naming the node that is unsupported or does not fit the one before
 * @example
 * const model = onnxOfLayers([{ kind: 'relu' }, { kind: 'flatten' }], { inputShape: [1, 28, 28] });
 * layersOfOnnx(model, 'digits.onnx').layers.map(({ kind }) => kind); // [ 'relu', 'flatten' ]
 */
export function layersOfOnnx(
  { opset, graph: given }: OnnxModel,
  where = 'onnx',
  { inputShape }: RecognitionOptions = {},
): OnnxNetwork {
  if (opset < MIN_OPSET) {
    throw new FormatError(`${where}: expected opset ${MIN_OPSET} or newer, got ${opset}; export it again`);
  }
  const ordered = orderedNodes({ ...given, outputs: [outputOf(given, where)] }, where);
  const input = inputOf(ordered, where);
  const { extents, batch } = inputExtents(input, where);
  const folded = foldConstants(ordered, { name: input.name, shape: [batch, ...extents] }, where);
  const graph = foldActivations(folded.graph);
  const axes = inputAxes({ ...folded, graph }, { name: input.name, extents }, where, inputShape);
  const recognition = new Recognition({ ...folded, graph }, input.name, axes);
  for (const node of graph.nodes) {
    const view = new NodeView(node, where);
    if (node.domain !== '' || !Object.hasOwn(operatorPatterns, node.operator)) {
      view.refuse(`not one of the operators that this project knows: ${Object.keys(operatorPatterns).join(', ')}`);
    }
    operatorPatterns[node.operator](recognition, view);
    view.finish();
  }
  const [output] = graph.outputs;
  const value = recognition.find(output.name);
  if (value === undefined) {
    throw new FormatError(`${where}: expected an output that depends on the input, got ${shown(output.name)}`);
  }
  const { result, view } = value;
  if (value.pads !== undefined || !sameRuns(view.flat(), plainView([sizeOf(result.shape)])[0])) {
    throw new FormatError(
      `${where}: expected an output in the order of its last layer, ${formatShape(result.shape)}, got another; export it with channels first`,
    );
  }
  const takesBytes = !floatTypes.includes(input.elementType);
  return { inputShape: axes.shape, layers: layersBetween(undefined, result), ...(takesBytes && { takesBytes }) };
}

const floatTypes: readonly string[] = ['float32', 'float64', 'float16', 'bfloat16'];

/** Among so many outputs the one that depends on all others is looked for. */
const MAX_OUTPUTS = 8;

/**
 * The one output, perhaps listed twice. Beside it a graph may give the index of the largest entry, which is an integer, and values
 * on the way to it, such as features to draw.
 */
function outputOf(graph: OnnxGraph, where: string): OnnxValue {
  const outputs = [...new Map(graph.outputs.map((value) => [value.name, value])).values()];
  const floats = outputs.filter(({ elementType }) => floatTypes.includes(elementType));
  const candidates = floats.length > 0 ? floats : outputs;
  if (candidates.length > 1 && candidates.length <= MAX_OUTPUTS) {
    const last = candidates.filter((candidate) => {
      const { nodes } = orderedNodes({ ...graph, outputs: [candidate] }, where);
      const made = new Set(nodes.flatMap((node) => node.outputs));
      return candidates.every(({ name }) => made.has(name));
    });
    if (last.length === 1) return last[0];
  }
  return only(candidates, 'output', where);
}

/** The one input that the output depends on. Before version 4 of the IR, weights were listed as inputs too. */
function inputOf({ inputs, initializers, nodes }: OnnxGraph, where: string): OnnxValue {
  const free = inputs.filter(({ name }) => !initializers.has(name));
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const needed = free.filter(({ name }) => used.has(name));
  return only(needed.length > 0 ? needed : free, 'input', where);
}

function only(values: readonly OnnxValue[], what: string, where: string): OnnxValue {
  if (values.length !== 1) {
    const names = values.map(({ name }) => shown(name)).slice(0, 3);
    throw new FormatError(`${where}: expected one ${what}, got ${[values.length, ...names].join(' ')}`);
  }
  return values[0];
}

function inputExtents({ name, shape = [] }: OnnxValue, where: string): { extents: Shape; batch: number } {
  const [batch, ...rest] = shape;
  const extents = rest.filter((extent) => typeof extent === 'number').filter((extent) => extent >= 1);
  if (rest.length < 1 || rest.length > 3 || extents.length < rest.length) {
    throw new FormatError(
      `${where}: input ${shown(name)}: expected a batch and one to three fixed extents, got ${shown(shape)}`,
    );
  }
  return { extents, batch: typeof batch === 'number' && batch >= 1 ? batch : OPEN_BATCH };
}
