/** A graph pass: the nodes that the output needs, each behind those that compute its inputs. */
import { FormatError, shown } from '../format-error';
import type { OnnxGraph, OnnxNode } from './model';

/**
 * The graph without the nodes that its outputs do not depend on, such as those that a tool forgot to delete, in an order in which
 * they can be computed. Nodes that stand in such an order keep it.
 *
 * @throws FormatError for a node that needs its own result
 * @example orderedNodes(graph, 'digits.onnx').nodes
 */
export function orderedNodes(graph: OnnxGraph, where: string): OnnxGraph {
  const makers = new Map<string, OnnxNode>();
  for (const node of graph.nodes) for (const name of node.outputs) if (name !== '') makers.set(name, node);
  const sources = ({ inputs }: OnnxNode): OnnxNode[] => inputs.flatMap((name) => makers.get(name) ?? []);
  const needed = new Set<OnnxNode>(graph.outputs.flatMap(({ name }) => makers.get(name) ?? []));
  // A set that grows while it is walked: each node adds those that it needs.
  for (const node of needed) for (const source of sources(node)) needed.add(source);
  const nodes: OnnxNode[] = [];
  const done = new Set<OnnxNode>();
  const open = new Set<OnnxNode>();
  for (const first of graph.nodes) {
    const stack = needed.has(first) ? [first] : [];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (done.has(node) || open.has(node)) {
        stack.pop();
        if (!done.has(node)) nodes.push(node);
        done.add(node);
        continue;
      }
      open.add(node);
      for (const source of sources(node).reverse()) {
        if (done.has(source)) continue;
        if (open.has(source)) {
          throw new FormatError(`${where}: expected nodes without a cycle, got one through ${shown(node.outputs[0])}`);
        }
        stack.push(source);
      }
    }
  }
  return { ...graph, nodes };
}
