import { type DerivationStep, decimalText } from '@longhand/worked-examples';
import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { InlineMath } from '../../ui/formula';
import { Panel } from '../../ui/panel';
import { Said } from '../../ui/said';
import { useWidth } from '../../ui/width';
import { derivation, moveToQuantity, presentStep, reached } from '../../working/choice';
import { type Diagram, type DiagramNode, diagramOf, type Lit, litBy } from '../../working/diagram';
import { hiddenStep } from '../../working/practice';

const diagram = computed(() => diagramOf(derivation.value));

const nothing: Lit = { nodes: new Set(), read: new Set(), edges: new Set() };

const lit = computed(() => {
  const step = presentStep.value;
  return step === undefined ? nothing : litBy(diagram.value, step, derivation.value.steps);
});

/** A cell in pixels across the way of the numbers, and how large one may grow along it. */
const cell = { height: 62, widest: 120, narrow: 560 };

/** Where a node or an end of a line lies, in pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

const legend = 'below a number, the gradient by it';

/** The network with the present quantity lit: numbers as nodes, terms as lines. On a narrow page it runs downward. */
export function DiagramPanel() {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 640);
  const { nodes, edges, size } = diagram.value;
  const isDownward = width < cell.narrow;
  const unit = Math.min(width / (isDownward ? size.across : size.along), cell.widest);
  const height = (isDownward ? size.along : size.across) * cell.height;
  const inset = (width - unit * (isDownward ? size.across : size.along)) / 2;
  const pointOf = ({ along, across }: Pick<DiagramNode, 'along' | 'across'>): Point => {
    const [x, y] = isDownward ? [across, along] : [along, across];
    return { x: inset + (x + 0.5) * unit, y: (y + 0.5) * cell.height };
  };
  const points = new Map(nodes.map((node) => [node.step.id, pointOf(turned(node, nodes, isDownward))]));
  return (
    <Panel
      title="The network"
      note={edges.some(({ isZero }) => isZero) ? `${legend}; dashed, a factor of zero` : legend}
      class="diagram-panel"
    >
      <div ref={box} class="diagram" style={{ height: `${height}px` }}>
        <svg aria-hidden="true" width={width} height={height}>
          {edges.map((edge) => {
            const [from, to] = [points.get(edge.from), points.get(edge.to)];
            if (from === undefined || to === undefined) return null;
            const isLit = lit.value.edges.has(edge);
            return (
              <line
                key={`${edge.from} ${edge.to}`}
                class={isLit ? 'lit' : edge.isZero ? 'zero' : ''}
                x1={from.x}
                y1={from.y}
                x2={to.x}
                y2={to.y}
              />
            );
          })}
        </svg>
        {nodes.map((node) => (
          <Node key={node.step.id} node={node} point={points.get(node.step.id) ?? { x: 0, y: 0 }} width={unit} />
        ))}
      </div>
      <p class="note" role="status">
        {litWords(diagram.value)}
      </p>
    </Panel>
  );
}

/** Within a square of pixels rows stay rows, whichever way the picture runs. */
function turned(node: DiagramNode, nodes: readonly DiagramNode[], isDownward: boolean): DiagramNode {
  const array = node.step.entry?.array;
  const others = nodes.filter(({ step }) => step.entry?.array === array);
  const [firstAlong, firstAcross] = [
    Math.min(...others.map(({ along }) => along)),
    Math.min(...others.map(({ across }) => across)),
  ];
  const isSquare = others.some(({ along }) => along !== firstAlong);
  if (!isDownward || !isSquare || array === 'target' || array === 'loss') return node;
  return {
    ...node,
    along: firstAlong + node.across - firstAcross,
    across: firstAcross + node.along - firstAlong,
  };
}

function Node({ node, point, width }: { readonly node: DiagramNode; readonly point: Point; readonly width: number }) {
  const { step, gradient } = node;
  const isLit = lit.value.nodes.has(step.id);
  const names = ['node', isLit ? 'lit' : '', lit.value.read.has(step.id) ? 'read' : ''];
  const style = {
    left: `${point.x}px`,
    top: `${point.y}px`,
    width: `${Math.min(width - 6, 84)}px`,
  };
  const content = (
    <>
      <InlineMath latex={step.symbol.latex} />
      <span>{shortValue(step)}</span>
      {gradient === undefined ? null : <span class="gradient">{shortValue(gradient)}</span>}
    </>
  );
  if (step.stage === 'given') {
    return (
      <div class={names.join(' ')} style={style}>
        {content}
      </div>
    );
  }
  return (
    <button type="button" class={names.join(' ')} style={style} onClick={() => moveToQuantity(step.id)}>
      <Said as={`${step.symbol.text} ${shortValue(step)}, its step`}>{content}</Said>
    </button>
  );
}

/** Three decimals, once the quantity is worked out. */
function shortValue(step: DerivationStep): string {
  const isShown = reached.value.has(step.id) && hiddenStep.value?.id !== step.id;
  return isShown ? decimalText(step.value, 3).replace('-', '−') : '';
}

/** What is lit, in words. */
function litWords({ nodes }: Diagram): string {
  const step = presentStep.value;
  if (step === undefined) return 'Nothing is computed yet.';
  const textOf = (ids: ReadonlySet<string>): string =>
    nodes
      .filter((node) => ids.has(node.step.id))
      .map((node) => node.step.symbol.text)
      .join(', ');
  const { nodes: own, read, edges } = lit.value;
  const lines = `${edges.size} ${edges.size === 1 ? 'line' : 'lines'}`;
  const framed = read.size === 0 ? '' : `; framed, what it is made of: ${textOf(read)}`;
  return `Lit for ${step.symbol.text}: ${own.size === 0 ? lines : textOf(own)}${framed}.`;
}
