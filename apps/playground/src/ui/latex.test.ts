/** The LaTeX of derivations: every formula of every example and of several networks is understood, and nothing is lost. */
import { lenetDocumented, resnetSmall } from '@longhand/layers';
import { type DerivationStep, examples, networkStep } from '@longhand/worked-examples';
import temml from 'temml';
import { expect, test } from 'vitest';
import { type MathNode, parseLatex } from './latex';

/** All characters of a formula that are seen, in order. */
function textOf(node: MathNode): string {
  switch (node.kind) {
    case 'row':
      return node.parts.map(textOf).join('');
    case 'fraction':
      return textOf(node.numerator) + textOf(node.denominator);
    case 'root':
      return textOf(node.of);
    case 'hat':
      return `${textOf(node.of)}ˆ`;
    case 'brackets':
      return node.open + textOf(node.inner) + node.close;
    case 'script':
      return [node.base, node.below, node.above].map((part) => (part === undefined ? '' : textOf(part))).join('');
    default:
      return node.text;
  }
}

/** The same of the MathML that temml writes. */
function temmlText(latex: string): string {
  const text = temml.renderToString(latex, { throwOnError: true }).replace(/<[^>]*>/g, '');
  return seen(text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
}

const seen = (text: string): string =>
  text
    .replace(/[\s\u2061-\u2064\u200b]/g, '')
    .replaceAll('∣', '|')
    .replaceAll('⋅', '·')
    .replace(/[⁰¹²³⁴-⁹⁻]/g, (raised) => raised.normalize('NFKC'));

function latexOf(steps: readonly DerivationStep[]): string[] {
  return steps.flatMap(({ symbol, summation, formula, substitution }) =>
    [symbol, summation, formula, substitution].flatMap((notation) => (notation === undefined ? [] : [notation.latex])),
  );
}

test('formulas of all examples and of networks', () => {
  const image = Uint8Array.from({ length: 784 }, (_, at) => (at * 37) % 256);
  const normalization = { mean: 0.1307, std: 0.3081 };
  const documented = networkStep({ network: lenetDocumented(), image, label: 3, normalization });
  const smooth = lenetDocumented({ activation: 'gelu', pooling: 'mean' });
  const others = networkStep({ network: smooth, image, label: 3, normalization });
  const residual = networkStep({
    network: resnetSmall({ activation: 'silu', maps: [2, 3, 4], image: [8, 8] }),
    image: image.subarray(0, 64),
    label: 3,
    normalization,
  });
  const formulas = [
    ...examples.flatMap((example) => latexOf(example.derive().steps)),
    ...latexOf(
      ['C1.2.3.7', 'P1.1.2.3', 'S2.1.0.0', 'p4', 'L', 'dL/dk1.1.0.0', 'dL/dS1.1.2.3'].map((id) =>
        documented.stepOf(id),
      ),
    ),
    ...latexOf(['C1.2.3.7', 'P1.1.2.3', 'dL/dS1.1.2.3'].map((id) => others.stepOf(id))),
    ...latexOf(['bn.y.1.3.4', 'bn.invStd.1', 'block1.y.1.2.2', 'dL/dbn.weight.1'].map((id) => residual.stepOf(id))),
  ];
  expect(formulas.filter((latex) => latex.includes('\\sum')).length).toBeGreaterThanOrEqual(5);
  expect(formulas.length).toBeGreaterThan(300);
  for (const latex of formulas) expect([latex, seen(textOf(parseLatex(latex)))]).toEqual([latex, temmlText(latex)]);
});

test('a power of ten belongs to its number, and a product is none', () => {
  expect(parseLatex('-1.5 \\cdot 10^{-7}')).toMatchObject({
    parts: [{ text: '−' }, { kind: 'number', text: '1.5·10⁻⁷' }],
  });
  expect(parseLatex('2 \\cdot 10').kind).toBe('row');
});

test('what is not understood is refused', () => {
  expect(() => parseLatex('a + \\begin{x}')).toThrow('formula: unknown \\begin');
  expect(() => parseLatex('\\frac{1}{2')).toThrow('formula: expected }');
});
