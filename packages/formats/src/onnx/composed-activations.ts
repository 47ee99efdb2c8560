/**
 * Activations that are several nodes in files older than their operators:
 *
 *   GELU        x · (1 + erf(x / √2)) / 2, or with tanh(√(2/π) · (x + 0.044715 x³)) in place of erf; Gelu from opset 20 on
 *   hard swish  x · HardSigmoid(x) with the slope 1/6; HardSwish from opset 14 on
 *
 * They are written node by node, and recognized in the forms that PyTorch's exporters write; hard swish also as TensorFlow.js has it,
 * x · min(max(x / 6 + 1/2, 0), 1).
 */

import type { OnnxActivation } from './layer';
import type { OnnxAttribute, OnnxGraph, OnnxNode } from './model';

export type ComposedActivation = Extract<OnnxActivation, 'gelu' | 'geluTanh' | 'hardSwish'>;

/** An activation as one operator. */
interface Operator {
  readonly operator: string;
  /** The first opset that has it. */
  readonly opset: number;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

const approximate = (value: 'none' | 'tanh'): OnnxAttribute => ({ type: 'string', value });

export const composedOperators: Readonly<Record<ComposedActivation, Operator>> = {
  gelu: { operator: 'Gelu', opset: 20, attributes: { approximate: approximate('none') } },
  geluTanh: { operator: 'Gelu', opset: 20, attributes: { approximate: approximate('tanh') } },
  hardSwish: { operator: 'HardSwish', opset: 14, attributes: {} },
};

/** One node behind another. Its other operand is a constant, or `x`, what the function is applied to; some have none, or bounds. */
interface Step {
  readonly operator: string;
  readonly operand?: number | 'x';
  readonly bounds?: readonly [least: number, most: number];
  readonly attributes?: Readonly<Record<string, number>>;
}

const erf: readonly Step[] = [{ operator: 'Div', operand: Math.SQRT2 }, { operator: 'Erf' }];
const polynomial: readonly Step[] = [
  { operator: 'Mul', operand: 0.044715 },
  { operator: 'Add', operand: 'x' },
  { operator: 'Mul', operand: Math.sqrt(2 / Math.PI) },
  { operator: 'Tanh' },
];
const cubeByPower: readonly Step[] = [{ operator: 'Pow', operand: 3 }];
const cubeByProducts: readonly Step[] = [
  { operator: 'Mul', operand: 'x' },
  { operator: 'Mul', operand: 'x' },
];
const plusOne: Step = { operator: 'Add', operand: 1 };
const timesX: Step = { operator: 'Mul', operand: 'x' };
const half: Step = { operator: 'Mul', operand: 0.5 };

/** The nodes of each function, in the order in which they follow one another from x on. */
export const composedSteps: Readonly<Record<ComposedActivation, readonly Step[]>> = {
  gelu: [...erf, plusOne, timesX, half],
  geluTanh: [...cubeByPower, ...polynomial, plusOne, timesX, half],
  hardSwish: [{ operator: 'HardSigmoid', attributes: { alpha: 1 / 6, beta: 0.5 } }, timesX],
};

/** What is recognized: also the cube as two products, and the half in front of x. */
const patterns: readonly (readonly [ComposedActivation, readonly Step[]])[] = [
  ['hardSwish', composedSteps.hardSwish],
  [
    'hardSwish',
    [
      { operator: 'Mul', operand: 1 / 6 },
      { operator: 'Add', operand: 0.5 },
      { operator: 'Clip', bounds: [0, 1] },
      timesX,
    ],
  ],
  ['gelu', composedSteps.gelu],
  ['gelu', [...erf, plusOne, half, timesX]],
  ...[cubeByPower, cubeByProducts].flatMap((cube): [ComposedActivation, readonly Step[]][] => [
    ['geluTanh', [...cube, ...polynomial, plusOne, timesX, half]],
    ['geluTanh', [...cube, ...polynomial, plusOne, half, timesX]],
  ]),
];

/** In these patterns at most four nodes use one value; the bound keeps the search short in a graph that is made to be long. */
const MAX_USES = 8;

/**
 * A graph with one node in place of each group that is such an activation.
 *
 * @example foldActivations({ nodes: [div, erf, add, mul, half], … }).nodes // one Gelu
 */
export function foldActivations(graph: OnnxGraph): OnnxGraph {
  const { nodes } = graph;
  if (!nodes.some(({ operator }) => ['Erf', 'Tanh', 'HardSigmoid', 'Clip'].includes(operator))) return graph;
  const constants = scalars(graph);
  const uses = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) {
      const users = uses.get(name) ?? [];
      if (users.length < MAX_USES) uses.set(name, [...users, node]);
    }
  }
  const folded = new Set<OnnxNode>();
  const replaced = new Map<OnnxNode, OnnxNode>();
  for (const node of nodes) {
    const x = node.inputs.find((name) => !constants.has(name));
    if (x === undefined || folded.has(node)) continue;
    for (const [kind, steps] of patterns) {
      const group = followSteps(node, steps, { x, uses, constants });
      const last = group?.at(-1);
      if (group === undefined || last === undefined) continue;
      for (const one of group) folded.add(one);
      const { operator, attributes } = composedOperators[kind];
      replaced.set(last, { ...last, operator, inputs: [x], attributes: new Map(Object.entries(attributes)) });
      break;
    }
  }
  return { ...graph, nodes: nodes.flatMap((node) => replaced.get(node) ?? (folded.has(node) ? [] : [node])) };
}

interface Search {
  readonly x: string;
  readonly uses: ReadonlyMap<string, readonly OnnxNode[]>;
  readonly constants: ReadonlyMap<string, number>;
}

/** The nodes from a first one on that follow the steps; undefined where one does not. */
function followSteps(first: OnnxNode, steps: readonly Step[], search: Search): OnnxNode[] | undefined {
  const group: OnnxNode[] = [];
  let current = search.x;
  for (const step of steps) {
    const candidates = group.length === 0 ? [first] : (search.uses.get(current) ?? []);
    const next = candidates.find((node) => !group.includes(node) && follows(node, step, current, search));
    if (next === undefined) return undefined;
    group.push(next);
    [current] = next.outputs;
  }
  return group;
}

function follows(node: OnnxNode, step: Step, current: string, { x, constants }: Search): boolean {
  const { operator, operand, bounds, attributes = {} } = step;
  if (node.operator !== operator || node.domain !== '' || !hasAttributes(node, attributes)) return false;
  const [a, b, ...others] = node.inputs;
  if (bounds !== undefined) return a === current && hasBounds([b, ...others], bounds, constants);
  if (others.length > 0) return false;
  if (operand === undefined) return a === current && b === undefined;
  const isOperand = (name: string | undefined): boolean =>
    operand === 'x' ? name === x : isAbout(constants.get(name ?? ''), operand);
  const commutes = operator === 'Add' || operator === 'Mul';
  return (a === current && isOperand(b)) || (commutes && b === current && isOperand(a));
}

function hasBounds(
  names: readonly (string | undefined)[],
  bounds: readonly number[],
  constants: Search['constants'],
): boolean {
  const isBound = (bound: number, at: number): boolean => {
    const value = constants.get(names[at] ?? '');
    return value === bound || isAbout(value, bound);
  };
  return names.length === bounds.length && bounds.every(isBound);
}

/** Whether a node has attributes of these values and no others; HardSigmoid's `beta` is 0.5 where it is not said. */
function hasAttributes({ attributes }: OnnxNode, expected: Readonly<Record<string, number>>): boolean {
  const all = Object.entries(expected).every(([name, value]) => {
    const attribute = attributes.get(name);
    if (attribute === undefined) return name === 'beta';
    return attribute.type === 'float' && isAbout(attribute.value, value);
  });
  return all && [...attributes.keys()].every((name) => Object.hasOwn(expected, name));
}

/** The constants of a file are float32, or rounded from float16. */
function isAbout(value: number | undefined, expected: number): boolean {
  return value !== undefined && Math.abs(value / expected - 1) < 1e-3;
}

/** The constants of one number, by name. */
function scalars({ initializers }: OnnxGraph): Map<string, number> {
  return new Map([...initializers].flatMap(([name, { data }]) => (data.length === 1 ? [[name, Number(data[0])]] : [])));
}
