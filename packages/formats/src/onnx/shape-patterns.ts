/**
 * Reshapes, and the arithmetic of shapes in front of them: `x.view(x.size(0), -1)` in PyTorch becomes the shape of x,
 * its first extent, a list of it and −1, and a reshape. The batch takes part as an unknown.
 */
import { formatShape, sizeOf } from '@longhand/tensor';
import { shown } from '../format-error';
import type { Chain, Extents } from './chain';
import type { NodeView } from './node-view';

/** No shape has more axes; and lists that double from node to node would fill any memory. */
const LONGEST = 8;

/** The operators of this file, each with what it does to the chain. */
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

  /** A number and a list of it are the same here. */
  Unsqueeze: (chain: Chain, view: NodeView): void => {
    view.ints('axes');
    chain.extents.set(view.output, extentsOf(chain, view, 0));
  },

  Concat: (chain: Chain, view: NodeView): void => {
    view.expect('axis', view.int('axis', 0), 0);
    const extents: (number | 'batch')[] = [];
    for (const index of view.node.inputs.keys()) {
      extents.push(...extentsOf(chain, view, index));
      if (extents.length > LONGEST) view.refuse(`expected a shape of at most ${LONGEST} axes, got more`);
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

/** −1 stands for what is left. */
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
  if (data instanceof BigInt64Array && data.length <= LONGEST) return Array.from(data, Number);
  return chain.extents.get(name) ?? view.refuse(`expected a shape, got ${shown(name)}`);
}
