/**
 * Reshapes, and the arithmetic of shapes before them: PyTorch exports `x.view(x.size(0), -1)` as Shape, Gather (the first
 * extent), Unsqueeze, Concat (with −1) and Reshape. The batch size takes part as an unknown.
 */
import { formatShape, sizeOf } from '@longhand/tensor';
import { shown } from '../format-error';
import type { NodeView } from './node-view';
import type { ComputedValue, Extents, Recognition } from './recognition';

/** The most axes of a shape. Without a bound, lists that double from node to node would fill any memory. */
export const MAX_AXES = 8;

/** The patterns of this file by operator. */
export const shapePatterns = {
  Shape: (graph: Recognition, view: NodeView): void => {
    const name = view.input(0);
    const { shape } =
      graph.find(name) ?? view.refuse(`expected the shape of a value before, got that of ${shown(name)}`);
    graph.extents.set(view.output, [graph.batch, ...shape]);
  },

  Gather: (graph: Recognition, view: NodeView): void => {
    view.expect('axis', view.int('axis', 0), 0);
    const from = extentsOf(graph, view, 0);
    const gathered = extentsOf(graph, view, 1).map((index) => {
      const extent = index === 'batch' ? undefined : from.at(index);
      return extent ?? view.refuse(`expected an index into ${formatShape(from)}, got ${index}`);
    });
    graph.extents.set(view.output, gathered);
  },

  /** A scalar is a list of one here, so nothing changes. */
  Unsqueeze: (graph: Recognition, view: NodeView): void => {
    view.ints('axes');
    graph.extents.set(view.output, extentsOf(graph, view, 0));
  },

  Concat: (graph: Recognition, view: NodeView): void => {
    view.expect('axis', view.int('axis', 0), 0);
    const extents: (number | 'batch')[] = [];
    for (const index of view.node.inputs.keys()) {
      extents.push(...extentsOf(graph, view, index));
      if (extents.length > MAX_AXES) view.refuse(`expected a shape of at most ${MAX_AXES} axes, got more`);
    }
    graph.extents.set(view.output, extents);
  },

  Reshape: (graph: Recognition, view: NodeView): void => {
    const value = graph.input(view);
    const zeroCopies = view.int('allowzero', 0) === 0;
    const target = extentsOf(graph, view, 1);
    if (!flattens(target, value, graph, zeroCopies)) {
      const { shape } = value;
      const { batch } = graph;
      view.refuse(
        `expected one row for each image, ${formatShape([batch, sizeOf(shape)])}, got ${formatShape(target)}`,
      );
    }
    graph.push(view, value, { kind: 'flatten' });
  },
};

/** Whether a target shape is one row for each image; −1 stands for the remaining entries. */
function flattens(target: Extents, { shape }: ComputedValue, { batch }: Recognition, zeroCopies: boolean): boolean {
  const [rows, columns] = target;
  const features = sizeOf(shape);
  if (target.length !== 2) return false;
  if (rows === -1) return columns === features;
  return (rows === batch || (rows === 0 && zeroCopies)) && (columns === features || columns === -1);
}

function extentsOf(graph: Recognition, view: NodeView, index: number): Extents {
  const name = view.input(index);
  const data = graph.constants.get(name)?.data;
  if (data instanceof BigInt64Array && data.length <= MAX_AXES) return Array.from(data, Number);
  return graph.extents.get(name) ?? view.refuse(`expected a shape, got ${shown(name)}`);
}
