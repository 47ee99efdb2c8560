/** Operators that take channels first, on values that have them last: a Transpose before and one behind. */
import type { KerasLayer } from './config';
import { type GraphValue, type GraphWriter, ints } from './graph-writer';
import type { LayerWeights } from './weights';

/** What writers of layers need. */
export interface Writing {
  readonly graph: GraphWriter;
  readonly weights: LayerWeights;
}

/** An operator that takes channels first, on a value with so many axes besides the channels. */
export function spatial(
  { graph }: Writing,
  layer: KerasLayer,
  x: GraphValue,
  axes: number,
  operator: (value: GraphValue) => GraphValue,
): GraphValue {
  if (x.rank !== axes + 1) {
    layer.refuse(`expected ${axes + 1} axes besides the batch, got ${x.rank}`);
  }
  const isFirst = layer.text('data_format', 'channels_last') === 'channels_first';
  return isFirst ? operator(x) : transposedAround(graph, layer, x, operator);
}

export function transposedAround(
  graph: GraphWriter,
  layer: KerasLayer,
  x: GraphValue,
  operator: (value: GraphValue) => GraphValue,
): GraphValue {
  const axes = x.rank - 1;
  const first = transposed(graph, layer, x, [0, axes + 1, ...Array.from({ length: axes }, (_, axis) => axis + 1)]);
  return transposed(graph, layer, operator(first), toLast(axes));
}

/** The order of axes that puts the channels behind so many others. */
export function toLast(axes: number): readonly number[] {
  return [0, ...Array.from({ length: axes }, (_, axis) => axis + 2), 1];
}

export function transposed(graph: GraphWriter, layer: KerasLayer, x: GraphValue, order: readonly number[]): GraphValue {
  return graph.node('Transpose', [x], { layer: layer.name, attributes: { perm: ints(order) } });
}
