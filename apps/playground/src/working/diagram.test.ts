/** The picture of a network from its derivation alone. */
import { examples } from '@longhand/worked-examples';
import { describe, expect, test } from 'vitest';
import { diagramOf, litBy } from './diagram';

const named = (name: string) => {
  const derivation = examples.find((example) => example.name === name)?.derive();
  if (derivation === undefined) throw new Error(`no example ${name}`);
  const diagram = diagramOf(derivation);
  const lit = (id: string) => {
    const step = derivation.steps.find((candidate) => candidate.id === id);
    if (step === undefined) throw new Error(`no quantity ${id}`);
    const { nodes, read, edges } = litBy(diagram, step, derivation.steps);
    return { nodes: [...nodes], read: [...read], edges: [...edges].map(({ from, to }) => `${from} ${to}`) };
  };
  return { derivation, diagram, lit };
};

test('the columns of a network, from the input to the loss', () => {
  const { nodes, size } = named('conv1d-step').diagram;
  const columns = [...new Set(nodes.map(({ along }) => along))].map((along) =>
    nodes.filter((node) => node.along === along).map(({ step }) => step.id),
  );
  expect(columns).toEqual([
    ['i11', 'i12'],
    ['out_CC1', 'out_CC2', 'out_CC3', 'out_CC4'],
    ['out_C1', 'out_C2'],
    ['in_o1', 'in_o2'],
    ['out_o1', 'out_o2'],
    ['loss', 'target_o1', 'target_o2'],
  ]);
  expect(size).toEqual({ along: 10, across: 4 });
  expect(nodes.find(({ step }) => step.id === 'in_o2')?.gradient?.id).toBe('coef_o2');
});

test('an image is a square', () => {
  const { nodes } = named('conv-mse').diagram;
  const pixel = nodes.find(({ step }) => step.id === 'a12');
  expect([pixel?.along, pixel?.across]).toEqual([2, 1]);
});

test('what the loss compares is joined to it, dashed where the target is zero', () => {
  const ends = ({ edges }: ReturnType<typeof diagramOf>) =>
    edges.filter(({ to }) => to === 'loss').map(({ from, isZero }) => `${from}${isZero ? ' zero' : ''}`);
  expect(ends(named('conv1d-step').diagram).sort()).toEqual(['out_o1', 'out_o2 zero', 'target_o1', 'target_o2 zero']);
  for (const { name } of examples) {
    const { nodes, edges } = named(name).diagram;
    const loose = nodes.filter(({ step }) => !edges.some(({ from, to }) => from === step.id || to === step.id));
    expect([name, loose.map(({ step }) => step.id)]).toEqual([name, []]);
  }
});

describe('lit', () => {
  test.each([
    // A value: the lines into it.
    ['in_o1', ['in_o1'], ['out_C1', 'out_C2'], ['out_C1 in_o1', 'out_C2 in_o1']],
    // A gradient: the number that it is of, the lines by which it comes back, and the gradients that it reads.
    ['coef_c1', ['out_C1'], ['in_o1', 'in_o2'], ['out_C1 in_o1', 'out_C1 in_o2']],
    // A weight: the lines that it is on.
    ['w3_new', [], ['out_C1', 'in_o2'], ['out_C1 in_o2']],
    ['k11_new', [], ['out_CC3', 'out_CC4', 'out_C1', 'out_C2'], ['out_CC3 out_C1', 'out_CC4 out_C2']],
    // A bias: what it is added to.
    ['dense_b2_new', ['in_o2'], ['in_o2'], []],
  ])('%s', (id, nodes, read, edges) => {
    const found = named('conv1d-step').lit(id);
    expect({ ...found, read: found.read.sort(), edges: found.edges.sort() }).toEqual({
      nodes,
      read: [...read].sort(),
      edges,
    });
  });

  test.each(examples)('$name: every step of the network lights something', ({ name }) => {
    const { derivation, lit } = named(name);
    for (const { id, entry, stage } of derivation.steps) {
      if (entry === undefined || stage === 'given') continue;
      const { nodes, edges } = lit(id);
      expect(nodes.length + edges.length, id).toBeGreaterThan(0);
    }
  });
});
