/**
 * A derivation's network as a picture: a column for each array of activations, a node for each of their numbers, a line for each term
 * that one is in another's sum. All of it follows from the steps.
 */
import type { Derivation, DerivationStep } from '@longhand/worked-examples';

export interface DiagramNode {
  readonly step: DerivationStep;
  /** The gradient by it, where that has a name. */
  readonly gradient: DerivationStep | undefined;
  /** In cells: along the way of the numbers, and across. */
  readonly along: number;
  readonly across: number;
}

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  /** The other factors of the term: weights. */
  readonly by: readonly string[];
  /** Whether the term is zero, as that of an output whose target is zero, so that no formula has it. */
  readonly isZero?: true;
}

export interface Diagram {
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** Cells along and across. */
  readonly size: { readonly along: number; readonly across: number };
}

/** What of the picture is lit for a step. */
export interface Lit {
  /** The number that the quantity is, or belongs to. */
  readonly nodes: ReadonlySet<string>;
  /** The numbers in its formula. */
  readonly read: ReadonlySet<string>;
  readonly edges: ReadonlySet<DiagramEdge>;
}

/** Between two columns, in cells. */
const gap = 0.8;

/** More numbers than this stand in a square, as the pixels of an image do. */
const longest = 6;

/** The picture of a derivation of a whole step. */
export function diagramOf({ steps }: Pick<Derivation, 'steps'>): Diagram {
  const columns = new Map<string, DerivationStep[]>();
  const gradients = new Map<string, DerivationStep>();
  for (const step of steps) {
    const { entry } = step;
    if (entry === undefined || !isActivation(entry.array)) continue;
    if (entry.is === 'gradient') gradients.set(keyOf(step), step);
    if (entry.is !== 'value' || step.stage === 'backward') continue;
    // Targets stand beside what they are compared with.
    const column = entry.array === 'target' ? 'loss' : entry.array;
    const members = columns.get(column) ?? [];
    columns.set(column, entry.array === 'loss' ? [step, ...members] : [...members, step]);
  }
  const ordered = [...columns].sort(([a], [b]) => Number(a === 'loss') - Number(b === 'loss'));
  const sides = ordered.map(([, members]) => (members.length > longest ? Math.ceil(Math.sqrt(members.length)) : 1));
  const across = Math.max(...ordered.map(([, { length }], at) => (sides[at] === 1 ? length : (sides[at] ?? 1))));
  let along = 0;
  const nodes = ordered.flatMap(([, members], at) => {
    const side = sides[at] ?? 1;
    const height = side === 1 ? members.length : side;
    const start = along;
    along += side + gap;
    return members.map((step, k): DiagramNode => {
      const [row, column] = side === 1 ? [k, 0] : [Math.floor(k / side), k % side];
      return {
        step,
        gradient: gradients.get(keyOf(step)),
        along: start + column,
        across: (across - height) / 2 + row,
      };
    });
  });
  return { nodes, edges: edgesOf(nodes), size: { along: along - gap, across } };
}

function isActivation(array: string): boolean {
  return array.endsWith('.y') || ['input', 'prediction', 'loss', 'target'].includes(array);
}

function keyOf({ entry }: DerivationStep): string {
  return `${entry?.array} ${entry?.index}`;
}

function edgesOf(nodes: readonly DiagramNode[]): DiagramEdge[] {
  const ids = new Set(nodes.map(({ step }) => step.id));
  const edges = new Map<string, DiagramEdge>();
  for (const { step } of nodes) {
    for (const term of step.termInputs ?? []) {
      const by = term.filter((id) => !ids.has(id));
      for (const from of term.filter((id) => ids.has(id))) edges.set(`${from} ${step.id}`, { from, to: step.id, by });
    }
  }
  // Every prediction is compared with a target, also where the product is zero.
  const compared = nodes.filter(
    ({ step: { entry } }) => entry?.array === 'target' || entry?.array === predictionOf(nodes),
  );
  for (const { step } of nodes.filter((node) => node.step.entry?.array === 'loss')) {
    for (const { step: from } of compared) {
      const key = `${from.id} ${step.id}`;
      if (!edges.has(key)) edges.set(key, { from: from.id, to: step.id, by: [], isZero: true });
    }
  }
  return [...edges.values()];
}

/** What the loss is computed from: predictions, or the last output where these are none apart. */
function predictionOf(nodes: readonly DiagramNode[]): string | undefined {
  return nodes.map(({ step }) => step.entry?.array).findLast((array) => array !== 'loss' && array !== 'target');
}

/** What is lit for a step of the derivation. */
export function litBy({ nodes, edges }: Diagram, step: DerivationStep, steps: readonly DerivationStep[]): Lit {
  const key = keyOf(step);
  const own = nodes.find((node) => step.entry !== undefined && keyOf(node.step) === key);
  const byId = new Map(steps.map((other) => [other.id, other]));
  const reads = step.inputs.flatMap((id) => {
    const input = byId.get(id);
    return input === undefined ? [] : [keyOf(input)];
  });
  const read = new Set(nodes.filter((node) => reads.includes(keyOf(node.step))).map((node) => node.step.id));
  if (own !== undefined) {
    const { id } = own.step;
    const isBackward = step.entry?.is === 'gradient';
    const through = edges.filter(({ from, to, isZero }) => !isZero && (isBackward ? from : to) === id);
    return { nodes: new Set([id]), read, edges: new Set(through) };
  }
  // A parameter: the lines that it is on, or for a bias the numbers that it is added to.
  const parameter = steps.find((other) => other.entry?.is === 'value' && keyOf(other) === key)?.id ?? step.id;
  const on = edges.filter(({ by }) => by.includes(parameter));
  const added = nodes.filter((node) => node.step.termInputs?.some(([id, other]) => id === parameter && !other));
  return { nodes: new Set(added.map((node) => node.step.id)), read, edges: new Set(on) };
}
