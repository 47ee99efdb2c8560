/** The operators that only change axes: they become no layer, or the one that flattens. */
import { shown } from '../format-error';
import type { NodeView } from './node-view';
import type { Recognition } from './recognition';
import { permutationOf } from './shape-operators';

function reshape(graph: Recognition, view: NodeView): void {
  for (const attribute of ['axis', 'allowzero']) view.int(attribute, 0);
  view.ints('axes');
  graph.putReshaped(view, graph.input(view));
}

/** The patterns of this file by operator. */
export const axisPatterns = {
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Flatten: reshape,

  Transpose: (graph: Recognition, view: NodeView): void => {
    const value = graph.paddedInput(view);
    const perm = permutationOf(view, value.view.length + 1);
    if (perm[0] !== 0) view.refuse(`expected the batch to stay the first axis, got the order ${shown(perm)}`);
    const axes = perm.slice(1).map((axis) => value.view[axis - 1]);
    if (value.pads === undefined) graph.putAxes(view, value, axes);
    else graph.put(view, { ...value, view: axes });
  },
};
