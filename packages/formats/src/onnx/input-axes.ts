/**
 * Which axis of a graph's input is which: `[n, 784]`, `[n, 28, 28]`, `[n, 28, 28, 1]` and `[n, 1, 28, 28]` are images of one kind. The
 * nodes say so: a convolution takes channels, rows and columns, and until then the graph only transposes and reshapes.
 */
import { formatShape, type Shape, stridesOf } from '@longhand/tensor';
import { type AxisView, divided, extentsOf, plainView, type Run } from './axis-view';
import type { FoldedGraph } from './constant-folding';
import { NodeView } from './node-view';
import { permutationOf } from './shape-operators';
import { variedAxis } from './varied-axis';

/** The input as the layers see it, and how the graph counts its entries. */
export interface InputAxes {
  /** `[channels, …spatial axes]`, or a list. */
  readonly shape: Shape;
  readonly view: AxisView;
}

const arithmetic: readonly string[] = ['Add', 'Sub', 'Mul', 'Div'];
const spatial: readonly string[] = [
  ...['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'BatchNormalization'],
];
const reshaping: readonly string[] = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];
const elementwise: readonly string[] = ['Identity', 'Dropout', 'Relu', 'LeakyRelu', 'Sigmoid', 'Tanh', 'Clip', 'Pad'];

/**
 * The axes of the input.
 *
 * @param given the input's name and its extents without the batch
 * @param likely the shape where the nodes do not say one: what is flattened at once may have had any
 * @throws FormatError where rows and columns are exchanged
 */
export function inputAxes(
  { graph, shapes }: FoldedGraph,
  given: { readonly name: string; readonly extents: Shape },
  where: string,
  likely?: Shape,
): InputAxes {
  const plain = { shape: given.extents, view: plainView(given.extents) };
  const views = new Map<string, AxisView>([[given.name, plain.view]]);
  /** The last view that has axes of an image. */
  let last = plain.view;
  for (const node of graph.nodes) {
    const source = node.inputs.find((name) => views.has(name));
    const view = source === undefined ? undefined : views.get(source);
    if (source === undefined || view === undefined || node.domain !== '') continue;
    const nodeView = new NodeView(node, where);
    let next: AxisView | undefined;
    if (reshaping.includes(node.operator)) {
      next = divided(view.flat(), shapes.get(nodeView.output)?.slice(1) ?? []);
    } else if (node.operator === 'Transpose') {
      const perm = permutationOf(nodeView, view.length + 1);
      next = perm[0] === 0 ? perm.slice(1).map((axis) => view[axis - 1]) : undefined;
    } else if (elementwise.includes(node.operator)) {
      next = view;
    } else if (arithmetic.includes(node.operator)) {
      const constant = node.inputs.map((name) => graph.initializers.get(name)).find((found) => found !== undefined);
      if (constant === undefined) break;
      const varied = variedAxis(constant, extentsOf(view));
      if (typeof varied === 'number' && view.length > 1)
        return placed(view, channelFirst(view, varied), plain, nodeView);
      next = view;
    } else if (spatial.includes(node.operator) && view.length > 1) {
      return placed(view, view, plain, nodeView);
    }
    if (next === undefined) break;
    views.set(nodeView.output, next);
    if (next.length > 1) last = next;
  }
  const { view, extents } = { view: last, extents: extentsOf(last) };
  if (likely !== undefined && product(likely) === product(extents))
    return { shape: likely, view: reordered(likely, plain) };
  if (view.length === 2) return anyway([[], ...view], plain);
  return anyway(view.length === 3 && isChannelsLast(extents) ? channelFirst(view, 2) : view, plain);
}

/** Three extents of which the last may be channels of gray, color or color with transparency, and the first are too many. */
function isChannelsLast([first, , last]: Shape): boolean {
  return [1, 3, 4].includes(last) && first > 4;
}

function channelFirst(view: AxisView, channel: number): AxisView {
  return [view[channel], ...view.filter((_, axis) => axis !== channel)];
}

function product(shape: Shape): number {
  return shape.reduce((all, extent) => all * extent, 1);
}

function reordered(shape: Shape, { shape: extents, view }: InputAxes): AxisView {
  return divided(plainView(shape).flat(), extents) ?? view;
}

function placed(given: AxisView, axes: AxisView, plain: InputAxes, node: NodeView): InputAxes {
  const found = axesOfInput(axes, plain);
  if (found !== undefined) return found;
  return node.refuse(
    `expected rows before columns in the input ${formatShape(plain.shape)}, got other axes for ${formatShape(extentsOf(given))}`,
  );
}

function anyway(axes: AxisView, plain: InputAxes): InputAxes {
  return axesOfInput(axes, plain) ?? plain;
}

/**
 * The shape that axes over the graph's input have, and the input seen from there.
 *
 * @returns undefined where the spatial axes are not in the input's order
 */
function axesOfInput(axes: AxisView, plain: InputAxes): InputAxes | undefined {
  const shape = extentsOf(axes);
  const strides = stridesOf(shape);
  const runs: (Run & { readonly from: number; readonly axis: number })[] = [];
  for (const [axis, parts] of axes.entries()) {
    let inner = shape[axis];
    for (const { size, stride: from } of parts) {
      inner /= size;
      runs.push({ size, stride: strides[axis] * inner, from, axis });
    }
  }
  runs.sort((a, b) => b.from - a.from);
  const order = runs.filter(({ axis }) => axis > 0).map(({ axis }) => axis);
  if (order.some((axis, at) => at > 0 && axis < order[at - 1])) return undefined;
  const view = divided(runs, plain.shape);
  return view && { shape, view };
}
