/**
 * Reshapes, and the arithmetic of shapes before them: PyTorch exports `x.view(x.size(0), -1)` as Shape, Gather (the first
 * extent), Unsqueeze, Concat (with −1) and Reshape. The batch size takes part as an unknown.
 */
import { formatShape, sizeOf } from '@longhand/tensor';
import { shown } from '../format-error';
import type { Chain, Extents } from './chain';
import type { NodeView } from './node-view';

/** The most axes of a shape. Without a bound, lists that double from node to node would fill any memory. */
export const MAX_AXES = 8;

/** The patterns of this file by operator. */
export const shapePatterns = {
  Shape: (chain: Chain, view: NodeView): void => {
    const name = view.input(0);
    const shape =
      chain.shapes.get(name) ?? view.refuse(`expected the shape of a value before, got that of ${shown(name)}`);
    chain.extents.set(view.output, [chain.batch, ...shape]);
  },

  Gather: (chain: Chain, view: NodeView): void => {
    view.expect('axis', view.int('axis', 0), 0);
    const from = extentsOf(chain, view, 0);
    const gathered = extentsOf(chain, view, 1).map((index) => {
      const extent = index === 'batch' ? undefined : from.at(index);
      return extent ?? view.refuse(`expected an index into ${formatShape(from)}, got ${index}`);
    });
    chain.extents.set(view.output, gathered);
  },

  /** A scalar is a list of one here, so nothing changes. */
  Unsqueeze: (chain: Chain, view: NodeView): void => {
    view.ints('axes');
    chain.extents.set(view.output, extentsOf(chain, view, 0));
  },

  Concat: (chain: Chain, view: NodeView): void => {
    view.expect('axis', view.int('axis', 0), 0);
    const extents: (number | 'batch')[] = [];
    for (const index of view.node.inputs.keys()) {
      extents.push(...extentsOf(chain, view, index));
      if (extents.length > MAX_AXES) view.refuse(`expected a shape of at most ${MAX_AXES} axes, got more`);
    }
    chain.extents.set(view.output, extents);
  },

  Reshape: (chain: Chain, view: NodeView): void => {
    chain.expectCurrent(view);
    const zeroCopies = view.int('allowzero', 0) === 0;
    const target = extentsOf(chain, view, 1);
    if (!flattens(target, chain, zeroCopies)) {
      const { batch, shape } = chain;
      view.refuse(
        `expected one row for each image, ${formatShape([batch, sizeOf(shape)])}, got ${formatShape(target)}`,
      );
    }
    chain.push(view, { kind: 'flatten' });
  },
};

/** Whether a target shape is one row for each image; −1 stands for the remaining entries. */
function flattens(target: Extents, { shape, batch }: Chain, zeroCopies: boolean): boolean {
  const [rows, columns] = target;
  const features = sizeOf(shape);
  if (target.length !== 2) return false;
  if (rows === -1) return columns === features;
  return (rows === batch || (rows === 0 && zeroCopies)) && (columns === features || columns === -1);
}

function extentsOf(chain: Chain, view: NodeView, index: number): Extents {
  const name = view.input(index);
  const data = chain.constants.get(name)?.data;
  if (data instanceof BigInt64Array && data.length <= MAX_AXES) return Array.from(data, Number);
  return chain.extents.get(name) ?? view.refuse(`expected a shape, got ${shown(name)}`);
}
