/** The activations of Keras by the names that its files give them, and the layers that are one. */
import { isRecord } from '@longhand/schema';
import { shown } from '../format-error';
import type { KerasLayer } from './config';
import { float, type GraphValue, type GraphWriter, int, text } from './graph-writer';

type Activation = (graph: GraphWriter, value: GraphValue, layer: string) => GraphValue;

const plain =
  (operator: string): Activation =>
  (graph, value, layer) =>
    graph.node(operator, [value], { layer });
const final =
  (operator: string): Activation =>
  (graph, value, layer) =>
    graph.node(operator, [value], { layer, attributes: { axis: int(-1) } });
const gelu =
  (approximate: 'none' | 'tanh'): Activation =>
  (graph, value, layer) =>
    graph.node('Gelu', [value], { layer, attributes: { approximate: text(approximate) } });
const upToSix: Activation = (graph, value, layer) =>
  graph.node('Clip', [value, graph.floats([0]), graph.floats([6])], { layer });

export function leakyRelu(graph: GraphWriter, value: GraphValue, layer: string, slope: number): GraphValue {
  return graph.node('LeakyRelu', [value], { layer, attributes: { alpha: float(slope) } });
}

/** By name; several are called differently in Keras 2, Keras 3 and TensorFlow.js. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, value) => value,
  relu: plain('Relu'),
  relu6: upToSix,
  sigmoid: plain('Sigmoid'),
  tanh: plain('Tanh'),
  silu: plain('Swish'),
  swish: plain('Swish'),
  gelu: gelu('none'),
  gelu_new: gelu('tanh'),
  hard_silu: plain('HardSwish'),
  hard_swish: plain('HardSwish'),
  // Keras's default, other than that of its layer.
  leaky_relu: (graph, value, layer) => leakyRelu(graph, value, layer, 0.2),
  softmax: final('Softmax'),
  log_softmax: final('LogSoftmax'),
};

/**
 * The activation that a layer's entry names, `relu` or `{ class_name: 'function', config: 'relu' }`.
 *
 * @param otherwise what to do with one that is a layer of its own
 */
export function activated(
  graph: GraphWriter,
  layer: KerasLayer,
  value: GraphValue,
  otherwise: (layer: unknown) => GraphValue,
): GraphValue {
  const given = layer.any('activation') ?? 'linear';
  const name = isRecord(given) && given.class_name === 'function' ? given.config : given;
  if (isRecord(name)) return otherwise(name);
  if (typeof name === 'string' && Object.hasOwn(activations, name)) return activations[name](graph, value, layer.name);
  return layer.refuse(`expected one of the activations ${Object.keys(activations).join(', ')}, got ${shown(name)}`);
}
