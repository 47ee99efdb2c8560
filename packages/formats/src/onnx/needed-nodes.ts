/** A graph pass: nodes that no output needs are left out, such as those that a tool forgot to delete. */
import type { OnnxGraph } from './model';

/**
 * The graph without the nodes that its outputs do not depend on. Nodes stand in the order in which they are computed.
 *
 * @example neededNodes(graph).nodes
 */
export function neededNodes(graph: OnnxGraph): OnnxGraph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => needed.has(name))) return false;
    for (const name of inputs) needed.add(name);
    return true;
  });
  return { ...graph, nodes: nodes.reverse() };
}
