/** Long sums in general form: worked out by their letters alone they give the value, and none is claimed that the terms do not have. */
import { entry, sum } from '@longhand/kernels';
import { conv2d, dense, flatten, globalAveragePool, lenetDocumented, type Network, sequential } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { networkStep } from './any-network-step';
import { entryNamed } from './lenet-quantities';
import { deriveLenetStep } from './lenet-step';
import type { NetworkStep } from './network-step';
import { derivationHtml } from './presentation/derivation-html';
import { derivationMarkdown } from './presentation/derivation-markdown';
import { derivationText } from './presentation/derivation-text';
import { summation } from './summation';

const random = seededRandom('image');
const imageOf = ({ inputShape }: Network): Uint8Array =>
  Uint8Array.from({ length: inputShape.reduce((size, extent) => size * extent, 1) }, () => random.integer(256));
const normalization = { mean: 0.4, std: 0.3 };
const stepOf = (network: Network): NetworkStep =>
  networkStep({ network, image: imageOf(network), label: 3, normalization });

const documented = stepOf(lenetDocumented());
const smooth = stepOf(lenetDocumented({ activation: 'sigmoid', pooling: 'mean' }));
const strided = stepOf(
  sequential({
    input: [9, 8, 2],
    layers: {
      conv: conv2d({ outChannels: 5, kernel: 3, stride: 2, padding: 1 }),
      flatten: flatten(),
      fc: dense({ outFeatures: 4 }),
    },
  }),
);
const pooled = stepOf(
  sequential({ input: [4, 5, 1], layers: { conv: conv2d({ outChannels: 4, kernel: 1 }), pool: globalAveragePool() } }),
);

/** An index with the letters' values: `i`, `i+3`, `2i−1`, `4−i`. */
function indexAt(formula: string, letters: ReadonlyMap<string, number>): string {
  const [, start = '0', minus, times, letter, sign, rest = '0'] =
    /^\(?(?:(\d+)(?=−))?(−)?(\d*)([a-z])(?:([+−])(\d+))?\)?$/.exec(formula) ?? [];
  const value = letters.get(letter ?? '');
  if (value === undefined) return formula;
  const product = Number(times || 1) * value;
  return String(Number(start) + (minus === undefined ? product : -product) + (sign === '−' ? -1 : 1) * Number(rest));
}

/** The value of `0.25·Σ a.i·b.(i+1) + c, i = 0 to 4`, from nothing but these letters. */
function worked(text: string, step: NetworkStep): number {
  const [formula, ...ranges] = text.split(', ');
  const [, share = '1', term = '', bias, count = '1'] =
    /^(?:([\d.]+)·)?Σ (\S+)(?: \+ (\S+))?(?: \/ (\d+))?$/.exec(formula) ?? [];
  const numberOf = (name: string): number => {
    const { family, index } = entryNamed(step.families, name);
    const values = name.startsWith('∂') ? step.gradientsOf(family) : step.valuesOf(family);
    return values?.[index] ?? Number.NaN;
  };
  const over = (left: readonly string[], letters: ReadonlyMap<string, number>): number => {
    const [, letter, from, to] = /^([a-z]) = (\d+) to (\d+)$/.exec(left[0] ?? '') ?? [];
    if (letter === undefined) {
      const names = term.split('·').map((name) => name.split('.').map((part) => indexAt(part, letters)));
      return names.reduce((product, name) => product * numberOf(name.join('.')), 1);
    }
    let total = 0;
    for (let at = Number(from); at <= Number(to); at++)
      total += over(left.slice(1), new Map([...letters, [letter, at]]));
    return total;
  };
  const total = over(ranges, new Map());
  return (Number(share) * total) / Number(count) + (bias === undefined ? 0 : numberOf(bias));
}

test.each([
  ['S1.2.3.7', documented, 'Σ x.(i+3).(j+7)·k1.2.i.j + b1.2, i = 0 to 4, j = 0 to 4'],
  ['S2.7.3.3', documented, 'Σ P1.n.(i+3).(j+3)·k2.7.n.i.j + b2.7, n = 1 to 6, i = 0 to 4, j = 0 to 4'],
  ['o7', documented, 'Σ w.7.n·v.n + b.7, n = 0 to 191'],
  ['dL/dv100', documented, 'Σ ∂L/∂o.m·w.m.100, m = 0 to 9'],
  ['dL/dk2.5.3.1.2', documented, 'Σ ∂L/∂S2.5.i.j·P1.3.(i+1).(j+2), i = 0 to 7, j = 0 to 7'],
  ['dL/db2.3', documented, 'Σ ∂L/∂S2.3.i.j, i = 0 to 7, j = 0 to 7'],
  ['dL/dP1.3.4.5', documented, 'Σ ∂L/∂S2.m.(4−i).(5−j)·k2.m.3.i.j, m = 1 to 12, i = 0 to 4, j = 0 to 4'],
  // At the border fewer windows hold it.
  ['dL/dP1.3.0.1', documented, 'Σ ∂L/∂S2.m.0.(1−j)·k2.m.3.0.j, m = 1 to 12, j = 0 to 1'],
  ['P1.1.2.3', smooth, '0.25·Σ C1.1.i.j, i = 4 to 5, j = 6 to 7'],
  ['conv.y.1.2.3', strided, 'Σ x.n.(i+3).(j+5)·conv.weight.1.n.i.j + conv.bias.1, n = 0 to 1, i = 0 to 2, j = 0 to 2'],
  ['dL/dconv.weight.1.0.2.1', strided, 'Σ ∂L/∂conv.y.1.i.j·x.0.(2i+1).(2j), i = 0 to 3, j = 0 to 3'],
  ['dL/dx.1.3.5', strided, 'Σ ∂L/∂conv.y.m.i.j·conv.weight.m.1.(4−2i).(6−2j), m = 0 to 4, i = 1 to 2, j = 2 to 3'],
  ['pool.y.2', pooled, 'Σ conv.y.2.i.j / 20, i = 0 to 3, j = 0 to 4'],
])('%s', (id, step, general) => {
  const { summation: found, value } = step.stepOf(id);
  expect(found?.text).toBe(general);
  expect(worked(general, step)).toBeCloseTo(value, 12);
});

test('a short sum has none, nor one whose terms leave holes', () => {
  expect(documented.stepOf('dL/db.7').summation).toBeUndefined();
  const of = (...places: readonly (readonly [number, number])[]): string | undefined =>
    summation(sum(places.map(([row, column]) => entry(`a.${row}.${column}`, 0))), {
      read: (id) => ({ stem: 'a', axes: ['row', 'column'], indices: id.split('.').slice(1).map(Number) }),
      symbolOf: (id) => ({ text: id, latex: id }),
      write: (stem, indices) => ({ text: [stem, ...indices.map(({ text }) => text)].join('.'), latex: '' }),
    })?.text;
  expect(of([0, 0], [0, 1], [1, 0], [1, 1])).toBe('Σ a.i.j, i = 0 to 1, j = 0 to 1');
  expect(of([0, 0], [0, 1], [1, 0], [2, 2])).toBeUndefined();
  expect(of([0, 0], [0, 1], [1, 0], [1, 2])).toBeUndefined();
  expect(of([0, 0], [0, 2], [0, 4], [0, 6])).toBeUndefined();
  expect(of([0, 1], [1, 2], [2, 3], [3, 4])).toBe('Σ a.i.i+1, i = 0 to 3');
});

test('stands before the terms in every form', () => {
  const network = lenetDocumented();
  const derivation = deriveLenetStep({ image: imageOf(network), label: 3, quantity: 'k2.5.3.1.2', normalization });
  expect(derivationText(derivation, { color: false, width: 100 })).toContain(
    '∂L/∂k2.5.3.1.2 = the sum of 64 terms\n  = Σ ∂L/∂S2.5.i.j·P1.3.(i+1).(j+2), i = 0 to 7, j = 0 to 7\nterm ',
  );
  expect(derivationMarkdown(derivation)).toContain(
    '= \\sum_{i=0}^{7}\\sum_{j=0}^{7} \\frac{\\partial L}{\\partial S^{2}_{5,i,j}} \\cdot P^{1}_{3,i+1,j+2}$\n\nThe sum of 64 terms:',
  );
  expect(derivationHtml(derivation)).toMatch(/∑[\s\S]*<p>The sum of 64 terms:<\/p>/);
  const text = derivationText(deriveLenetStep({ image: imageOf(network), label: 3, quantity: 'p7', normalization }), {
    color: false,
    width: 100,
  });
  expect(text).toContain('p7 = e^(o7) / Σ e^(o.m), m = 0 to 9\n  = e^(o7) / (e^(o0) + ');
});
